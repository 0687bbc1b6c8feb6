import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { databaseLogGroups } from '../../../src/aws/database-log-groups.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { awsServer, configFor } from '../../support/unit/aws-server.ts';

const tags = { 'medusa-infra.project': 'shop', 'medusa-infra.stack': 'prod' };
const rds = { kind: 'rds', identifier: 'shop-prod-database' } as AwsResources['database'];
const aurora = { ...rds, kind: 'aurora' } as AwsResources['database'];

interface Server {
  readonly id: string;
  readonly stack?: string;
}

/** A server on 127.0.0.1 that answers as RDS does, in XML; gone after the test. */
async function rdsServer(servers: readonly Server[], status = 200): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const action = new URLSearchParams(Buffer.concat(chunks).toString()).get('Action') ?? '';
      const kind = action.replace('Describe', '').replace(/s$/, '');
      const items = servers.map(({ id, stack = 'prod' }) => {
        const tag = Object.entries({ ...tags, 'medusa-infra.stack': stack })
          .map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`)
          .join('');
        return `<${kind}><${kind}Identifier>${id}</${kind}Identifier><TagList>${tag}</TagList></${kind}>`;
      });
      response.statusCode = status;
      response.setHeader('Content-Type', 'text/xml');
      response.end(
        status === 200
          ? `<${action}Response><${action}Result><${kind}s>${items.join('')}</${kind}s></${action}Result></${action}Response>`
          : '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not allowed</Message></Error></ErrorResponse>',
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks an account that has these servers, and a group of any prefix that is asked for. */
async function ask(database: AwsResources['database'], servers: readonly Server[], status = 200) {
  const logs = await awsServer({
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
      logGroups: [{ logGroupName: `${logGroupNamePrefix}postgresql` }],
    }),
  });
  const endpoints = [{ rds: await rdsServer(servers, status), logs }];
  const config = { ...configFor(logs, ['logs']), endpoints: JSON.stringify(endpoints) };
  return databaseLogGroups(
    { region: 'eu-central-1', config },
    { ...(database ? { database } : {}), tags },
  );
}

test('are those of the instance that carries the tags of the stack', async () => {
  const servers = [
    { id: 'crm' },
    { id: 'shop-prod-database-000000', stack: 'other' },
    { id: 'shop-prod-database-abc123' },
  ];
  expect(await ask(rds, servers)).toEqual([
    '/aws/rds/instance/shop-prod-database-abc123/postgresql',
  ]);
});

test('are those of the cluster on Aurora', async () => {
  expect(await ask(aurora, [{ id: 'shop-prod-database-abc123' }])).toEqual([
    '/aws/rds/cluster/shop-prod-database-abc123/postgresql',
  ]);
});

test('there are none before there is a database, and without one', async () => {
  expect(await ask(rds, [{ id: 'crm' }])).toEqual([]);
  expect(await ask(undefined, [{ id: 'shop-prod-database-abc123' }])).toEqual([]);
});

test('a refusal says what to do', async () => {
  await expect(ask(rds, [], 403)).rejects.toThrow(
    'AWS does not report the log groups of the database (not allowed); fix that and run up again',
  );
});
