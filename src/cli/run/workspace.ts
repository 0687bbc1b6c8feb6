import { type EnsureOptions, ensureToolchain, type Toolchain } from '../../../toolchain/ensure.ts';
import { withPulumiHome } from '../../../toolchain/pulumi-home.ts';
import { UserError } from '../../errors.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, note } from '../context.ts';
import { encryptedStacks, type Project } from '../project.ts';
import { NoSuchStack, type PulumiCommand, pulumiCommand } from './pulumi-command.ts';
import { PulumiStack } from './pulumi-stack.ts';
import { backendFolder, type StateSettings, stateSettings } from './state.ts';
import { hasStateFile, removeDamagedAttributes } from './state-file.ts';

/** The tools and the state that a command over Pulumi works with. */
export interface Workspace {
  readonly project: Project;
  readonly toolchain: Toolchain;
  readonly target: StackFile['target'];
  readonly state: StateSettings;
  readonly pulumi: PulumiCommand;
  /** What `pulumi` runs with, in addition to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns the stack; with `create`, makes it where it is missing, otherwise that is a UserError. */
  select(stack: string, options: { create: boolean }): Promise<PulumiStack>;
}

export interface WorkspaceOptions {
  readonly offline?: boolean;
  /** What tools are needed for. @default docker */
  readonly target?: StackFile['target'];
  /** Whether resources are looked at or made, and not the state alone. AWS's plugin is large. */
  readonly resources?: boolean;
  /** Goes on next to the installation of tools, where the engine is there and others are missing. */
  readonly onEngine?: EnsureOptions['onEngine'];
}

/** Neither a Docker engine nor its plugin: the engine is asked for where an image has to be built. */
const AWS_TOOLS = {
  parts: ['node', 'pulumi', 'language-host', 'plugin-random'],
} as const;

/** Installs the toolchain (with progress on stderr) and opens the project. */
export async function openWorkspace(
  context: Context,
  project: Project,
  options: WorkspaceOptions,
): Promise<Workspace> {
  // First: what it finds wrong is reported before anything is installed.
  const state = stateSettings(withPulumiHome(context.env), encryptedStacks(project));
  const toolchain = await ensureToolchain({
    offline: options.offline ?? false,
    ...(options.target === 'aws' ? AWS_TOOLS : {}),
    ...(options.target === 'aws' && options.resources ? { extra: ['plugin-aws'] } : {}),
    ...(options.onEngine ? { onEngine: options.onEngine } : {}),
    log: (line) => note(context, context.color.stderr.dim(line)),
  });
  const env = { ...toolchain.env, ...state.env };
  const pulumi = pulumiCommand(toolchain.pulumi, project.root, env);
  const folder = backendFolder(state.backend, context.env);
  const select = async (name: string, { create }: { create: boolean }) => {
    const place = { project: project.name, pulumi, backendFolder: folder };
    const stack = new PulumiStack(name, { ...place, env: { ...context.env, ...env } });
    if (folder) {
      removeDamagedAttributes(folder, project.name, name);
      if (hasStateFile(folder, project.name, name)) return stack;
    }
    try {
      await stack.run(['stack', 'select']);
    } catch (error) {
      if (!(error instanceof NoSuchStack)) throw error;
      if (!create) throw new NeverUpError(name);
      await pulumi.run(['stack', 'init', name]);
    }
    return stack;
  };
  return { project, toolchain, target: options.target ?? 'docker', state, pulumi, env, select };
}

/** The state knows no such stack. */
export class NeverUpError extends UserError {
  override readonly name = 'NeverUpError';

  constructor(stack: string) {
    super(`${stack} has never been deployed; run: medusa-infra up -s ${stack}`, 'stack-not-up');
  }
}
