import { operatorPolicies } from '../../scripts/docs/operator/policy.ts';
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
}

/** As docs/aws.md has them, filled in. */
export function operatorPoliciesFor({ project, stack, region, zone }: OperatorOf): IamPolicy[] {
  const filled = JSON.stringify(operatorPolicies())
    .replaceAll(/\bPROJECT\b/g, project)
    .replaceAll(/\bSTACK\b/g, stack)
    .replaceAll(/\bREGION\b/g, region)
    .replaceAll(/\bACCOUNT\b/g, ACCOUNT)
    .replaceAll(/\bZONE\b/g, zone);
  return JSON.parse(filled) as IamPolicy[];
}
