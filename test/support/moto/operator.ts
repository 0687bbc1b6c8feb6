import { operatorPolicies } from '../../../scripts/docs/operator/policy.ts';
import { allows, type IamPolicy } from '../iam.ts';
import type { Moto } from './moto.ts';
import { ACCOUNT, iamRequests } from './requests.ts';

export interface OperatorOf {
  readonly project: string;
  readonly region: string;
  /** Id of the hosted zone. */
  readonly zone: string;
}

/** Requests of all that moto was asked so far which the operator's policy would refuse, as `ACTION RESOURCE`. */
export function refusedRequests(moto: Moto, operator: OperatorOf): string[] {
  const policies = operatorPoliciesFor(operator);
  const refused = moto
    .calls()
    .flatMap(iamRequests)
    .filter((request) => !allows(policies, request));
  return [...new Set(refused.map(({ action, resource }) => `${action} ${resource}`))].sort();
}

/** As docs/aws.md has them, filled in. */
function operatorPoliciesFor({ project, region, zone }: OperatorOf): IamPolicy[] {
  const filled = JSON.stringify(operatorPolicies())
    .replaceAll(/\bPROJECT\b/g, project)
    .replaceAll(/\bREGION\b/g, region)
    .replaceAll(/\bACCOUNT\b/g, ACCOUNT)
    .replaceAll(/\bZONE\b/g, zone);
  return JSON.parse(filled) as IamPolicy[];
}
