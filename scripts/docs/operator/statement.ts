/** One statement of the policy that a person or a pipeline needs to run `up` and `destroy`. */
export interface OperatorStatement {
  readonly sid: string;
  readonly actions: readonly string[];
  /** With PROJECT, REGION and ACCOUNT to be filled in. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  readonly reason: string;
}

/** For what has no name to limit it by. */
export const IN_REGION = { StringEquals: { 'aws:RequestedRegion': 'REGION' } };

/** ARNs of the project's own, by the beginning of what stands before the name. */
export const named = (service: string, ...kinds: readonly string[]) =>
  kinds.map((kind) => `arn:aws:${service}:REGION:ACCOUNT:${kind}PROJECT-*`);

/** Actions of one service. */
export const verbs = (service: string, names: readonly string[]) =>
  names.map((name) => `${service}:${name}`);
