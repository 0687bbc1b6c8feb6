import { LABELS } from '../../../src/derive/labels.ts';
import { allows } from '../iam.ts';
import { type OperatorOf, operatorPoliciesFor } from '../operator-policies.ts';
import type { Moto } from './moto.ts';
import { iamRequests } from './requests.ts';

/** Requests of all that moto was asked so far which the operator's policy would refuse, as `ACTION RESOURCE`. */
export async function refusedRequests(moto: Moto, operator: OperatorOf): Promise<string[]> {
  const policies = operatorPoliciesFor(operator);
  const projects = await projectsOfKeys(moto);
  const refused = moto
    .calls()
    .flatMap((call) => iamRequests(call, projects))
    .filter((request) => !allows(policies, request));
  return [...new Set(refused.map(({ action, resource }) => `${action} ${resource}`))].sort();
}

/** The project's tag of each key by its ARN, those about to be deleted among them. */
async function projectsOfKeys(moto: Moto): Promise<Map<string, string>> {
  const { Keys } = await moto.ask<{ Keys: { KeyArn: string }[] }>('kms', 'list_keys');
  const found = new Map<string, string>();
  for (const { KeyArn } of Keys) {
    const { Tags = [] } = await moto.ask<{ Tags?: { TagKey: string; TagValue: string }[] }>(
      'kms',
      'list_resource_tags',
      { KeyId: KeyArn },
    );
    const project = Tags.find(({ TagKey }) => TagKey === LABELS.project)?.TagValue;
    if (project !== undefined) found.set(KeyArn, project);
  }
  return found;
}
