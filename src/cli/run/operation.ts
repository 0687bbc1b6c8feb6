import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { type Context, Interrupted, note } from '../context.ts';
import { EventReader, type ResourceChange } from './events.ts';
import { freeStaleLock, StackLockedError } from './free-lock.ts';
import { progressView, seconds } from './progress.ts';
import type { Workspace } from './workspace.ts';

/** What an operation on a stack came to. */
export interface Outcome {
  readonly ok: boolean;
  readonly resources: readonly ResourceChange[];
  readonly changed: readonly ResourceChange[];
  /** Messages of what failed; empty when `ok`. */
  readonly errors: readonly string[];
  readonly milliseconds: number;
  /** Outputs of the stack after `up`. */
  readonly outputs: Readonly<Record<string, { value: unknown; secret: boolean }>>;
}

type Kind = 'up' | 'preview' | 'destroy';

const titles: Readonly<Record<Kind, (stack: string) => string>> = {
  up: (stack) => `deploying ${stack}`,
  preview: (stack) => `previewing changes to ${stack}`,
  destroy: (stack) => `removing ${stack}`,
};

/**
 * Runs one operation of Pulumi's engine and shows it. A failure of the program or of a resource is an
 * outcome that is not `ok`; a locked stack is a UserError; Ctrl-C ends in order and throws Interrupted.
 */
export async function runOperation(
  context: Context,
  workspace: Workspace,
  stack: Stack,
  kind: Kind,
): Promise<Outcome> {
  try {
    return await attempt(context, workspace, stack, kind);
  } catch (error) {
    if (!isLocked(error)) throw error;
    if (!(await freeStaleLock(context, workspace, stack))) throw new StackLockedError(stack.name);
    return attempt(context, workspace, stack, kind);
  }
}

async function attempt(
  context: Context,
  workspace: Workspace,
  stack: Stack,
  kind: Kind,
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
    workspace.interrupt();
  });
  const outcome = (fields: Pick<Outcome, 'ok' | 'errors' | 'outputs'>): Outcome => ({
    ...fields,
    resources: [...reader.changes.values()],
    changed: reader.changed(),
    milliseconds: Date.now() - start,
  });
  try {
    const options = {
      onEvent: reader.read,
      color: 'never' as const,
      suppressProgress: true,
      // Of the summary, which nobody reads; the default is to decrypt the configuration for it.
      showSecrets: false,
    };
    const outputs = kind === 'up' ? (await stack.up(options)).outputs : {};
    if (kind === 'preview') await stack.preview(options);
    if (kind === 'destroy') await stack.destroy(options);
    await view.end(true);
    return outcome({ ok: true, errors: [], outputs });
  } catch (error) {
    await view.end(false);
    if (isLocked(error)) throw error;
    if (interrupts > 0) {
      note(context, `stopped after ${seconds(Date.now() - start)}; what was done is kept`);
      throw new Interrupted();
    }
    if (!isCommandError(error)) throw error;
    const errors = reader.errors.length > 0 ? reader.errors : [error.message];
    return outcome({ ok: false, errors, outputs: {} });
  } finally {
    release();
  }
}

function interruptText(times: number, stack: string): string {
  return times === 1
    ? 'stopping after the steps in progress; press Ctrl-C again to stop at once'
    : `stopping at once; the next \`medusa-infra up -s ${stack}\` cleans up what is incomplete`;
}

/** Automation's classes, recognized by name: their module is loaded lazily. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConcurrentUpdateError';
}

function isCommandError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CommandError';
}
