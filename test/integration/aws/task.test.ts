import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Administrator, createAdministrator } from '../../support/administrator.ts';
import { backendImage } from '../../support/backend-image.ts';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { makeCertificates } from '../../support/external-services.ts';
import { get, logIn, post, productTitles } from '../../support/http.ts';
import {
  type ContainerDefinition,
  containerOf,
  containerSecrets,
  secretValue,
  servingTask,
  type TaskDefinition,
  taskDefinition,
} from '../../support/moto/account.ts';
import { awsProject, edited } from '../../support/moto/aws-project.ts';
import { type DataServers, startDataServers } from '../../support/moto/data-servers.ts';
import { LocalTask } from '../../support/moto/local-task.ts';
import { ECR_USER, Moto } from '../../support/moto/moto.ts';
import type { TestProject } from '../../support/project.ts';
import { productsAlone, seededTitles } from '../../support/stacks.ts';

const stack = 'staging';
const region = 'eu-west-1';
let registry: DebianRegistry;
let moto: Moto;
let project: TestProject;
let name: string;
let text: string;
let servers: DataServers;
let backend: LocalTask;
let url: string;
let admin: Administrator;

/** Path in the images of the certificate authority that both servers are verified by. */
const caPath = '/opt/medusa-infra/rds-ca.pem';
/** What the load balancer adds to a request that came to port 443. */
const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };

beforeAll(async () => {
  registry = await DebianRegistry.start(ECR_USER);
  moto = await Moto.start({ region, registry: registry.address });
  project = await awsProject(moto, stack);
  name = `${project.name}-${stack}`;
  text = await stackText();
  project.writeStack(stack, text);
  await project.up(stack);
  servers = await dataServers();
});

afterAll(async () => {
  await moto?.stop();
  await registry?.stop();
  await project?.cleanup();
});

/** A stack in the account's own network: the quickest there is. */
async function stackText(): Promise<string> {
  const { Subnets } = await moto.ask<{ Subnets: { SubnetId: string; VpcId: string }[] }>(
    'ec2',
    'describe_subnets',
  );
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId);
  const { CertificateArn } = await moto.ask<{ CertificateArn: string }>(
    'acm',
    'request_certificate',
    { DomainName: 'shop.example.com' },
  );
  return `
target: aws
environment: staging
backend:
  image: ${await backendImage()}
  cpu: 1
  memory: 2Gi
  seed: [node, scripts/seed.js]
  env: { LOG_LEVEL: info }
edge: { host: shop.example.com, tls: '${CertificateArn}' }
database: { schema: shop }
plugins: [medusa-fulfillment-manual, medusa-payment-manual]
accept: ${JSON.stringify([productsAlone])}
secrets: { database: { version: 1 } }
aws:
  region: ${region}
  network: { vpc: ${Subnets[0]?.VpcId}, publicSubnets: [${subnets}], privateSubnets: [${subnets}] }
  backend: { exec: false }
`;
}

/** Servers for the hosts and passwords that moto's AWS gave. */
async function dataServers(): Promise<DataServers> {
  const task = await servingTask(moto, name);
  const sql = containerOf(task, 'prepare-sql');
  const master = Object.fromEntries((sql.environment ?? []).map((each) => [each.name, each.value]));
  const { PGPASSWORD = '' } = await containerSecrets(moto, sql);
  const { REDIS_URL = '' } = await containerSecrets(moto, containerOf(task, 'backend'));
  const redis = new URL(REDIS_URL);
  expect(redis.protocol).toBe('rediss:');
  return startDataServers({
    project: project.name,
    folder: project.folder,
    databaseHost: master['PGHOST'] ?? '',
    master: { user: master['PGUSER'] ?? '', password: PGPASSWORD },
    redisHost: redis.hostname,
    redisPassword: decodeURIComponent(redis.password),
  });
}

const local = (task: TaskDefinition, ca = servers.caFile) =>
  new LocalTask(moto, task, {
    project: project.name,
    network: servers.network,
    registry: ECR_USER,
    files: { [ca]: caPath },
  });

const exitCodes = ({ ended }: LocalTask) => ended.map((each) => [each.name, each.code]);

const roles = () =>
  servers.sql(
    "select rolname, rolcanlogin, rolpassword is not null from pg_authid where rolname ~ '^medusa_[ab]$' order by 1",
  );

interface StoppedTask {
  readonly startedBy?: string;
  readonly taskDefinitionArn: string;
  readonly overrides: {
    readonly containerOverrides: readonly Pick<
      ContainerDefinition,
      'name' | 'command' | 'environment'
    >[];
  };
}

/** The definition as a task ran it: with the commands and variables of its request. */
async function overridden(task: StoppedTask | undefined): Promise<TaskDefinition> {
  const definition = await taskDefinition(moto, task?.taskDefinitionArn ?? '');
  return {
    ...definition,
    containerDefinitions: definition.containerDefinitions.map((container) => {
      const change = task?.overrides.containerOverrides.find(
        (each) => each.name === container.name,
      );
      const environment = [...(container.environment ?? []), ...(change?.environment ?? [])];
      return { ...container, ...change, environment };
    }),
  };
}

describe('the task of target aws, on a Docker engine', () => {
  test('refuses a server that another authority stands for', async () => {
    const strange = join(project.folder, 'strange');
    await makeCertificates(strange, '127.0.0.1');
    const task = local(await taskDefinition(moto, `${name}-prepare`), join(strange, 'ca.crt'));
    await expect(task.run()).rejects.toThrow(
      /prepare-sql ended with .*\n(.*\n)*.*certificate verify failed/,
    );
    await task.remove();
    expect(await roles()).toEqual([]);
  });

  test('prepares the database and ends', async () => {
    const task = await local(await taskDefinition(moto, `${name}-prepare`)).run();
    expect(exitCodes(task)).toEqual([
      ['prepare-sql', 0],
      ['prepare-migrate', 0],
    ]);
    await task.remove();
    expect(await roles()).toEqual(['medusa_a|t|t', 'medusa_b|f|f']);
  });

  test('finds that done and becomes healthy', async () => {
    const began = Date.now();
    backend = await local(await servingTask(moto, name)).run();
    console.log(`the task was healthy after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    expect(exitCodes(backend)).toEqual([
      ['prepare-sql', 0],
      ['prepare-migrate', 0],
    ]);
    url = `http://127.0.0.1:${await backend.port('backend', 9000)}`;
    expect((await get(`${url}/health`)).status).toBe(200);
    expect(await productTitles(url)).toEqual(seededTitles);
    admin = await createAdministrator(backend.container('backend').id);
  });

  test('admin create runs one that adds an administrator, and its request shows nothing', async () => {
    const email = 'ada@example.com';
    const command = ['admin', 'create', email, '-s', stack];
    const { code, stdout, stderr } = await project.run(command, { unrecorded: true });
    expect(code, stderr).toBe(0);
    const cluster = { cluster: name };
    const { taskArns } = await moto.ask<{ taskArns: string[] }>('ecs', 'list_tasks', {
      ...cluster,
      desiredStatus: 'STOPPED',
    });
    const { tasks } = await moto.ask<{ tasks: StoppedTask[] }>('ecs', 'describe_tasks', {
      ...cluster,
      tasks: taskArns,
    });
    const [ran] = tasks.filter(({ startedBy }) => startedBy === 'medusa-infra-admin');
    for (const hidden of [email, stdout]) expect(JSON.stringify(ran)).not.toContain(hidden);
    const task = await local(await overridden(ran)).run();
    expect(exitCodes(task)).toEqual([
      ['prepare-sql', 0],
      ['prepare-migrate', 0],
    ]);
    expect(task.ended.at(-1)?.output).toBe('');
    await task.remove();
    const { cookie } = await logIn(url, email, stdout, forwarded);
    expect((await get(`${url}/admin/auth`, { ...forwarded, cookie })).status).toBe(200);
    // The same task once more finds the user there.
    await expect(local(await overridden(ran)).run()).rejects.toThrow(/ended with exit code 81/);
  });

  test('talks to both servers by TLS', async () => {
    const encrypted = await servers.sql(
      "select distinct ssl, usename from pg_stat_ssl join pg_stat_activity using (pid) where usename ~ '^medusa_'",
    );
    expect(encrypted).toEqual(['t|medusa_a']);
  });

  test('is what the definition says: no root, no rights, nothing to be written but /tmp', async () => {
    const { HostConfig, Config } = await backend.container('backend').inspect();
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Init: true });
    expect(Config.User).not.toMatch(/^(|0|root)$/);
  });

  test('sets a secure session cookie behind the load balancer, and none without it', async () => {
    const { cookie, setCookie } = await logIn(url, admin.email, admin.password, forwarded);
    expect(setCookie).toMatch(/; HttpOnly/);
    expect(setCookie).toMatch(/; Secure/);
    expect((await get(`${url}/admin/auth`, { ...forwarded, cookie })).status).toBe(200);
    const { email, password } = admin;
    const plain = await post(`${url}/admin/auth`, { email, password });
    expect({ status: plain.status, setCookie: plain.setCookie }).toEqual({
      status: 200,
      setCookie: undefined,
    });
  });
});

describe('a rotation of the database', () => {
  test('gives the new task another role, then takes the old one out of service', async () => {
    const before = await servingTask(moto, name);
    project.writeStack(stack, edited(text, [/version: 1 \}/, 'version: 2 }']));
    await project.up(stack);
    const after = await servingTask(moto, name);
    expect(after.revision).toBe(before.revision + 1);
    await (await local(await taskDefinition(moto, `${name}-prepare`)).run()).remove();
    // The old task serves on while the new one starts.
    expect(await roles()).toEqual(['medusa_a|t|t', 'medusa_b|t|t']);
    const next = await local(after).run();
    expect((await get(`${url}/store/products`)).status).toBe(200);
    const nextUrl = `http://127.0.0.1:${await next.port('backend', 9000)}`;
    expect(await productTitles(nextUrl)).toEqual(seededTitles);
    await backend.remove();
    await (await local(await taskDefinition(moto, `${name}-retire`)).run()).remove();
    expect(await roles()).toEqual(['medusa_a|f|f', 'medusa_b|t|t']);
    expect(await productTitles(nextUrl)).toEqual(seededTitles);
    await next.remove();
  });

  test('leaves the old version of the secret as it was: the old task definition goes on working', async () => {
    const old = await taskDefinition(moto, `${name}:1`);
    const { secrets = [] } = containerOf(old, 'backend');
    const reference = secrets.find((each) => each.name === 'DATABASE_URL')?.valueFrom ?? '';
    expect(new URL(await secretValue(moto, reference)).username).toBe('medusa_a');
  });
});
