import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { interruptedChange, settleRedis } from '../../../../../src/cli/run/aws/settle-redis.ts';
import type { PendingOperation, StateResource } from '../../../../../src/cli/run/stack-state.ts';
import { awsPlan } from '../../../../support/unit/aws-stacks.ts';
import { configOf, WORLD } from '../../../../support/unit/aws-world.ts';

const secret = (text: string) => ({ plaintext: JSON.stringify(text) });
const group = (authToken: string, more: object = {}): StateResource => ({
  urn: 'urn:pulumi:prod::shop::aws:elasticache/replicationGroup:ReplicationGroup::redis-group',
  type: 'aws:elasticache/replicationGroup:ReplicationGroup',
  id: 'shop-prod-redis',
  inputs: { authToken: secret(authToken) },
  ...more,
});
const updating = (authToken: string): PendingOperation => ({
  type: 'updating',
  resource: group(authToken),
});

describe('a change of the password that was cut off', () => {
  test('is one to another password than the state has', () => {
    expect(
      interruptedChange([updating('v2')], [group('v1', { delete: true }), group('v1')]),
    ).toEqual({
      replicationGroupId: 'shop-prod-redis',
      before: 'v1',
    });
  });

  test.each([
    ['of something else of it', [updating('v1')]],
    ['its making', [{ type: 'creating', resource: group('v2') }]],
    ['of another resource', [{ type: 'updating', resource: { ...group('v2'), type: 'aws:x:Y' } }]],
    ['none', []],
  ])('%s is not', (_title, pending) => {
    expect(interruptedChange(pending, [group('v1')])).toBeUndefined();
  });
});

/** What ElastiCache was asked, while tasks with these passwords serve. */
async function settle(passwords: readonly string[], refusal?: string): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      const action = form.get('Action') ?? '';
      asked.push(
        [action, form.get('AuthTokenUpdateStrategy'), form.get('AuthToken')]
          .filter(Boolean)
          .join(' '),
      );
      response.setHeader('Content-Type', 'text/xml');
      if (refusal && action.startsWith('Modify')) {
        response.statusCode = 400;
        response.end(
          `<ErrorResponse><Error><Code>InvalidParameterCombination</Code><Message>${refusal}</Message></Error></ErrorResponse>`,
        );
        return;
      }
      response.end(
        `<${action}Response><${action}Result><ReplicationGroups><ReplicationGroup><Status>available</Status></ReplicationGroup></ReplicationGroups></${action}Result></${action}Response>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const values = Object.fromEntries(
    passwords.map((password, index) => [
      index + 1,
      { REDIS_URL: `rediss://:${password}@redis.internal:6379` },
    ]),
  );
  const config = await configOf({
    ...WORLD,
    tasks: passwords.map((_, index) => index + 1),
    values,
  });
  const [map] = JSON.parse(config['endpoints'] ?? '[]');
  const elasticache = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const account = {
    region: 'eu-central-1',
    config: { ...config, endpoints: JSON.stringify([{ ...map, elasticache }]) },
  };
  const change = { replicationGroupId: 'shop-prod-redis', before: 'v1' };
  const notes: string[] = [];
  const settled = await settleRedis(account, awsPlan({}), change, (line) => notes.push(line));
  expect([settled, notes.length]).toEqual(asked.length > 0 ? [true, 1] : [false, 0]);
  return asked;
}

const WHOLE = [
  'DescribeReplicationGroups',
  'ModifyReplicationGroup ROTATE v1',
  'DescribeReplicationGroups',
  'ModifyReplicationGroup SET v1',
  'DescribeReplicationGroups',
];

describe('ElastiCache is made to take what serves alone', () => {
  test('where all tasks have the password before', async () => {
    expect(await settle(['v1', 'v1'])).toEqual(WHOLE);
  });

  test('also where it says that this is so already', async () => {
    expect(await settle(['v1'], 'No modifications were requested')).toEqual(WHOLE);
  });

  test('and what else it says is told', async () => {
    await expect(settle(['v1'], 'the token was used recently')).rejects.toThrow(
      'the token was used recently',
    );
  });

  test.each([
    ['the new one serves', ['v2', 'v2']],
    ['both do', ['v1', 'v2']],
    ['nothing does', []],
  ])('not where %s', async (_title, passwords) => {
    expect(await settle(passwords)).toEqual([]);
  });
});
