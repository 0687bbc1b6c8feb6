export type RoleName = 'execution' | 'task' | 'flow-logs';

export interface RolePlan {
  readonly name: RoleName;
  /** Service principal, such as `ecs-tasks.amazonaws.com`. */
  readonly assumedBy: string;
  readonly about: string;
  readonly statements: readonly StatementPlan[];
  /** ARNs of further policies that the stack file names. */
  readonly policyArns: readonly string[];
  /** ARN of the policy that limits what all others may give. */
  readonly permissionsBoundary?: string;
}

/** What a statement is about, known only once it is there. */
export type PolicyRef =
  | 'secrets'
  | 'master-secret'
  | 'key'
  | 'repository'
  | 'log-group'
  | 'flow-log-group';

/** An ARN as written, or that of something of the stack, with a text behind it. */
export type PolicyResource = string | { readonly ref: PolicyRef; readonly suffix?: string };

export interface StatementPlan {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly PolicyResource[];
  readonly conditions?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  /** Why it is needed, for the documentation. */
  readonly reason: string;
}

export interface RoleOptions {
  readonly region: string;
  readonly partition: string;
  /** Your own repository, as `host/path`; undefined: the stack's. */
  readonly registryUrl?: string;
  readonly database: boolean;
  readonly exec: boolean;
  readonly flowLogs: boolean;
  readonly policyArns: readonly string[];
  readonly permissionsBoundary?: string;
}

/** Every role of a stack, with nothing that it does not need. */
export function planRoles(options: RoleOptions): RolePlan[] {
  const { permissionsBoundary } = options;
  const roles: RolePlan[] = [
    {
      name: 'execution',
      assumedBy: 'ecs-tasks.amazonaws.com',
      about: 'Starts the tasks: images, secrets, logs',
      statements: executionStatements(options),
      policyArns: [],
    },
    {
      name: 'task',
      assumedBy: 'ecs-tasks.amazonaws.com',
      about: 'What the backend itself may do in AWS',
      statements: options.exec ? [EXEC] : [],
      policyArns: options.policyArns,
    },
    ...(options.flowLogs ? [FLOW_LOGS] : []),
  ];
  return permissionsBoundary === undefined
    ? roles
    : roles.map((role) => ({ ...role, permissionsBoundary }));
}

function executionStatements(options: RoleOptions): StatementPlan[] {
  const { region } = options;
  return [
    ...imageStatements(options),
    {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [{ ref: 'log-group', suffix: ':*' }],
      reason: "Each container's output goes into a stream of the stack's log group.",
    },
    {
      sid: 'ReadSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [
        { ref: 'secrets' },
        ...(options.database ? [{ ref: 'master-secret' } as const] : []),
      ],
      reason:
        "The secrets that the task definition names, each by its ARN; that of RDS's master user is for the container that prepares the database.",
    },
    {
      sid: 'DecryptSecrets',
      actions: ['kms:Decrypt'],
      resources: [{ ref: 'key' }],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
      reason: 'Secrets are encrypted with the key of the stack; only by way of Secrets Manager.',
    },
  ];
}

function imageStatements({ registryUrl, partition }: RoleOptions): StatementPlan[] {
  const resource: PolicyResource | undefined =
    registryUrl === undefined ? { ref: 'repository' } : ecrArn(registryUrl, partition);
  if (resource === undefined) return [];
  return [
    {
      sid: 'GetRegistryToken',
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      reason:
        'A login at ECR. The action knows no resources; the token gives what the next allows.',
    },
    {
      sid: 'PullImages',
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
      ],
      resources: [resource],
      reason: "The images of the stack's one repository.",
    },
  ];
}

/** The ARN of a repository in ECR; undefined for another registry. */
function ecrArn(url: string, partition: string): string | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(url);
  return match ? `arn:${partition}:ecr:${match[2]}:${match[1]}:repository/${match[3]}` : undefined;
}

const EXEC: StatementPlan = {
  sid: 'ExecuteCommand',
  actions: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  resources: ['*'],
  reason:
    'With aws.backend.exec alone: the channel of execute-command. The actions know no resources.',
};

const FLOW_LOGS: RolePlan = {
  name: 'flow-logs',
  assumedBy: 'vpc-flow-logs.amazonaws.com',
  about: 'Writes the flow logs of the VPC',
  statements: [
    {
      sid: 'WriteFlowLogs',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [{ ref: 'flow-log-group', suffix: ':*' }],
      reason: 'Each network interface writes a stream of the log group for flow logs.',
    },
  ],
  policyArns: [],
};
