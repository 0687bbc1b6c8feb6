import {
  BOUNDED_POLICY,
  OPERATOR_POLICY,
  operatorPolicies,
} from '../../scripts/docs/operator/policy.ts';
import type { IamPolicy } from './iam.ts';

/** Account that moto answers for, and that unit tests assume. */
export const ACCOUNT = '123456789012';

/** Whose policies docs/aws.md would show, with its placeholders filled in. */
export interface OperatorOf {
  readonly project: string;
  /** Name of the stack as `plan` prints it. */
  readonly stack: string;
  readonly region: string;
  /** Id of the hosted zone. */
  readonly zone: string;
  /** ARN in aws.permissionsBoundary. */
  readonly boundary?: string;
}

/** As docs/aws.md has them, filled in. */
export function operatorPoliciesFor({
  project,
  stack,
  region,
  zone,
  boundary,
}: OperatorOf): IamPolicy[] {
  const statements = boundary === undefined ? OPERATOR_POLICY : BOUNDED_POLICY;
  const filled = JSON.stringify(operatorPolicies(statements))
    .replaceAll(/\bPROJECT\b/g, project)
    .replaceAll(/\bSTACK\b/g, stack)
    .replaceAll(/\bREGION\b/g, region)
    .replaceAll(/\bACCOUNT\b/g, ACCOUNT)
    .replaceAll(/\bZONE\b/g, zone)
    .replaceAll(/\bBOUNDARY\b/g, boundary ?? 'BOUNDARY');
  return JSON.parse(filled) as IamPolicy[];
}
