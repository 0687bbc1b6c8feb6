import type { RoleName } from '../../../src/derive/plan.ts';
import { IN_REGION, NO_OTHER_PROJECT, named, type OperatorStatement, verbs } from './statement.ts';

const ROLES: Readonly<Record<RoleName, true>> = { execution: true, task: true, 'flow-logs': true };

/**
 * The roles as infra/targets/aws/roles.ts names them. Exactly those: AWS does not look at a role's tags
 * when it is passed on, and the role of another stack reads that stack's secrets.
 */
const ROLE_ARNS = Object.keys(ROLES).map(
  (role) => `arn:aws:iam::ACCOUNT:role/STACK-${role}-REGION`,
);

/** What gives a role rights; with a boundary, only a role that has it. */
const GIVING = verbs('iam', [
  'AttachRolePolicy',
  'CreateRole',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
]);

/** What else `up` and `destroy` do with roles. */
const KEEPING = verbs('iam', [
  'DeleteRole',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'GetRole',
  'GetRolePolicy',
  'ListAttachedRolePolicies',
  'ListInstanceProfilesForRole',
  'ListRolePolicies',
  'ListRoleTags',
  'TagRole',
  'UntagRole',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
  'UpdateRoleDescription',
]);

/**
 * What stands for `Roles` with the key aws.permissionsBoundary: whoever may write roles can then give them
 * nothing that BOUNDARY does not allow. Nobody may take the boundary away or change its policy.
 */
export const BOUNDED_ROLES: readonly OperatorStatement[] = [
  {
    sid: 'Roles',
    actions: KEEPING,
    resources: ROLE_ARNS,
    reason: "The stack's roles and no others.",
  },
  {
    sid: 'BoundedRoles',
    actions: GIVING,
    resources: ROLE_ARNS,
    conditions: { StringEquals: { 'iam:PermissionsBoundary': 'BOUNDARY' } },
    reason: 'Rights of a role that has the boundary, and the boundary for one that has none yet.',
  },
];

/** What runs: roles, images, tasks, scaling, logs. */
export const SERVICE_STATEMENTS: readonly OperatorStatement[] = [
  {
    sid: 'Roles',
    actions: [...GIVING, ...KEEPING, 'iam:DeleteRolePermissionsBoundary'].sort(),
    resources: ROLE_ARNS,
    reason:
      "The stack's roles and no others. Who may write roles may give them any right, unless aws.permissionsBoundary limits it.",
  },
  {
    sid: 'PassRoles',
    actions: ['iam:PassRole'],
    resources: ROLE_ARNS,
    conditions: {
      StringEquals: {
        'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'vpc-flow-logs.amazonaws.com'],
      },
    },
    reason:
      'Tasks and flow logs take on the roles of the stack; to other services they cannot be given.',
  },
  {
    sid: 'ServiceRoles',
    actions: ['iam:CreateServiceLinkedRole'],
    resources: ['arn:aws:iam::ACCOUNT:role/aws-service-role/*'],
    conditions: {
      StringEquals: {
        'iam:AWSServiceName': [
          'ecs.amazonaws.com',
          'ecs.application-autoscaling.amazonaws.com',
          'elasticache.amazonaws.com',
          'elasticloadbalancing.amazonaws.com',
          'rds.amazonaws.com',
        ],
      },
    },
    reason:
      'The first use of a service in an account makes its role. Not needed in an account that has them.',
  },
  {
    sid: 'Images',
    actions: verbs('ecr', [
      'BatchCheckLayerAvailability',
      'BatchDeleteImage',
      'BatchGetImage',
      'CompleteLayerUpload',
      'CreateRepository',
      'DeleteLifecyclePolicy',
      'DeleteRepository',
      'DescribeImages',
      'DescribeRepositories',
      'GetDownloadUrlForLayer',
      'GetLifecyclePolicy',
      'InitiateLayerUpload',
      'ListImages',
      'ListTagsForResource',
      'PutImage',
      'PutImageScanningConfiguration',
      'PutImageTagMutability',
      'PutLifecyclePolicy',
      'TagResource',
      'UntagResource',
      'UploadLayerPart',
    ]),
    resources: named('ecr', 'repository/'),
    conditions: NO_OTHER_PROJECT,
    reason: 'The repository of the stack, and to push images into it.',
  },
  {
    sid: 'RegistryLogin',
    actions: ['ecr:GetAuthorizationToken'],
    resources: ['*'],
    reason: 'A login at ECR. The action knows no resources.',
  },
  {
    sid: 'Tasks',
    actions: verbs('ecs', [
      'CreateCluster',
      'CreateService',
      'DeleteCluster',
      'DeleteService',
      'PutClusterCapacityProviders',
      'RegisterTaskDefinition',
      'RunTask',
      'StopTask',
      'TagResource',
      'UntagResource',
      'UpdateCluster',
      'UpdateClusterSettings',
      'UpdateService',
    ]),
    resources: named('ecs', 'cluster/', 'service/', 'task/', 'task-definition/'),
    conditions: NO_OTHER_PROJECT,
    reason:
      'Cluster, service and task definitions, and the tasks that prepare the database, retire a role and create an administrator.',
  },
  {
    sid: 'OldTaskDefinitions',
    actions: ['ecs:DeregisterTaskDefinition'],
    resources: ['*'],
    conditions: { ...IN_REGION, ...NO_OTHER_PROJECT },
    reason: 'A revision that is replaced is deregistered. The action knows no resources.',
  },
  {
    sid: 'Scaling',
    actions: verbs('application-autoscaling', [
      'DeleteScalingPolicy',
      'DeleteScheduledAction',
      'DeregisterScalableTarget',
      'PutScalingPolicy',
      'PutScheduledAction',
      'RegisterScalableTarget',
      'TagResource',
      'UntagResource',
    ]),
    resources: ['arn:aws:application-autoscaling:REGION:ACCOUNT:scalable-target/*'],
    conditions: NO_OTHER_PROJECT,
    reason: 'With aws.backend.autoscaling alone. Targets have random names.',
  },
  {
    sid: 'ScalingAlarms',
    actions: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
    resources: ['arn:aws:cloudwatch:REGION:ACCOUNT:alarm:TargetTracking-*'],
    reason: 'With aws.backend.autoscaling alone: its policies keep alarms.',
  },
  {
    sid: 'Logs',
    actions: verbs('logs', [
      'AssociateKmsKey',
      'CreateLogGroup',
      'DeleteLogGroup',
      'DisassociateKmsKey',
      'FilterLogEvents',
      'GetLogEvents',
      'PutRetentionPolicy',
      'TagResource',
      'UntagResource',
    ]),
    resources: named(
      'logs',
      'log-group:/medusa-infra/',
      'log-group:/aws/rds/instance/',
      'log-group:/aws/rds/cluster/',
    ),
    conditions: NO_OTHER_PROJECT,
    reason:
      'The log groups of the stack and of its database, and their lines: of a release that failed, and for `logs`.',
  },
];
