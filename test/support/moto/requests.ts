import { LABELS } from '../../../src/derive/labels.ts';
import type { IamRequest } from '../iam.ts';
import { ACCOUNT } from '../operator-policies.ts';
import type { AwsCall } from './moto.ts';

/**
 * What IAM asks before a call is let through: the action on each resource that it names, and to pass on
 * the roles that it names. Names are made ARNs as the Service Authorization Reference has them
 * (https://docs.aws.amazon.com/service-authorization/latest/reference); a call that names none that its
 * service's table knows is about `*`. Rights that AWS needs within the call (a key's use) are not seen.
 *
 * @param projects the project's tag of what exists, by ARN
 */
export function iamRequests(
  call: AwsCall,
  projects: ReadonlyMap<string, string> = new Map(),
): IamRequest[] {
  const action = iamAction(call);
  const named = resourcesOf(call);
  const resources = named.length === 0 ? ['*'] : named;
  return [
    ...[action, ...(WITH[action] ?? [])].flatMap((each) =>
      resources.map((resource) => ({
        action: each,
        resource,
        context: contextOf(call, projects.get(resource)),
      })),
    ),
    ...passedRoles(call),
  ];
}

function contextOf({ region, project }: AwsCall, owner: string | undefined) {
  return {
    'aws:RequestedRegion': region,
    ...(project === null ? {} : { [`aws:RequestTag/${LABELS.project}`]: project }),
    ...(owner === undefined ? {} : { [`aws:ResourceTag/${LABELS.project}`]: owner }),
  };
}

/** Actions that are not called as the operation is. */
const ACTIONS: Readonly<Record<string, string>> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:GetBucketAccelerateConfiguration': 's3:GetAccelerateConfiguration',
  's3:GetBucketCors': 's3:GetBucketCORS',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:GetBucketReplication': 's3:GetReplicationConfiguration',
  's3:GetObjectLockConfiguration': 's3:GetBucketObjectLockConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:DeleteObjects': 's3:DeleteObject',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:DeleteBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:DeleteBucketLifecycle': 's3:PutLifecycleConfiguration',
  's3:DeleteBucketTagging': 's3:PutBucketTagging',
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

/** What is requested in addition to an action: the provider makes buckets and keys with their tags. */
const WITH: Readonly<Record<string, readonly string[]>> = {
  's3:CreateBucket': ['s3:TagResource'],
  'kms:CreateKey': ['kms:TagResource'],
  // It names the version of each, which may be the one of a bucket without versions.
  's3:DeleteObject': ['s3:DeleteObjectVersion'],
};

function iamAction({ service, operation }: AwsCall): string {
  // The scope of a signature is the prefix of the actions, but for CloudWatch.
  const action = `${service === 'monitoring' ? 'cloudwatch' : service}:${operation}`;
  return ACTIONS[action] ?? action;
}

type ToArn = (value: string, call: AwsCall) => string;

const inAccount =
  (service: string, kind: string, suffix = ''): ToArn =>
  (value, { region }) =>
    value.startsWith('arn:')
      ? value
      : `arn:aws:${service}:${region}:${ACCOUNT}:${kind}${value}${suffix}`;

const arn: ToArn = (value) => value;
const only =
  (operations: readonly string[], toArn: ToArn): ToArn =>
  (value, call) =>
    operations.includes(call.operation) ? toArn(value, call) : '';

/** Operations about objects in a bucket. */
const OBJECTS = ['DeleteObject', 'DeleteObjects'];

/** Parameters that name what a call is about, by service; an empty ARN: not in this call. */
const RESOURCES: Readonly<Record<string, Readonly<Record<string, ToArn>>>> = {
  rds: {
    DBInstanceIdentifier: inAccount('rds', 'db:'),
    DBClusterIdentifier: inAccount('rds', 'cluster:'),
    DBParameterGroupName: inAccount('rds', 'pg:'),
    DBClusterParameterGroupName: inAccount('rds', 'cluster-pg:'),
    DBSubnetGroupName: inAccount('rds', 'subgrp:'),
    FinalDBSnapshotIdentifier: (value, call) =>
      inAccount('rds', call.operation === 'DeleteDBCluster' ? 'cluster-snapshot:' : 'snapshot:')(
        value,
        call,
      ),
    ResourceName: arn,
  },
  elasticache: {
    ReplicationGroupId: inAccount('elasticache', 'replicationgroup:'),
    CacheSubnetGroupName: inAccount('elasticache', 'subnetgroup:'),
    CacheParameterGroupName: inAccount('elasticache', 'parametergroup:'),
    CacheClusterId: inAccount('elasticache', 'cluster:'),
    FinalSnapshotIdentifier: inAccount('elasticache', 'snapshot:'),
    ResourceName: arn,
  },
  secretsmanager: {
    // Six random characters follow each name.
    Name: inAccount('secretsmanager', 'secret:', '-AbCdEf'),
    SecretId: inAccount('secretsmanager', 'secret:', '-AbCdEf'),
  },
  iam: { RoleName: (value) => `arn:aws:iam::${ACCOUNT}:role/${value}` },
  ecr: {
    repositoryName: inAccount('ecr', 'repository/'),
    repositoryNames: inAccount('ecr', 'repository/'),
    resourceArn: arn,
  },
  ecs: {
    clusterName: inAccount('ecs', 'cluster/'),
    cluster: only(
      ['PutClusterCapacityProviders', 'UpdateCluster', 'DeleteCluster'],
      inAccount('ecs', 'cluster/'),
    ),
    serviceName: serviceArn,
    service: only(['UpdateService', 'DeleteService'], serviceArn),
    family: inAccount('ecs', 'task-definition/', ':1'),
    taskDefinition: only(['RunTask'], inAccount('ecs', 'task-definition/')),
    resourceArn: arn,
  },
  elasticloadbalancing: {
    Name: (value, call) =>
      only(['CreateLoadBalancer'], inAccount('elasticloadbalancing', 'loadbalancer/app/', '/0a1b'))(
        value,
        call,
      ) ||
      only(['CreateTargetGroup'], inAccount('elasticloadbalancing', 'targetgroup/', '/0a1b'))(
        value,
        call,
      ),
    LoadBalancerArn: arn,
    ListenerArn: arn,
    TargetGroupArn: only(
      ['ModifyTargetGroup', 'ModifyTargetGroupAttributes', 'DeleteTargetGroup'],
      arn,
    ),
    ResourceArns: arn,
  },
  kms: {
    KeyId: inAccount('kms', 'key/'),
    TargetKeyId: inAccount('kms', 'key/'),
    AliasName: inAccount('kms', ''),
  },
  logs: { logGroupName: inAccount('logs', 'log-group:'), resourceArn: arn },
  ssm: {
    Name: inAccount('ssm', 'parameter'),
    Names: inAccount('ssm', 'parameter'),
    Path: inAccount('ssm', 'parameter'),
    ResourceId: inAccount('ssm', 'parameter'),
  },
  'application-autoscaling': {
    // Their ARNs are random.
    ResourceId: (_, call) => inAccount('application-autoscaling', 'scalable-target/')('0a1b', call),
    ResourceARN: arn,
  },
  s3: {
    Bucket: (value, call) => `arn:aws:s3:::${value}${OBJECTS.includes(call.operation) ? '/*' : ''}`,
    ResourceArn: arn,
  },
  wafv2: {
    Name: only(
      ['CreateWebACL', 'UpdateWebACL', 'DeleteWebACL'],
      inAccount('wafv2', 'regional/webacl/', '/0a1b'),
    ),
    WebACLArn: arn,
    ResourceArn: arn,
    ResourceARN: arn,
  },
  route53: {
    HostedZoneId: only(
      ['ChangeResourceRecordSets'],
      (value) => `arn:aws:route53:::hostedzone/${value}`,
    ),
  },
};

function resourcesOf(call: AwsCall): string[] {
  // Reading is allowed of everything, or of what is named here all the same.
  return Object.entries(RESOURCES[call.service] ?? {}).flatMap(([parameter, toArn]) => {
    const values = call.parameters[parameter] ?? [];
    // The zone of a record's target and the rules of a firewall are named likewise, after their own.
    const named = ['route53', 'wafv2'].includes(call.service) ? values.slice(0, 1) : values;
    return named.map((value) => toArn(value, call)).filter((resource) => resource !== '');
  });
}

/** As `NAME` with the cluster next to it, or as an ARN. */
function serviceArn(value: string, call: AwsCall): string {
  const cluster = (call.parameters['cluster']?.[0] ?? '').split('/').at(-1);
  return inAccount('ecs', `service/${cluster}/`)(value, call);
}

/** Calls that hand a role to a service: the parameter, and who takes it. */
const PASSES: Readonly<Record<string, readonly [parameter: string, service: string][]>> = {
  RegisterTaskDefinition: [
    ['executionRoleArn', 'ecs-tasks.amazonaws.com'],
    ['taskRoleArn', 'ecs-tasks.amazonaws.com'],
  ],
  CreateFlowLogs: [['DeliverLogsPermissionArn', 'vpc-flow-logs.amazonaws.com']],
};

function passedRoles({ operation, parameters }: AwsCall): IamRequest[] {
  return (PASSES[operation] ?? []).flatMap(([parameter, service]) =>
    (parameters[parameter] ?? []).map((resource) => ({
      action: 'iam:PassRole',
      resource,
      context: { 'iam:PassedToService': service },
    })),
  );
}
