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

const IN_REGION = { StringEquals: { 'aws:RequestedRegion': 'REGION' } };
const named = (service: string, ...kinds: readonly string[]) =>
  kinds.map((kind) => `arn:aws:${service}:REGION:ACCOUNT:${kind}PROJECT-*`);

/** Actions of one service. */
const verbs = (service: string, names: readonly string[]) =>
  names.map((name) => `${service}:${name}`);

/**
 * What the AWS provider calls for the resources of a stack. Where names can limit it, it is limited to
 * the project's; VPC parts, keys and certificates have none, so they are limited to the region.
 */
export const OPERATOR_POLICY: readonly OperatorStatement[] = [
  {
    sid: 'Read',
    actions: [
      'acm:DescribeCertificate',
      'acm:ListTagsForCertificate',
      'application-autoscaling:Describe*',
      'application-autoscaling:ListTagsForResource',
      'ec2:Describe*',
      'ecs:Describe*',
      'ecs:List*',
      'elasticache:Describe*',
      'elasticache:ListTagsForResource',
      'elasticloadbalancing:Describe*',
      'kms:DescribeKey',
      'kms:GetKeyPolicy',
      'kms:GetKeyRotationStatus',
      'kms:ListAliases',
      'kms:ListResourceTags',
      'logs:DescribeLogGroups',
      'logs:ListTagsForResource',
      'rds:Describe*',
      'rds:ListTagsForResource',
      'route53:GetChange',
      'route53:GetHostedZone',
      'route53:ListHostedZones',
      'route53:ListHostedZonesByName',
      'route53:ListResourceRecordSets',
      'route53:ListTagsForResource',
      'ssm:DescribeParameters',
      'sts:GetCallerIdentity',
      'wafv2:GetWebACL',
      'wafv2:GetWebACLForResource',
      'wafv2:ListTagsForResource',
    ],
    resources: ['*'],
    reason: 'Previews and refreshes read what is there. No secret is readable by it.',
  },
  {
    sid: 'Network',
    actions: verbs('ec2', [
      'AllocateAddress',
      'AssociateRouteTable',
      'AttachInternetGateway',
      'AuthorizeSecurityGroupEgress',
      'AuthorizeSecurityGroupIngress',
      'CreateFlowLogs',
      'CreateInternetGateway',
      'CreateNatGateway',
      'CreateRoute',
      'CreateRouteTable',
      'CreateSecurityGroup',
      'CreateSubnet',
      'CreateTags',
      'CreateVpc',
      'CreateVpcEndpoint',
      'DeleteFlowLogs',
      'DeleteInternetGateway',
      'DeleteNatGateway',
      'DeleteRoute',
      'DeleteRouteTable',
      'DeleteSecurityGroup',
      'DeleteSubnet',
      'DeleteTags',
      'DeleteVpc',
      'DeleteVpcEndpoints',
      'DetachInternetGateway',
      'DisassociateAddress',
      'DisassociateRouteTable',
      'ModifySecurityGroupRules',
      'ModifySubnetAttribute',
      'ModifyVpcAttribute',
      'ModifyVpcEndpoint',
      'ReleaseAddress',
      'ReplaceRoute',
      'RevokeSecurityGroupEgress',
      'RevokeSecurityGroupIngress',
    ]),
    resources: ['*'],
    conditions: IN_REGION,
    reason:
      'VPC, subnets, gateways, routes, security groups, endpoints and flow logs. Not needed with a VPC of your own, but for the security groups.',
  },
  {
    sid: 'Database',
    actions: verbs('rds', [
      'AddTagsToResource',
      'CreateDBCluster',
      'CreateDBClusterParameterGroup',
      'CreateDBClusterSnapshot',
      'CreateDBInstance',
      'CreateDBParameterGroup',
      'CreateDBSnapshot',
      'CreateDBSubnetGroup',
      'DeleteDBCluster',
      'DeleteDBClusterParameterGroup',
      'DeleteDBInstance',
      'DeleteDBParameterGroup',
      'DeleteDBSubnetGroup',
      'ModifyDBCluster',
      'ModifyDBClusterParameterGroup',
      'ModifyDBInstance',
      'ModifyDBParameterGroup',
      'ModifyDBSubnetGroup',
      'RebootDBInstance',
      'RemoveTagsFromResource',
      'ResetDBParameterGroup',
    ]),
    resources: named(
      'rds',
      'db:',
      'cluster:',
      'pg:',
      'cluster-pg:',
      'subgrp:',
      'snapshot:',
      'cluster-snapshot:',
    ),
    reason: 'PostgreSQL, its parameters, subnets and last snapshot.',
  },
  {
    sid: 'Redis',
    actions: verbs('elasticache', [
      'AddTagsToResource',
      'CreateCacheSubnetGroup',
      'CreateReplicationGroup',
      'CreateSnapshot',
      'DecreaseReplicaCount',
      'DeleteCacheSubnetGroup',
      'DeleteReplicationGroup',
      'IncreaseReplicaCount',
      'ModifyCacheSubnetGroup',
      'ModifyReplicationGroup',
      'RemoveTagsFromResource',
    ]),
    resources: [
      ...named('elasticache', 'replicationgroup:', 'cluster:', 'subnetgroup:', 'snapshot:'),
      'arn:aws:elasticache:REGION:ACCOUNT:parametergroup:*',
    ],
    reason: 'Redis, its subnets and snapshots; and to set its new password after a rotation.',
  },
  {
    sid: 'Secrets',
    actions: verbs('secretsmanager', [
      'CreateSecret',
      'DeleteSecret',
      'DescribeSecret',
      'GetResourcePolicy',
      'GetSecretValue',
      'PutSecretValue',
      'TagResource',
      'UntagResource',
      'UpdateSecret',
      'UpdateSecretVersionStage',
    ]),
    resources: [...named('secretsmanager', 'secret:')],
    reason:
      'The secrets of the stack. The provider reads a value back after writing it, and at each refresh.',
  },
  {
    sid: 'MasterSecret',
    actions: [
      'secretsmanager:CreateSecret',
      'secretsmanager:TagResource',
      'secretsmanager:DescribeSecret',
    ],
    resources: ['arn:aws:secretsmanager:REGION:ACCOUNT:secret:rds!*'],
    reason:
      "RDS makes the master user's password in the name of who asks for the database. Nobody but the preparing container reads it.",
  },
  {
    sid: 'Key',
    actions: verbs('kms', [
      'CreateAlias',
      'CreateGrant',
      'CreateKey',
      'Decrypt',
      'DeleteAlias',
      'EnableKeyRotation',
      'Encrypt',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'PutKeyPolicy',
      'ScheduleKeyDeletion',
      'TagResource',
      'UntagResource',
      'UpdateAlias',
      'UpdateKeyDescription',
    ]),
    resources: ['*'],
    conditions: IN_REGION,
    reason:
      "The key of the stack, and its use by the services that encrypt with it. The key's own policy limits it further.",
  },
  {
    sid: 'Roles',
    actions: verbs('iam', [
      'AttachRolePolicy',
      'CreateRole',
      'DeleteRole',
      'DeleteRolePolicy',
      'DetachRolePolicy',
      'GetRole',
      'GetRolePolicy',
      'ListAttachedRolePolicies',
      'ListInstanceProfilesForRole',
      'ListRolePolicies',
      'ListRoleTags',
      'PutRolePolicy',
      'TagRole',
      'UntagRole',
      'UpdateAssumeRolePolicy',
      'UpdateRole',
      'UpdateRoleDescription',
    ]),
    resources: ['arn:aws:iam::ACCOUNT:role/PROJECT-*'],
    reason:
      "The stack's roles and no others. Who may write roles may give them any right: add a permissions boundary where that matters.",
  },
  {
    sid: 'PassRoles',
    actions: ['iam:PassRole'],
    resources: ['arn:aws:iam::ACCOUNT:role/PROJECT-*'],
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
    reason:
      'Cluster, service and task definitions, and the tasks that prepare the database and retire a role.',
  },
  {
    sid: 'OldTaskDefinitions',
    actions: ['ecs:DeregisterTaskDefinition'],
    resources: ['*'],
    conditions: IN_REGION,
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
    reason: 'With aws.backend.autoscaling alone. Targets have random names.',
  },
  {
    sid: 'ScalingAlarms',
    actions: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
    resources: ['arn:aws:cloudwatch:REGION:ACCOUNT:alarm:TargetTracking-*'],
    reason: 'With aws.backend.autoscaling alone: its policies keep alarms.',
  },
  {
    sid: 'LoadBalancer',
    actions: verbs('elasticloadbalancing', [
      'AddTags',
      'CreateListener',
      'CreateLoadBalancer',
      'CreateTargetGroup',
      'DeleteListener',
      'DeleteLoadBalancer',
      'DeleteTargetGroup',
      'ModifyListener',
      'ModifyListenerAttributes',
      'ModifyLoadBalancerAttributes',
      'ModifyTargetGroup',
      'ModifyTargetGroupAttributes',
      'RemoveTags',
      'SetSecurityGroups',
      'SetSubnets',
      'SetWebACL',
    ]),
    resources: [
      ...named('elasticloadbalancing', 'loadbalancer/app/', 'listener/app/'),
      'arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/mi-be-*',
    ],
    reason: 'The load balancer, its listeners and its target group.',
  },
  {
    sid: 'Certificate',
    actions: verbs('acm', [
      'AddTagsToCertificate',
      'DeleteCertificate',
      'RemoveTagsFromCertificate',
      'RequestCertificate',
    ]),
    resources: ['*'],
    conditions: IN_REGION,
    reason: 'With edge.tls: auto alone. A certificate has no name before it is made.',
  },
  {
    sid: 'Records',
    actions: ['route53:ChangeResourceRecordSets'],
    resources: ['arn:aws:route53:::hostedzone/ZONE'],
    reason: 'With aws.edge.zone alone: the record of the host, and the proof for the certificate.',
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
    resources: ['arn:aws:logs:REGION:ACCOUNT:log-group:/medusa-infra/PROJECT-*'],
    reason:
      'The log groups of the stack, and their lines: of a release that failed, and for `logs`.',
  },
  {
    sid: 'RotationState',
    actions: verbs('ssm', [
      'AddTagsToResource',
      'DeleteParameter',
      'GetParameter',
      'GetParameters',
      'GetParametersByPath',
      'ListTagsForResource',
      'PutParameter',
      'RemoveTagsFromResource',
    ]),
    resources: ['arn:aws:ssm:REGION:ACCOUNT:parameter/PROJECT/*'],
    reason:
      'Two parameters, without a secret in them, say what was prepared and which rotation was completed.',
  },
  {
    sid: 'AccessLogs',
    actions: verbs('s3', [
      'CreateBucket',
      'DeleteBucket',
      'DeleteBucketPolicy',
      'GetBucket*',
      'GetAccelerateConfiguration',
      'GetEncryptionConfiguration',
      'GetLifecycleConfiguration',
      'GetReplicationConfiguration',
      'ListBucket',
      'ListTagsForResource',
      'PutBucketPolicy',
      'PutBucketPublicAccessBlock',
      'PutBucketTagging',
      'PutEncryptionConfiguration',
      'PutLifecycleConfiguration',
      'TagResource',
      'UntagResource',
    ]),
    resources: ['arn:aws:s3:::PROJECT-*'],
    reason:
      'With aws.edge.accessLogs: true alone. The logs themselves it may neither read nor delete.',
  },
  {
    sid: 'Firewall',
    actions: verbs('wafv2', [
      'AssociateWebACL',
      'CreateWebACL',
      'DeleteWebACL',
      'DisassociateWebACL',
      'TagResource',
      'UntagResource',
      'UpdateWebACL',
    ]),
    resources: [
      'arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/PROJECT-*',
      'arn:aws:wafv2:REGION:ACCOUNT:regional/managedruleset/*',
      ...named('elasticloadbalancing', 'loadbalancer/app/'),
    ],
    reason: 'With aws.edge.waf alone.',
  },
];

/** Characters without white space that IAM takes in one managed policy. */
export const POLICY_LIMIT = 6144;

/**
 * The statements as policy documents, with PROJECT, REGION, ACCOUNT and ZONE to be filled in: as few as
 * fit, each with some room for longer names.
 */
export function operatorPolicies(): readonly object[] {
  const documents: object[][] = [[]];
  for (const statement of OPERATOR_POLICY.map(policyStatement)) {
    const last = documents.at(-1) ?? [];
    if (sizeOf([...last, statement]) <= POLICY_LIMIT * 0.9) last.push(statement);
    else documents.push([statement]);
  }
  return documents.map(policyDocument);
}

function policyStatement({ sid, actions, resources, conditions }: OperatorStatement): object {
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
