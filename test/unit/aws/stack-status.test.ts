import { expect, test } from 'vitest';
import { readStackStatus } from '../../../src/aws/stack-status.ts';
import { awsPlan } from '../../support/unit/aws-plan.ts';
import { type Answers, AwsError, awsServer, configFor } from '../../support/unit/aws-server.ts';

// RDS and ElastiCache use another protocol; the stack here has external servers.
const { database: _database, redis: _redis, ...aws } = awsPlan;

async function read(answers: Answers) {
  const config = configFor(await awsServer(answers), ['ecs']);
  return readStackStatus({ region: 'eu-central-1', config }, aws);
}

const revision = (name: string) => `arn:aws:ecs:eu-central-1:123456789012:task-definition/${name}`;
const family = aws.task.family;

test('the service and its tasks, without those that only prepare', async () => {
  const found = await read({
    DescribeServices: () => ({
      services: [
        {
          serviceName: 'backend',
          status: 'ACTIVE',
          desiredCount: 2,
          runningCount: 1,
          pendingCount: 1,
          taskDefinition: revision(`${family}:3`),
          deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }],
        },
      ],
    }),
    ListTasks: ({ desiredStatus, serviceName }) => {
      expect({ desiredStatus, serviceName }).toEqual({
        desiredStatus: 'RUNNING',
        serviceName: aws.service.name,
      });
      return { taskArns: ['a', 'b', 'c'] };
    },
    DescribeTasks: () => ({
      tasks: [
        {
          taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/aaa',
          taskDefinitionArn: revision(`${family}:3`),
          lastStatus: 'RUNNING',
          healthStatus: 'HEALTHY',
          startedAt: 1_700_000_000,
        },
        {
          taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/bbb',
          taskDefinitionArn: revision(`${family}:3`),
          lastStatus: 'PENDING',
          healthStatus: 'UNKNOWN',
        },
        {
          taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/ccc',
          taskDefinitionArn: revision(`${family}-prepare:3`),
          lastStatus: 'RUNNING',
        },
      ],
    }),
  });
  expect(found).toEqual({
    service: {
      name: 'backend',
      desired: 2,
      running: 1,
      pending: 1,
      revision: `${family}:3`,
      rollout: 'IN_PROGRESS',
      ok: false,
    },
    tasks: [
      {
        id: 'aaa',
        revision: `${family}:3`,
        state: 'RUNNING',
        health: 'HEALTHY',
        since: '2023-11-14T22:13:20.000Z',
      },
      { id: 'bbb', revision: `${family}:3`, state: 'PENDING', health: null, since: null },
    ],
    targets: [],
    certificate: null,
    database: null,
    redis: null,
  });
});

test.each<[string, Answers]>([
  [
    'no cluster',
    {
      DescribeServices: () => {
        throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
      },
    },
  ],
  [
    'a service that was deleted',
    { DescribeServices: () => ({ services: [{ status: 'INACTIVE' }] }) },
  ],
])('%s: the stack is not up', async (_title, answers) => {
  expect(await read(answers)).toMatchObject({ service: null, tasks: [] });
});

test('what AWS refuses is thrown', async () => {
  const refused = read({
    DescribeServices: () => {
      throw new AwsError('AccessDeniedException', 'not authorized');
    },
  });
  await expect(refused).rejects.toThrow('not authorized');
});
