import type { Stack } from '@pulumi/pulumi/automation/index.js';

/** A resource in a stack's state, as far as the command reads it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly retainOnDelete?: boolean;
  readonly protect?: boolean;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
  /** ISO date and time of its making. */
  readonly created?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What a run was at when it was killed. */
export interface PendingOperation {
  readonly type: string;
  readonly resource: StateResource;
}

/** As much of a stack's state as the command reads. */
export interface State {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** The state of a stack, with its secrets decrypted: for this process alone. */
export async function stateOf(stack: Stack): Promise<State> {
  return ((await stack.exportStack()).deployment ?? {}) as State;
}
