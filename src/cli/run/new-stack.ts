import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PulumiStack } from './pulumi-stack.ts';
import type { State } from './stack-state.ts';
import { NeverUpError, type Workspace } from './workspace.ts';

/** A stack that is there, or that this run has made. */
export interface OpenedStack {
  readonly stack: PulumiStack;
  /** Removes a stack that this run has made and that nothing came of; any other one stays. */
  discardIfEmpty(): Promise<void>;
}

/** Opens a stack, and makes it where it is missing. */
export async function openOrCreate(workspace: Workspace, name: string): Promise<OpenedStack> {
  try {
    return existingStack(await workspace.select(name, { create: false }));
  } catch (error) {
    if (!(error instanceof NeverUpError)) throw error;
  }
  const settings = join(workspace.project.stacksDir, `Pulumi.${name}.yaml`);
  const before = existsSync(settings) ? readFileSync(settings) : undefined;
  const stack = await workspace.select(name, { create: true });
  const discardIfEmpty = async () => {
    const state = (await stack.exportState()).deployment ?? {};
    if (!isEmpty(state)) return;
    await stack.remove({ keepConfig: before !== undefined });
    // Making the stack has put the salt of its secrets there.
    if (before !== undefined) writeFileSync(settings, before);
  };
  return { stack, discardIfEmpty };
}

/** A stack of an earlier run. */
export function existingStack(stack: PulumiStack): OpenedStack {
  return { stack, discardIfEmpty: async () => {} };
}

/** Whether a state knows of nothing outside of Pulumi. */
export function isEmpty({ resources = [], pending_operations: pending = [] }: State): boolean {
  return (
    pending.length === 0 &&
    resources.every(
      ({ type }) => type === 'pulumi:pulumi:Stack' || type.startsWith('pulumi:providers:'),
    )
  );
}
