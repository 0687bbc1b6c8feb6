import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { runKilledWhen } from '../../support/killed-run.ts';
import {
  type ContainerDefinition,
  containerOf,
  containerSecrets,
  servingTask,
} from '../../support/moto/account.ts';
import { awsProject, changesOf, edited, smallImage } from '../../support/moto/aws-project.ts';
import { holdings } from '../../support/moto/holdings.ts';
import { ECR_USER, type Held, Moto } from '../../support/moto/moto.ts';
import { refusedRequests } from '../../support/moto/operator.ts';
import type { CommandResult, TestProject } from '../../support/project.ts';

const stack = 'small';
const bucket = 'state-of-the-team';
const region = 'eu-central-1';
const minutes = 60_000;
let registry: DebianRegistry;
let moto: Moto;
let project: TestProject;
let zone: string;
let name: string;
let text: string;
let started: CommandResult;

/** The cheapest that runs. */
const small = (image: string) => `
target: aws
environment: development
backend: { image: ${image}, cpu: 250m, memory: 512Mi }
edge: { host: small.example.com, tls: off, port: 80 }
secrets: { redis: { version: 1 } }
aws:
  region: ${region}
  network: { nat: single }
  edge: { zone: ${zone} }
`;

beforeAll(async () => {
  registry = await DebianRegistry.start(ECR_USER);
  moto = await Moto.start({ region, registry: registry.address });
  zone = await moto.createZone('example.com');
  project = await awsProject(moto, stack);
  // Where a team keeps the state: no run can see there whether another one is alive.
  await moto.ask('s3', 'create_bucket', {
    Bucket: bucket,
    CreateBucketConfiguration: { LocationConstraint: region },
  });
  const place = new URLSearchParams({ region, endpoint: moto.url, use_path_style: 'true' });
  project.shell['PULUMI_BACKEND_URL'] = `s3://${bucket}?${place}`;
  name = `${project.name}-${stack}`;
  write(small(await smallImage(project.name)));
  started = await project.run(['start', '-s', stack]);
  console.log(`the cheapest stack went up in ${started.seconds.toFixed(1)} s`);
});

afterAll(async () => {
  await moto?.stop();
  await registry?.stop();
  await project?.cleanup();
});

function write(content: string): void {
  text = content;
  project.writeStack(stack, content);
}

const up = () => project.run(['up', '-s', stack, '--yes', '--json']);
const serving = () => servingTask(moto, name);
const backend = async () => containerOf(await serving(), 'backend');

describe('an image for tasks of another architecture than this engine has', () => {
  test('is refused before anything is made', async () => {
    const other = process.arch === 'arm64' ? 'x86_64' : 'arm64';
    const build = join(project.folder, 'build');
    mkdirSync(build);
    writeFileSync(join(build, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    project.writeStack(`Pulumi.${other}`, { config: moto.config });
    project.writeStack(
      other,
      edited(
        small(''),
        [/image: ,/, `image: { build: ${build} },`],
        [/\naws:/, '\nimages: { source: debian }$&'],
        [/\n {2}network:/, `\n  backend: { architecture: ${other} }$&`],
      ),
    );
    const before = moto.calls().length;
    const { code, stderr } = await project.run(['up', '-s', other, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain(`(aws.backend.architecture: ${other})`);
    expect(stderr).toMatch(
      /images\.source: the engine's image \S+, which another is built from, is for linux\/\w+, and linux\/\w+ is needed/,
    );
    const made = moto.calls().slice(before);
    expect(made.filter(({ operation }) => /^(Create|Put|Register|Run)/.test(operation)))
      // The state, which is in the same account here.
      .toEqual(made.filter(({ service, operation }) => service === 's3' && /^Put/.test(operation)));
  });
});

describe('the cheapest stack', () => {
  test('is deployed by start, which says where and that nobody answers there', () => {
    expect(started.stdout).toMatch(
      /^small is up: http:\/\/small\.example\.com\nGET http:\/\/small\.example\.com\/health: no answer/m,
    );
    expect(started.stdout).toContain('npx medusa-infra logs backend --follow -s small');
    expect(started.stderr).not.toMatch(/failed/);
    expect(started.code).toBe(1);
  });

  test('changes nothing at a second up', async () => {
    expect(changesOf(await up())).toEqual([]);
  });
});

describe('logs', () => {
  const task = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
  const shown = (lines: string) => lines.split('\n').filter(Boolean);

  /** Puts a line where the log driver of ECS would. */
  async function say(container: ContainerDefinition, message: string, ago = 0): Promise<void> {
    const { options } = container.logConfiguration;
    const where = {
      logGroupName: options['awslogs-group'],
      logStreamName: `${options['awslogs-stream-prefix']}/${container.name}/${task}`,
    };
    await moto.ask('logs', 'create_log_stream', where).catch((error: Error) => {
      if (!error.message.includes('ResourceAlreadyExists')) throw error;
    });
    const logEvents = [{ timestamp: Date.now() - ago, message }];
    await moto.ask('logs', 'put_log_events', { ...where, logEvents });
  }

  test('shows what the containers of a task wrote, in time order, of the last hour', async () => {
    await say(await backend(), 'an old word', 120 * minutes);
    await say(containerOf(await serving(), 'prepare-sql'), 'the database is ready', 2 * minutes);
    await say(await backend(), 'Server is ready on port: 9000', minutes);
    const { code, stdout, stderr } = await project.run(['logs', '-s', stack]);
    expect(code, stderr).toBe(0);
    expect(shown(stdout)).toEqual([
      'prepare-sql 0a1b2c3d     | the database is ready',
      'backend 0a1b2c3d         | Server is ready on port: 9000',
    ]);
    expect(stderr).toContain('the last hour');
  });

  test('reads further back with --since, one container, and the last lines of it', async () => {
    const since = ['logs', 'backend', '--since', '3h', '-s', stack];
    expect(shown((await project.run(since)).stdout)).toEqual([
      'backend 0a1b2c3d | an old word',
      'backend 0a1b2c3d | Server is ready on port: 9000',
    ]);
    expect(shown((await project.run([...since, '--tail', '1'])).stdout)).toEqual([
      'backend 0a1b2c3d | Server is ready on port: 9000',
    ]);
  });

  test('goes on with what comes until it is interrupted, no line twice', async () => {
    const following = project.start(['logs', 'backend', '--follow', '-s', stack]);
    let printed = '';
    following.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
    });
    const seen = (line: string) => expect.poll(() => printed, { timeout: minutes }).toContain(line);
    await seen('Server is ready');
    for (const message of ['GET /store/products', 'GET /health']) {
      await say(await backend(), message);
      await seen(message);
    }
    following.kill('SIGINT');
    const { exitCode } = await following;
    expect(shown(printed)).toEqual([
      'backend 0a1b2c3d | Server is ready on port: 9000',
      'backend 0a1b2c3d | GET /store/products',
      'backend 0a1b2c3d | GET /health',
    ]);
    expect(exitCode).toBe(0);
  });
});

/** An `up` that is killed with all that it started while `held` goes on, as soon as the account says `said`. */
async function upKilledDuring(held: Held, said: string): Promise<void> {
  moto.hold(held);
  const before = moto.log().length;
  await runKilledWhen(project, ['up', '-s', stack, '--yes'], said, () =>
    moto.log().slice(before).includes(said),
  );
}

/** Frees the state; its lock is the one of a run that is gone. */
async function cancel(): Promise<string> {
  const { code, stderr } = await project.run(['cancel', '-s', stack, '--yes']);
  expect(code, stderr).toBe(0);
  return stderr;
}

const fingerprint = (value: string) =>
  createHash('sha256').update(value).digest('hex').slice(0, 12);

describe('an up that is killed, and a release that is rolled back', () => {
  let log: string;
  let good: string;
  let secret: string;
  /** Fingerprint of the password that serves. */
  let token: string;

  test('leaves to the next one a change of the password that goes on: the running release keeps its own', async () => {
    const secrets = await containerSecrets(moto, await backend());
    token = fingerprint(decodeURIComponent(new URL(secrets['REDIS_URL'] ?? '').password));
    secret = secrets['JWT_SECRET'] ?? '';
    good = (await serving()).taskDefinitionArn;
    expect(moto.takenTokens(`${name}-redis`)).toEqual([]);
    write(
      edited(
        text,
        [/redis: \{ version: 1/, 'redis: { version: 2'],
        [/memory: 512Mi/, `$&, env: { MOTO_CRASH: 'no login with ${secret}' }`],
      ),
    );
    log = moto.log();
    await upKilledDuring('redis', `AUTH TOKEN ROTATE ${name}-redis`);
    expect(moto.takenTokens(`${name}-redis`)).toEqual([token, expect.any(String)]);
    moto.letGo('redis');
    const locked = await project.run(['up', '-s', stack, '--yes']);
    expect(locked.stderr).toContain(
      `if that update was killed, run: medusa-infra cancel -s ${stack}`,
    );
    expect(await cancel()).toMatch(
      /killed while updating redis-group; .*\n.*a change of the password of \S+ was interrupted; finishing it with the password in use/,
    );
    expect(moto.takenTokens(`${name}-redis`)).toEqual([token]);
  });

  test('leaves the prepare task to the next one, too', async () => {
    await upKilledDuring('prepare', `${name}-prepare:2`);
    expect((await serving()).taskDefinitionArn).toBe(good);
    // By the rules of AWS's guide one more rotation to the new password may push out the one in use.
    expect(moto.doneSince(log)).toEqual([
      ...['ROTATE', 'ROTATE', 'SET', 'ROTATE'].map((how) => `AUTH TOKEN ${how} ${name}-redis`),
      expect.stringMatching(new RegExp(`^RUN TASK \\S+/${name}-prepare:2$`)),
    ]);
    expect(moto.takenTokens(`${name}-redis`)).toEqual([token, expect.not.stringMatching(token)]);
    await cancel();
    log = moto.log();
  });

  test('waits for that task and starts no other; ECS takes the release back: exit code 1, the last lines, the running release', async () => {
    const running = project.start(['up', '-s', stack, '--yes']);
    let printed = '';
    for (const stream of [running.stdout, running.stderr]) {
      stream.on('data', (data: Buffer) => {
        printed += data.toString();
      });
    }
    await expect
      .poll(() => printed, { timeout: 2 * minutes })
      .toMatch(/prepare: \S+, which a previous run has started/);
    moto.letGo('prepare');
    const { exitCode, stderr } = await running;
    project.transcript.push(printed);
    expect(moto.doneSince(log)).toEqual([]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        [
          `the release ${name}:2 failed \\(ECS deployment circuit breaker: tasks failed to start\\): task \\S+: Essential container in task exited, backend ended with exit code 1\\.`,
          ' *Its last lines:',
          ' *no login with \\*\\*\\*',
          ' *ECS says:',
          ' *\\(service backend\\) deployment failed: tasks failed to start\\.',
          ` *The previous release \\(${name}:1\\) keeps running\\. Fix the release, then run up again\\.`,
        ].join('\\n'),
      ),
    );
    expect(printed).not.toContain(secret);
    expect((await serving()).taskDefinitionArn).toBe(good);
    expect(moto.takenTokens(`${name}-redis`)).toContain(token);
  });

  test('takes the fixed release, and is killed while ECS starts it', async () => {
    write(edited(text, [/, env: \{ MOTO_CRASH: [^}]*\}/, '']));
    await upKilledDuring('service', 'DEPLOYING backend');
    moto.letGo('service');
    await cancel();
  });

  test('goes on from there at the next one: nothing is made twice, and the old password ends', async () => {
    log = moto.log();
    const changes = changesOf(await up());
    expect(changes).toEqual(['delete secret-redis-v1', 'update retired: insecureValue value']);
    expect(moto.doneSince(log)).toEqual([`AUTH TOKEN SET ${name}-redis`]);
    const { REDIS_URL = '' } = await containerSecrets(moto, await backend());
    const now = fingerprint(decodeURIComponent(new URL(REDIS_URL).password));
    expect(moto.takenTokens(`${name}-redis`)).toEqual([now]);
    expect(now).not.toBe(token);
  });
});

describe('destroy', () => {
  test('leaves the last snapshot and the key that opens it, and nothing else', async () => {
    const { code, stderr } = await project.run(['destroy', '-s', stack, '--yes']);
    expect(code, stderr).toBe(0);
    expect(await holdings(moto)).toEqual([
      'kms Secrets, database, Redis, logs and images of a stack',
      expect.stringMatching(/^rds \S+-small-database-[0-9a-f]{6}-final$/),
      `s3 ${bucket}`,
    ]);
  });
});

describe('the policy of the operator', () => {
  test('allows every call of all this but those to the state, whose place is not its', async () => {
    const operator = { project: project.name, stack: `${project.name}-${stack}`, region, zone };
    const refused = await refusedRequests(moto, operator);
    const ofState = [`:::${bucket}`, `:::${bucket}/*`];
    const others = refused.filter((request) => !ofState.some((each) => request.endsWith(each)));
    expect(others).toEqual([]);
  });
});
