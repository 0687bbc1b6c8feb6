import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AwsProofContext } from '../../../src/cli/rotate/proof.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import { LABELS } from '../../../src/derive/labels.ts';
import { requireStackFile } from '../../../src/stack/load.ts';
import { type Answers, AwsError, awsServer, configFor } from './aws-server.ts';
import { folderWith } from './cli.ts';
import { options } from './stack-files.ts';

const ACCOUNT = 'arn:aws:ecs:eu-central-1:123456789012';
const SECRETS = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret';

/** A stack after the rotation of everything from version 1 to 2, as AWS reports it. */
export interface AwsWorld {
  /** Revision that each running task runs; 1 has the values of version 1. */
  readonly tasks: readonly number[];
  /** Of the task that prepared last. */
  readonly prepared: number;
  readonly retired: string;
  /** Of the task `retire`, as far as ECS still lists it. */
  readonly retireCodes: readonly number[];
  /** What Secrets Manager holds, by revision and variable. */
  readonly values: Readonly<Record<number, Readonly<Record<string, string>>>>;
  /** ElastiCache's pending change of the password. */
  readonly pending?: string;
}

export const NEW_VALUES = {
  JWT_SECRET: 'new-jwt',
  JWT_SECRET_PREVIOUS: '["old-jwt"]',
  DATABASE_URL: 'new-database-url',
  REDIS_URL: 'new-redis-url',
};
const OLD_VALUES = {
  JWT_SECRET: 'old-jwt',
  JWT_SECRET_PREVIOUS: '[]',
  DATABASE_URL: 'old-database-url',
  REDIS_URL: 'old-redis-url',
};

export const WORLD: AwsWorld = {
  tasks: [2, 2],
  prepared: 2,
  retired: 'database=2 redis=2',
  retireCodes: [0],
  values: { 1: OLD_VALUES, 2: NEW_VALUES },
};

const referencesOf = (revision: number) =>
  Object.keys(NEW_VALUES).map((name) => ({
    name,
    valueFrom: `${SECRETS}:shop-prod/backend/${name}:::v${revision}`,
  }));

/** ECS, Parameter Store and Secrets Manager of such a world. */
function answersOf(world: AwsWorld): Answers {
  const versions = (n: number) => `cookie=${n} database=${n} jwt=${n} redis=${n}`;
  return {
    DescribeServices: () => ({ services: [{ status: 'ACTIVE' }] }),
    ListTasks: ({ serviceName }) => ({
      taskArns: serviceName
        ? world.tasks.map((_, index) => `${ACCOUNT}:task/shop-prod/t${index}`)
        : world.retireCodes.map((_, index) => `${ACCOUNT}:task/shop-prod/r${index}`),
    }),
    DescribeTasks: ({ tasks }) => ({
      tasks: (tasks as string[]).map((taskArn) => {
        const index = Number(taskArn.at(-1));
        return taskArn.includes('/r')
          ? { taskArn, createdAt: index, containers: [{ exitCode: world.retireCodes[index] }] }
          : {
              taskArn,
              lastStatus: 'RUNNING',
              taskDefinitionArn: `${ACCOUNT}:task-definition/shop-prod:${world.tasks[index]}`,
            };
      }),
    }),
    DescribeTaskDefinition: ({ taskDefinition }) => {
      const revision = Number(String(taskDefinition).split(':').at(-1));
      const secrets = referencesOf(revision);
      const serving = { [LABELS.secretVersions]: versions(revision) };
      return {
        taskDefinition: {
          containerDefinitions: [
            { name: 'prepare-migrate', secrets },
            { name: 'backend', secrets, dockerLabels: serving },
          ],
        },
      };
    },
    GetParameters: () => ({
      Parameters: [
        {
          Name: '/shop/prod/prepared',
          Value: `${ACCOUNT}:task-definition/shop-prod-prepare:${world.prepared} database=2 redis=2`,
        },
        { Name: '/shop/prod/retired', Value: world.retired },
      ],
    }),
    GetSecretValue: ({ SecretId, VersionId }) => {
      const variable = String(SecretId).split('/').at(-1) ?? '';
      const found = world.values[Number(String(VersionId).slice(1))]?.[variable];
      if (found === undefined) throw new AwsError('ResourceNotFoundException', 'no such version');
      return { SecretString: found };
    },
  };
}

/** ElastiCache speaks XML. */
async function cacheServer({ pending }: AwsWorld): Promise<string> {
  const server = createServer((_, response) => {
    const status = pending ? `<AuthTokenStatus>${pending}</AuthTokenStatus>` : '';
    response.setHeader('Content-Type', 'text/xml');
    response.end(
      `<DescribeReplicationGroupsResponse><DescribeReplicationGroupsResult><ReplicationGroups><ReplicationGroup><AuthTokenEnabled>true</AuthTokenEnabled><PendingModifiedValues>${status}</PendingModifiedValues></ReplicationGroup></ReplicationGroups></DescribeReplicationGroupsResult></DescribeReplicationGroupsResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The Pulumi configuration that leads to such a world. */
export async function configOf(world: AwsWorld): Promise<Record<string, string>> {
  const url = await awsServer(answersOf(world));
  const config = configFor(url, ['ecs', 'ssm', 'secretsmanager']);
  const [map] = JSON.parse(config['endpoints'] ?? '[]');
  return {
    ...config,
    endpoints: JSON.stringify([{ ...map, elasticache: await cacheServer(world) }]),
  };
}

export const awsFiles = {
  'Pulumi.yaml': 'name: shop\nstackConfigDir: stacks\n',
  'stacks/prod.yaml': [
    'target: aws',
    'environment: production',
    'backend: { image: "shop:1", replicas: 2 }',
    'edge: { host: shop.example.com, tls: auto }',
    'aws: { region: eu-central-1, edge: { zone: example.com } }',
    'secrets: { jwt: { version: 2, keep: 1 }, cookie: { version: 2 }, database: { version: 2 }, redis: { version: 2 } }',
    '',
  ].join('\n'),
};

/** What the proofs work with in such a world. */
export async function proofIn(
  world: AwsWorld,
  facts: Pick<AwsProofContext, 'tasks' | 'markers'>,
  publicUrl: string,
): Promise<AwsProofContext> {
  const folder = folderWith(awsFiles);
  const { stack } = requireStackFile(`${folder}/stacks/prod.yaml`);
  if (stack.target !== 'aws') throw new Error('no stack for AWS');
  const plan = derivePlan(stack, { ...options, project: 'shop', stack: 'prod' });
  return {
    stack,
    plan: { ...plan, edge: { ...plan.edge, publicUrl } },
    environment: NEW_VALUES,
    values: new Map([
      ['jwt v1', 'old-jwt'],
      ['jwt v2', 'new-jwt'],
    ]),
    account: { region: 'eu-central-1', config: await configOf(world) },
    ...facts,
  };
}
