import { once } from '../../../toolchain/probe.ts';
import { type Context, Interrupted, note } from '../context.ts';
import { keepLook, needsRefresh } from './docker/look.ts';
import { serveEngine } from './engine-server.ts';
import { EventReader, type ResourceChange } from './events.ts';
import { freeStaleLock, StackLockedError } from './free-lock.ts';
import { runsOwnProgram } from './own-program.ts';
import { progressView, seconds } from './progress.ts';
import { PulumiFailed, StackBusy } from './pulumi-command.ts';
import type { PulumiStack } from './pulumi-stack.ts';
import type { Workspace } from './workspace.ts';

/** What an operation on a stack came to. */
export interface Outcome {
  readonly ok: boolean;
  readonly resources: readonly ResourceChange[];
  readonly changed: readonly ResourceChange[];
  /** Messages of what failed; empty when `ok`. */
  readonly errors: readonly string[];
  readonly milliseconds: number;
  /** Outputs of the stack after `up`; secret ones are masked. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Kind = 'up' | 'preview' | 'destroy';

export interface OperationOptions {
  /** Reads every resource again, even where a look at the engine finds nothing changed. @default false */
  readonly refresh?: boolean | undefined;
}

const titles: Readonly<Record<Kind, (stack: string) => string>> = {
  up: (stack) => `deploying ${stack}`,
  preview: (stack) => `previewing changes to ${stack}`,
  destroy: (stack) => `removing ${stack}`,
};

/** The changes are shown from the engine's events; it asks nobody and prints nothing. */
const flags: Readonly<Record<Kind, readonly string[]>> = {
  up: ['up', '--yes', '--skip-preview'],
  preview: ['preview'],
  destroy: ['destroy', '--yes', '--skip-preview'],
};
const COMMON_FLAGS = ['--color', 'never', '--suppress-progress', '--skip-plugin-pre-install'];

/**
 * Runs one operation of Pulumi's engine and shows it. A failure of the program or of a resource is an
 * outcome that is not `ok`; a locked stack is a UserError; Ctrl-C ends in order and throws Interrupted.
 */
export async function runOperation(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
  kind: Kind,
  options: OperationOptions = {},
): Promise<Outcome> {
  try {
    return await attempt(context, workspace, stack, { kind, ...options });
  } catch (error) {
    if (!(error instanceof StackBusy)) throw error;
    if (!(await freeStaleLock(context, workspace, stack))) throw new StackLockedError(stack.name);
    return attempt(context, workspace, stack, { kind, ...options });
  }
}

async function attempt(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
  { kind, refresh }: OperationOptions & { kind: Kind },
): Promise<Outcome> {
  const start = Date.now();
  const view = await progressView(context, titles[kind](stack.name), kind === 'preview');
  const reader = new EventReader((progress) => view.show(progress));
  let interrupts = 0;
  const release = context.onInterrupt(() => {
    interrupts += 1;
    view.show({
      kind: 'message',
      severity: 'warning',
      text: interruptText(interrupts, stack.name),
    });
    workspace.pulumi.interrupt();
  });
  const outcome = (fields: Pick<Outcome, 'ok' | 'errors'>): Outcome => ({
    ...fields,
    resources: [...reader.changes.values()],
    changed: reader.changed(),
    milliseconds: Date.now() - start,
    outputs: reader.outputs,
  });
  try {
    const known = workspace.target === 'docker' && kind !== 'destroy';
    const steady = known && !refresh && !(await needsRefresh(context, workspace, stack));
    await runPulumi(workspace, stack, reader, { kind, refresh: steady ? false : refresh });
    if (kind === 'up') stack.pruneRecords();
    if (known && kind === 'up') await keepLook(context, workspace, stack);
    await view.end(true);
    return outcome({ ok: true, errors: [] });
  } catch (error) {
    await view.end(false);
    if (error instanceof StackBusy) throw error;
    if (interrupts > 0) {
      note(context, `stopped after ${seconds(Date.now() - start)}; what was done is kept`);
      throw new Interrupted();
    }
    if (!(error instanceof PulumiFailed)) throw error;
    const errors = reader.errors.length > 0 ? reader.errors : [error.message];
    return outcome({ ok: false, errors });
  } finally {
    release();
  }
}

/** One call of `pulumi`; the kit's program runs in this process. */
async function runPulumi(
  { project, env }: Workspace,
  stack: PulumiStack,
  reader: EventReader,
  { kind, refresh }: OperationOptions & { readonly kind: Kind },
): Promise<void> {
  const inProcess = kind !== 'destroy' && runsOwnProgram(project);
  const program = inProcess ? ownProgram(project.root, env) : undefined;
  const server = await serveEngine(reader.read, program?.run);
  const address = `127.0.0.1:${server.port}`;
  const args = [
    ...flags[kind],
    ...COMMON_FLAGS,
    // Otherwise as Pulumi.yaml says.
    ...(refresh === undefined ? [] : [`--refresh=${refresh}`]),
    ...['--event-log', `tcp://${address}`],
    ...(program ? [`--client=${address}`, '--exec-kind', 'auto.inline'] : []),
  ];
  try {
    // Without this variable `--event-log` is an unknown flag.
    const running = stack.update(args, { PULUMI_DEBUG_COMMANDS: 'true' });
    program?.load();
    await running;
  } finally {
    server.close();
  }
}

interface OwnProgram {
  /** Begins to load it: while `pulumi` starts, which takes as long. */
  load(): void;
  run(): Promise<object>;
}

function ownProgram(root: string, env: Readonly<Record<string, string>>): OwnProgram {
  // What a program finds in its environment where Pulumi starts it.
  Object.assign(process.env, env);
  const loaded = once(() => import('../../../infra/index.ts'));
  return {
    // A failure is reported when it is awaited.
    load: () => void loaded().catch(() => {}),
    run: async () => (await loaded()).deployProject(() => root),
  };
}

function interruptText(times: number, stack: string): string {
  return times === 1
    ? 'stopping after the steps in progress; press Ctrl-C again to stop at once'
    : `stopping at once; the next \`medusa-infra up -s ${stack}\` cleans up what is incomplete`;
}
