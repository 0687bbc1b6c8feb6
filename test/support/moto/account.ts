import type { IamPolicy } from '../iam.ts';
import type { Moto } from './moto.ts';

/** A container as ECS's API has it, as far as the kit writes it. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly entryPoint?: readonly string[];
  readonly command: readonly string[];
  readonly essential: boolean;
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly user?: string;
  readonly readonlyRootFilesystem?: boolean;
  readonly mountPoints?: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
  }[];
  readonly portMappings?: readonly { readonly containerPort: number }[];
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  readonly logConfiguration: {
    readonly options: Readonly<
      Record<'awslogs-group' | 'awslogs-stream-prefix' | 'awslogs-region', string>
    >;
  };
  readonly linuxParameters?: {
    readonly initProcessEnabled: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
  };
}

export interface TaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly volumes: readonly { readonly name: string }[];
  readonly executionRoleArn: string;
}

/** The task definition that a stack's service runs now. */
export async function servingTask(moto: Moto, cluster: string): Promise<TaskDefinition> {
  const { services } = await moto.ask<{ services: { taskDefinition: string }[] }>(
    'ecs',
    'describe_services',
    { cluster, services: ['backend'] },
  );
  return taskDefinition(moto, services[0]?.taskDefinition ?? '');
}

export async function taskDefinition(moto: Moto, name: string): Promise<TaskDefinition> {
  const found = await moto.ask<{ taskDefinition: TaskDefinition }>(
    'ecs',
    'describe_task_definition',
    { taskDefinition: name },
  );
  return found.taskDefinition;
}

/** A container of a task by its name. */
export function containerOf(task: TaskDefinition, name: string): ContainerDefinition {
  const found = task.containerDefinitions.find((each) => each.name === name);
  if (!found) throw new Error(`no container ${name} in ${task.taskDefinitionArn}`);
  return found;
}

/** What a container gets for `valueFrom`: `ARN:KEY:STAGE:VERSION`, of which only the ARN must be there. */
export async function secretValue(moto: Moto, valueFrom: string): Promise<string> {
  const parts = valueFrom.split(':');
  const [key, stage, version] = parts.slice(7);
  const { SecretString } = await moto.ask<{ SecretString: string }>(
    'secretsmanager',
    'get_secret_value',
    {
      SecretId: parts.slice(0, 7).join(':'),
      ...(version ? { VersionId: version } : {}),
      ...(stage ? { VersionStage: stage } : {}),
    },
  );
  if (!key) return SecretString;
  const value: unknown = (JSON.parse(SecretString) as Record<string, unknown>)[key];
  if (typeof value !== 'string') throw new Error(`${valueFrom}: the secret has no text ${key}`);
  return value;
}

/** Variable -> value of all that a container gets from Secrets Manager. */
export async function containerSecrets(
  moto: Moto,
  container: ContainerDefinition,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, valueFrom } of container.secrets ?? []) {
    values[name] = await secretValue(moto, valueFrom);
  }
  return values;
}

/** What a role's own policies say. */
export async function rolePolicies(moto: Moto, roleArn: string): Promise<IamPolicy[]> {
  const RoleName = roleArn.split('/').at(-1) ?? '';
  const { PolicyNames } = await moto.ask<{ PolicyNames: string[] }>('iam', 'list_role_policies', {
    RoleName,
  });
  return Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const found = await moto.ask<{ PolicyDocument: IamPolicy }>('iam', 'get_role_policy', {
        RoleName,
        PolicyName,
      });
      return found.PolicyDocument;
    }),
  );
}

/** All revisions, those that were deregistered too. */
export async function allTaskDefinitions(moto: Moto): Promise<TaskDefinition[]> {
  const found: TaskDefinition[] = [];
  for (const status of ['ACTIVE', 'INACTIVE']) {
    const { taskDefinitionArns } = await moto.ask<{ taskDefinitionArns: string[] }>(
      'ecs',
      'list_task_definitions',
      { status },
    );
    for (const arn of taskDefinitionArns) found.push(await taskDefinition(moto, arn));
  }
  return found;
}

interface Rule {
  readonly IsEgress: boolean;
  readonly FromPort: number;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly Tags?: readonly object[];
}

/** Rules that let addresses in, of the groups that a stack has made: moto's own have no tags. */
export async function openToTheWorld(moto: Moto): Promise<Rule[]> {
  const { SecurityGroupRules } = await moto.ask<{ SecurityGroupRules: Rule[] }>(
    'ec2',
    'describe_security_group_rules',
  );
  return SecurityGroupRules.filter(
    ({ IsEgress, CidrIpv4, CidrIpv6, Tags = [] }) =>
      !IsEgress && (CidrIpv4 ?? CidrIpv6) !== undefined && Tags.length > 0,
  );
}
