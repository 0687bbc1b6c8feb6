import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { ensureToolchain, type PartName, type Toolchain } from '../../../toolchain/ensure.ts';
import { withPulumiHome } from '../../../toolchain/pulumi-home.ts';
import { UserError } from '../../errors.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, note } from '../context.ts';
import { encryptedStacks, type Project } from '../project.ts';
import { pulumiCommand } from './pulumi-command.ts';
import { type StateSettings, stateSettings } from './state.ts';

/** The tools and the state that a command over Pulumi works with. */
export interface Workspace {
  readonly project: Project;
  readonly toolchain: Toolchain;
  readonly state: StateSettings;
  /** What `pulumi` runs with, in addition to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives the stack; with `create`, makes it where it is missing, otherwise that is a UserError. */
  select(stack: string, options: { create: boolean }): Promise<Stack>;
  /** Ends in order what pulumi is doing; called again, at once. */
  interrupt(): void;
}

export interface WorkspaceOptions {
  readonly offline?: boolean;
  /** What tools are needed for. @default docker */
  readonly target?: StackFile['target'];
  /** Whether resources are looked at or made, and not the state alone. AWS's plugin is large. */
  readonly resources?: boolean;
}

/** Neither a Docker engine nor its plugin: the engine is asked for where an image has to be built. */
const AWS_TOOLS = {
  parts: ['node', 'pulumi', 'language-host', 'plugin-random'],
} as const;

/** Installs the toolchain (with progress on stderr) and opens the project for the Automation API. */
export async function openWorkspace(
  context: Context,
  project: Project,
  options: WorkspaceOptions,
): Promise<Workspace> {
  const { toolchain, state, env } = await toolsAndState(context, project, options);
  const [automation, pulumi] = await Promise.all([
    import('@pulumi/pulumi/automation/index.js'),
    pulumiCommand(toolchain.pulumi, versionOf(toolchain, 'pulumi'), env),
  ]);
  const select = async (name: string, { create }: { create: boolean }) => {
    const settings = { envVars: env, pulumiCommand: pulumi.command };
    const place = { stackName: name, workDir: project.root };
    try {
      return create
        ? await automation.LocalWorkspace.createOrSelectStack(place, settings)
        : await automation.LocalWorkspace.selectStack(place, settings);
    } catch (error) {
      if (error instanceof automation.StackNotFoundError) throw new NeverUpError(name);
      throw error;
    }
  };
  return { project, toolchain, state, env, select, interrupt: pulumi.interrupt };
}

function versionOf({ report }: Toolchain, wanted: PartName): string | undefined {
  return report.find(({ part }) => part === wanted)?.version;
}

/** Toolchain and state alone, without the Automation API. */
async function toolsAndState(
  context: Context,
  project: Project,
  options: WorkspaceOptions,
): Promise<Pick<Workspace, 'toolchain' | 'state' | 'env'>> {
  // First: what it finds wrong is reported before anything is installed.
  const state = stateSettings(withPulumiHome(context.env), encryptedStacks(project));
  const toolchain = await ensureToolchain({
    offline: options.offline ?? false,
    ...(options.target === 'aws' ? AWS_TOOLS : {}),
    ...(options.target === 'aws' && options.resources ? { extra: ['plugin-aws'] } : {}),
    log: (line) => note(context, context.color.stderr.dim(line)),
  });
  return { toolchain, state, env: { ...toolchain.env, ...state.env } };
}

/** The state knows no such stack. */
export class NeverUpError extends UserError {
  override readonly name = 'NeverUpError';

  constructor(stack: string) {
    super(`${stack} has never been deployed; run: medusa-infra up -s ${stack}`, 'stack-not-up');
  }
}
