import { DATA_STATEMENTS } from './data.ts';
import { NETWORK_STATEMENTS } from './network.ts';
import { BOUNDED_ROLES, SERVICE_STATEMENTS } from './service.ts';
import type { OperatorStatement } from './statement.ts';

/**
 * What the AWS provider calls for the resources of a stack. Where names can limit it, it is limited to
 * the project's; keys by the tag of the project; VPC parts and certificates, which have no names, to the
 * region. What carries the tag of another project is never included.
 */
export const OPERATOR_POLICY: readonly OperatorStatement[] = [
  // In an order that fits into two documents.
  ...SERVICE_STATEMENTS,
  ...NETWORK_STATEMENTS,
  ...DATA_STATEMENTS,
];

/** For a stack with aws.permissionsBoundary, with BOUNDARY to be filled in as well. */
export const BOUNDED_POLICY: readonly OperatorStatement[] = [
  ...BOUNDED_ROLES,
  ...OPERATOR_POLICY.filter(({ sid }) => sid !== 'Roles'),
];

/** Characters without white space that IAM takes in one managed policy. */
export const POLICY_LIMIT = 6144;

/**
 * The statements as policy documents, with placeholders to be filled in (docs/aws.md): as few as
 * fit, each with some room for longer names.
 */
export function operatorPolicies(
  statements: readonly OperatorStatement[] = OPERATOR_POLICY,
): readonly object[] {
  const documents: object[][] = [[]];
  for (const statement of statements.map(policyStatement)) {
    const last = documents.at(-1) ?? [];
    if (sizeOf([...last, statement]) <= POLICY_LIMIT * 0.9) last.push(statement);
    else documents.push([statement]);
  }
  return documents.map(policyDocument);
}

/** A statement as IAM reads it. */
export function policyStatement({
  sid,
  actions,
  resources,
  conditions,
}: OperatorStatement): object {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions ? { Condition: conditions } : {}),
  };
}

function policyDocument(statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

function sizeOf(statements: readonly object[]): number {
  return JSON.stringify(policyDocument(statements)).length;
}
