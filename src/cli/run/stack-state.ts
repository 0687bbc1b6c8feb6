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

/** A state as `pulumi stack export` writes it: secrets are encrypted unless it says otherwise. */
export interface ExportedState {
  readonly version: number;
  readonly deployment?: State;
}

/** The stack's own outputs; empty before the first update. */
export function outputsOf({ resources = [] }: State): Readonly<Record<string, unknown>> {
  return resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.outputs ?? {};
}

/** What a decrypted state has in place of a secret; its text is JSON. Anything else is plain. */
export function plainValue(value: unknown): unknown {
  const wrapped = (value as { plaintext?: unknown } | null | undefined)?.plaintext;
  return typeof wrapped === 'string' ? JSON.parse(wrapped) : value;
}

/** The same of a text; undefined for anything else. */
export function plainText(value: unknown): string | undefined {
  const plain = plainValue(value);
  return typeof plain === 'string' ? plain : undefined;
}
