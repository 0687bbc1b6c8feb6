import type { PolicyFinding } from './finding.ts';

const STAR =
  'actions for which AWS supports no resource: limited to the region, and by the tag of the project where AWS looks at tags';

/** What Parliament finds in the operator's policies of docs/aws.md and in the policies of the roles. */
export const POLICY_FINDINGS: readonly PolicyFinding[] = [
  {
    policy: 'operator 1',
    issue: 'CREDENTIALS_EXPOSURE',
    severity: 'medium',
    times: 1,
    why: '`ecr:GetAuthorizationToken`, to push images; the token allows what the other statements do',
  },
  {
    policy: 'operator 1',
    issue: 'PERMISSIONS_MANAGEMENT_ACTIONS',
    severity: 'medium',
    times: 1,
    why: 'the roles of the stack alone; `aws.permissionsBoundary` limits what they can be given',
  },
  {
    policy: 'operator 1',
    issue: 'RESOURCE_STAR',
    severity: 'low',
    times: 1,
    why: 'reading, for previews and refreshes; no secret is readable by it',
  },
  {
    policy: 'operator 2',
    issue: 'PERMISSIONS_MANAGEMENT_ACTIONS',
    severity: 'medium',
    times: 1,
    why: 'the policy of the bucket for access logs, and the web ACL of the stack',
  },
  {
    policy: 'operator 2',
    issue: 'RESOURCE_POLICY_PRIVILEGE_ESCALATION',
    severity: 'medium',
    times: 2,
    why: 'whoever may write the policy of the bucket for access logs can also read and write the logs',
  },
  { policy: 'operator 2', issue: 'RESOURCE_STAR', severity: 'low', times: 2, why: STAR },
  {
    policy: 'operator 2',
    issue: 'RESOURCE_MISMATCH',
    severity: 'medium',
    times: 2,
    why: 'listeners of network load balancers and option groups, which the kit does not create',
  },
  {
    policy: 'operator 3',
    issue: 'PERMISSIONS_MANAGEMENT_ACTIONS',
    severity: 'medium',
    times: 1,
    why: 'the key of the stack: only keys with the tag of the project',
  },
  { policy: 'operator 3', issue: 'RESOURCE_STAR', severity: 'low', times: 1, why: STAR },
  {
    policy: 'operator 3',
    issue: 'RESOURCE_MISMATCH',
    severity: 'medium',
    times: 2,
    why: 'AWS asks for the alias and for its key: two statements, each with one of them',
  },
  {
    policy: 'role execution',
    issue: 'CREDENTIALS_EXPOSURE',
    severity: 'medium',
    times: 1,
    why: '`ecr:GetAuthorizationToken`, to pull images; the token allows what the other statements do',
  },
];
