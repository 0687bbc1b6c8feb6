import { LABELS } from '../../../src/derive/labels.ts';

/** One statement of the policy that a person or a pipeline needs to run `up` and `destroy`. */
export interface OperatorStatement {
  readonly sid: string;
  readonly actions: readonly string[];
  /** With the placeholders to be filled in that docs/aws.md explains. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  readonly reason: string;
}

const RESOURCE_PROJECT = `aws:ResourceTag/${LABELS.project}`;
const REQUEST_PROJECT = `aws:RequestTag/${LABELS.project}`;

/**
 * Refuses what carries another project's tag: by names alone, `shop-*` includes `shop-eu-prod` of project
 * `shop-eu`. What has no tag, because it does not exist yet or cannot carry one, is limited by its name.
 */
export const NO_OTHER_PROJECT = { StringEqualsIfExists: { [RESOURCE_PROJECT]: 'PROJECT' } };

/** For what has no name to limit it by. */
export const IN_REGION = { StringEquals: { 'aws:RequestedRegion': 'REGION' } };

/** For what has no name, but a tag as soon as it exists. */
export const OF_PROJECT_IN_REGION = {
  StringEquals: { 'aws:RequestedRegion': 'REGION', [RESOURCE_PROJECT]: 'PROJECT' },
};

/** For what gets the project's tag by the request itself. */
export const FOR_PROJECT_IN_REGION = {
  StringEquals: { 'aws:RequestedRegion': 'REGION', [REQUEST_PROJECT]: 'PROJECT' },
};

/** ARNs of the project's own, by the beginning of what stands before the name. */
export const named = (service: string, ...kinds: readonly string[]) =>
  kinds.map((kind) => `arn:aws:${service}:REGION:ACCOUNT:${kind}PROJECT-*`);

/** Actions of one service. */
export const verbs = (service: string, names: readonly string[]) =>
  names.map((name) => `${service}:${name}`);
