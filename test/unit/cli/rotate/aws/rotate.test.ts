import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readMarkers } from '../../../../../src/aws/read-markers.ts';
import { runningTasks } from '../../../../../src/aws/running-tasks.ts';
import { proveOnAws } from '../../../../../src/cli/rotate/aws/prove.ts';
import {
  type AwsWorld,
  awsFiles,
  configOf,
  proofIn,
  WORLD,
} from '../../../../support/unit/aws-world.ts';
import { folderWith, run } from '../../../../support/unit/cli.ts';

const nobodyUrl = 'http://127.0.0.1:1';

/** What is proven of one secret, a line each. */
async function lines(name: string, change: Partial<AwsWorld> = {}, publicUrl = nobodyUrl) {
  const world = { ...WORLD, ...change };
  const account = { region: 'eu-central-1', config: await configOf(world) };
  const facts = {
    tasks: await runningTasks(account, { cluster: 'shop-prod', name: 'backend' }),
    markers: await readMarkers(account, { project: 'shop', stack: 'prod' }),
  };
  const context = await proofIn(world, facts, publicUrl);
  const proofs = await proveOnAws(context, [{ name, from: 1, to: 2, resumed: false }]);
  return proofs.map(({ ok, text }) => `${ok === null ? '-' : ok ? 'ok' : 'FAILED'} ${text}`);
}

/** A store that answers as told. */
async function store(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Accepts tokens of these secrets: their user is not found. */
const accepting =
  (secrets: readonly string[]): RequestListener =>
  ({ url, headers }, response) => {
    if (url === '/health') return void response.end('OK');
    const [head, body, signature] = (headers.authorization ?? '').replace('Bearer ', '').split('.');
    const known = secrets.some(
      (secret) =>
        createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url') === signature,
    );
    response.writeHead(known ? 404 : 401).end();
  };

test('the database: tasks, values, the login before the release, the end of the old role', async () => {
  expect(await lines('database')).toEqual([
    'ok 2 of 2 tasks run with version 2 (shop-prod:2)',
    'ok 2 of 2 tasks got its value from Secrets Manager: DATABASE_URL',
    'ok prepare-migrate logged in with the password of version 2 before the release (shop-prod-prepare:2)',
    'ok role medusa_a is retired (/shop/prod/retired: database=2 redis=2)',
    'ok the retire task ended with exit code 0 (r0)',
    '- not tried: a login from here, because only the tasks can reach PostgreSQL',
  ]);
});

test('the database: what is not as it should be', async () => {
  const wrong = {
    tasks: [2, 1],
    prepared: 1,
    retired: 'database=1 redis=2',
    retireCodes: [0, 3],
  };
  expect(await lines('database', wrong)).toEqual([
    'FAILED 1 of 2 tasks run with version 2 (shop-prod:1, shop-prod:2)',
    'FAILED 1 of 2 tasks got its value from Secrets Manager: DATABASE_URL',
    'FAILED prepare-migrate logged in with the password of version 2 before the release: not so (shop-prod-prepare:1)',
    'FAILED role medusa_a is retired: not so (/shop/prod/retired: database=1 redis=2)',
    'FAILED the retire task ended with exit code 3 (r1)',
    '- not tried: a login from here, because only the tasks can reach PostgreSQL',
  ]);
});

test('no task runs: nothing is proven', async () => {
  const [run1, values] = await lines('database', { tasks: [] });
  expect(run1).toBe('FAILED 0 of 0 tasks run with version 2');
  expect(values).toBe('FAILED 0 of 0 tasks got its value from Secrets Manager: DATABASE_URL');
});

test('a task that ECS no longer lists, and a change that ElastiCache is still at, are said', async () => {
  expect(await lines('database', { retireCodes: [] })).toContain(
    '- not tried: the exit of the retire task, which ECS no longer lists',
  );
  expect(await lines('redis', { pending: 'SETTING' })).toContain(
    '- not tried: whether the change is complete: ElastiCache is still applying it (SETTING)',
  );
});

test('Redis: the one password, and no change of it pending', async () => {
  expect((await lines('redis')).slice(2)).toEqual([
    'ok prepare-migrate logged in with the password of version 2 before the release (shop-prod-prepare:2)',
    'ok ElastiCache was set to accept only the password of version 2 (/shop/prod/retired: database=2 redis=2)',
    'ok shop-prod-redis requires a password and has no pending change of it'.replace(
      'acme',
      'shop',
    ),
    '- not tried: a login from here, because only the tasks can reach Redis',
  ]);
});

test('a value in Secrets Manager that is another one', async () => {
  const values = { ...WORLD.values, 2: { ...WORLD.values[2], JWT_SECRET: 'foreign' } };
  expect((await lines('jwt', { values }))[1]).toBe(
    'FAILED 0 of 2 tasks got its value from Secrets Manager: JWT_SECRET, JWT_SECRET_PREVIOUS',
  );
});

test('tokens at the public URL: new ones, and those of the kept version', async () => {
  const url = await store(accepting(['new-jwt', 'old-jwt']));
  expect((await lines('jwt', {}, url)).slice(2)).toEqual([
    `ok a token of version 2 is accepted by 6 of 6 answers of ${url}`,
    `ok a token of version 1 is still accepted, as it is kept, by 6 of 6 answers of ${url}`,
  ]);
});

test('tokens at the public URL that are refused', async () => {
  const url = await store(accepting(['new-jwt']));
  expect((await lines('jwt', {}, url)).at(-1)).toBe(
    `FAILED a token of version 1 is still accepted, as it is kept, by 0 of 6 answers of ${url} (one answered 401); a medusa-config.js written by hand accepts only the current secret until it has the lines of docs/runtime.md#written-by-hand`,
  );
});

test('where nobody answers at the public URL, tokens are not tried; sessions never are', async () => {
  expect((await lines('jwt')).at(-1)).toBe(
    `- not tried: ${nobodyUrl}/health does not answer (ECONNREFUSED)`,
  );
  expect((await lines('cookie')).at(-1)).toBe(
    '- not tried: the sessions are in ElastiCache, which only the tasks can reach, so none could be created for the proof',
  );
});

/** A project whose configuration leads to a world; no Docker engine answers. */
async function project(world: AwsWorld) {
  const config = await configOf(world);
  const cwd = folderWith({
    ...awsFiles,
    'stacks/Pulumi.prod.yaml': [
      'config:',
      `  aws:accessKey: ${config['accessKey']}`,
      `  aws:secretKey: ${config['secretKey']}`,
      // As `pulumi config set --path` writes it.
      `  aws:endpoints: ${config['endpoints']}`,
      '',
    ].join('\n'),
  });
  const env = {
    HOME: cwd,
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    PULUMI_BACKEND_URL: `file://${cwd}/state`,
  };
  return { cwd, env };
}

test('secrets: which tasks run with which version is ECS’s word', async () => {
  const { code, out } = await run(
    ['secrets', '-s', 'prod', '--json'],
    await project({ ...WORLD, tasks: [1, 2, 2] }),
  );
  expect(code).toBe(0);
  const { secrets, unknown } = JSON.parse(out);
  expect(unknown).toEqual([]);
  expect(secrets.find(({ name }: { name: string }) => name === 'database')).toMatchObject({
    version: 2,
    serving: [1, 2],
  });
});

test('rotate finishes what was cut off before the old credentials were retired, by the word of AWS alone', async () => {
  const args = ['rotate', 'jwt', '-s', 'prod', '--dry-run', '--json'];
  const { code, out } = await run(args, await project({ ...WORLD, retired: 'database=1 redis=2' }));
  expect(code).toBe(0);
  const found = JSON.parse(out);
  expect(found.secrets).toMatchObject([
    { name: 'database', from: 1, to: 2, resumed: true },
    { name: 'jwt', from: 2, to: 3, resumed: false },
  ]);
  expect(found.secrets[0].meaning.overlap).toContain('a separate task takes it out of service');
});

test('an ECS that does not answer is said, with what to do', async () => {
  const { cwd, env } = await project(WORLD);
  writeFileSync(
    join(cwd, 'stacks/Pulumi.prod.yaml'),
    'config: { "aws:accessKey": a, "aws:secretKey": b, "aws:endpoints": [{ ecs: "http://127.0.0.1:1" }] }\n',
  );
  const { code, err } = await run(['rotate', 'jwt', '-s', 'prod', '--yes'], { cwd, env });
  expect(code).toBe(1);
  expect(err).toMatch(
    /^AWS did not report which tasks run \(.*ECONNREFUSED.*\); check the network, and the permissions that docs\/aws.md lists$/m,
  );
});
