import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idsByComponent } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/ports.ts';
import { killTree, processesWith } from '../../support/processes.ts';
import { repository, TestProject } from '../../support/project.ts';

/**
 * The command over a program that is small and can be made slow or made to fail: what concerns the
 * command itself (locks, runs that were killed, Ctrl-C, output) needs no store behind it.
 */
const program = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import { parse } from 'yaml';

const folder = import.meta.dirname;
const { setting, slow, fail } = JSON.parse(readFileSync(join(folder, 'program.json'), 'utf8'));
const lock = parse(readFileSync(join(folder, 'stacks/images.lock.yaml'), 'utf8'));
const labels = (component) =>
  Object.entries({ project: pulumi.getProject(), stack: pulumi.getStack(), component }).map(
    ([name, value]) => ({ label: 'medusa-infra.' + name, value }),
  );

export default async function () {
  if (fail) throw new pulumi.RunError('database.version: set one of 15, got "99"');
  const password = new random.RandomPassword('secret-jwt-v1', { length: 32, special: false });
  const name = pulumi.getProject() + '-data';
  const volume = new docker.Volume('data', { name, labels: labels('database') }, { retainOnDelete: true });
  for (const component of ['backend', 'edge']) {
    new docker.Container(component, {
      name: [pulumi.getProject(), component, setting].join('-'),
      image: JSON.stringify(lock).match(/sha256:[0-9a-f]{64}|[^"]+@sha256:[0-9a-f]{64}/)[0],
      entrypoints: ['/bin/sh', '-c', 'echo ' + component + ' says hello; exec sleep 1000'],
      envs: ['SETTING=' + setting],
      labels: labels(component),
      volumes: [{ volumeName: volume.name, containerPath: '/data' }],
      destroyGraceSeconds: 1,
      ...(slow && component === 'backend'
        ? { healthcheck: { tests: ['CMD', 'false'], interval: '1s', retries: 500 }, wait: true, waitTimeout: 300 }
        : {}),
    }, { deleteBeforeReplace: false });
  }
  return { url: 'http://127.0.0.1:1', environment: pulumi.secret({ JWT_SECRET: password.result, PORT: '9000' }) };
}
`;

let project: TestProject;
const tell = (settings: object) =>
  writeFileSync(join(project.folder, 'program.json'), JSON.stringify(settings));

beforeAll(async () => {
  project = await TestProject.create();
  // What the file names is looked for first, although this program makes none of it.
  mkdirSync(join(project.folder, 'store'));
  writeFileSync(join(project.folder, 'store/Dockerfile'), 'FROM scratch\n');
  project.writeStack(
    'dev',
    `target: docker\nbackend: { image: { build: ../store } }\nedge: { port: ${await freePort()} }\n`,
  );
  writeFileSync(join(project.folder, 'main.js'), program);
  tell({ setting: 1 });
});

afterAll(() => project?.cleanup());

/** Names of the project's containers, sorted. @param status all of them unless given */
async function containers(status?: 'running'): Promise<string[]> {
  const filters = [`label=medusa-infra.project=${project.name}`];
  if (status) filters.push(`status=${status}`);
  const filter = filters.flatMap((each) => ['--filter', each]);
  const { stdout } = await execa('docker', ['ps', '-a', ...filter, '--format', '{{.Names}}']);
  return stdout.split('\n').filter(Boolean).sort();
}

/** Starts an update whose backend never becomes healthy, and waits until it waits for that. */
async function startStuckUpdate(setting: number) {
  tell({ setting, slow: true });
  const child = project.start(['up', '--yes']);
  let printed = '';
  child.stderr.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  const name = (component: string) => `${project.name}-${component}-${setting}`;
  await eventually(
    async () => {
      const running = await containers('running');
      expect(running).toEqual(expect.arrayContaining([name('backend'), name('edge')]));
    },
    { seconds: 120 },
  );
  // Not the child itself: it would be awaited.
  return { child, pid: child.pid as number, printed: () => printed };
}

test('a stack that was never deployed', async () => {
  for (const [command, message] of [
    ['status', 'dev is not up; run: medusa-infra up -s dev'],
    ['logs', 'dev is not up; run: medusa-infra up -s dev'],
    ['env', 'dev has never been deployed; run: medusa-infra up -s dev'],
    ['destroy', 'dev has never been deployed; run: medusa-infra up -s dev'],
  ] as const) {
    const { code, stderr } = await project.run([
      command,
      ...(command === 'destroy' ? ['--yes'] : []),
    ]);
    expect(stderr.split('\n')).toContain(message);
    expect(code).toBe(1);
  }
});

test('up says what it did in one document; a second one has nothing to do', async () => {
  const first = await project.run(['up', '--yes', '--json']);
  expect(JSON.parse(first.stdout)).toMatchObject({
    stack: 'dev',
    ok: true,
    counts: { create: 4 },
    errors: [],
    url: 'http://127.0.0.1:1',
  });
  const second = await project.run(['up', '--yes']);
  expect(second.stderr).toMatch(/^nothing changed, 4 unchanged, in .* s$/m);
  expect(second.stdout).toBe('http://127.0.0.1:1');
  expect((await project.run(['preview', '--expect-no-changes'])).code).toBe(0);
});

test('env masks what is secret, and shows it when asked', async () => {
  const masked = await project.run(['env']);
  expect(masked.stdout).toBe("JWT_SECRET='***'\nPORT=9000");
  const shown = await project.run(['env', '--show-secrets'], { unrecorded: true });
  const { JWT_SECRET: secret = '' } = parseEnv(shown.stdout);
  expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
  const state = readdirSync(join(project.stateFolder, '.pulumi'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(project.stateFolder, '.pulumi', name), 'utf8'));
  expect(state.length).toBeGreaterThan(0);
  for (const text of [...state, ...project.transcript]) expect(text).not.toContain(secret);
});

test('logs and status ask the engine alone', async () => {
  const { stdout } = await project.run(['logs', 'edge']);
  expect(stdout).toBe('edge | edge says hello');
  const all = await project.run(['logs', '--tail', '1']);
  expect(all.stdout.split('\n').sort()).toEqual([
    'backend | backend says hello',
    'edge    | edge says hello',
  ]);
  const unknown = await project.run(['logs', 'backnd']);
  expect(unknown.stderr).toBe(
    'there is no component "backnd"; did you mean "backend"?\ncode: component-unknown (docs/errors.md)',
  );
  const status = await project.run(['status', '--json']);
  expect(JSON.parse(status.stdout)).toMatchObject({
    up: true,
    ok: false,
    missing: ['database', 'redis'],
    components: [
      { component: 'edge', state: 'running', ok: true },
      { component: 'backend', state: 'running', ok: true },
    ],
  });
  expect(status.code).toBe(1);
});

test('plain pulumi works in the environment that pulumi-env prints', async () => {
  const { code, stdout } = await project.pulumi('dev', ['stack', 'output', 'url']);
  expect(stdout).toBe('http://127.0.0.1:1');
  expect(code).toBe(0);
});

test("the program's refusal is reported once, without a trace", async () => {
  tell({ fail: true });
  const { code, stderr } = await project.run(['up', '--yes']);
  expect(stderr.split('database.version: set one of 15, got "99"')).toHaveLength(2);
  expect(stderr).not.toMatch(/\n\s+at |unhandled/);
  expect(code).toBe(1);
});

test('a second run waits for no lock, and the run after a killed one tidies up', async () => {
  const stuck = await startStuckUpdate(2);
  const refused = await project.run(['up', '--yes']);
  expect(refused.stderr).toMatch(
    /^dev is locked by another update \(.+, process \d+, since .+ UTC\); wait, or if that update was killed, run: medusa-infra cancel -s dev$/m,
  );
  expect(refused.code).toBe(1);
  // As in a container or on a machine that has this host's name: the process is nowhere to be seen.
  const elsewhere = await execa(
    'unshare',
    [
      ...['--pid', '--fork', '--mount-proc', process.execPath],
      ...[join(repository, 'bin/medusa-infra.js'), 'up', '--yes'],
    ],
    { cwd: project.folder, env: project.env(), extendEnv: false, reject: false, stdin: 'ignore' },
  );
  expect(elsewhere.stderr).toMatch(/^dev is locked by another update \(.+, process \d+, since /m);
  expect(elsewhere.exitCode).toBe(1);

  const pulumi = Number(/process (\d+)/.exec(refused.stderr)?.[1]);
  process.kill(stuck.pid, 'SIGKILL');
  process.kill(pulumi, 'SIGKILL');
  await stuck.child;
  tell({ setting: 3 });
  const next = await project.run(['up', '--yes']);
  expect(next.stderr).toMatch(/^dev was locked by .+, which no longer runs; unlocking it$/m);
  expect(next.stderr).toMatch(
    /^an earlier run was killed while (creating edge, )?creating backend(, creating edge)?; cleaning up$/m,
  );
  expect(next.stderr).toMatch(/^removing container backend|^removing container it-/m);
  expect(next.code).toBe(0);
  expect(await containers()).toHaveLength(2);
  expect((await project.run(['preview', '--expect-no-changes'])).code).toBe(0);
});

test('a damaged lock holds nobody up: up and cancel remove it', async () => {
  const locks = join(project.stateFolder, '.pulumi/locks/organization', project.name, 'dev');
  const damage = (text: string) => {
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, 'of-a-full-disk.json'), text);
  };
  damage('');
  const up = await project.run(['up', '--yes']);
  expect(up.stderr).toContain(
    `the lock file ${join(locks, 'of-a-full-disk.json')} is empty or damaged and belongs to no update; unlocking it\n`,
  );
  expect(up.code, up.stderr).toBe(0);
  expect(readdirSync(locks)).toEqual([]);

  damage('{}');
  const cancel = await project.run(['cancel']);
  expect(cancel).toMatchObject({ code: 0, stdout: '' });
  expect(cancel.stderr).toContain('dev is unlocked; run: medusa-infra up -s dev');
  expect(readdirSync(locks)).toEqual([]);
});

test('a pulumi killed while it wrote the attributes of the state holds nobody up', async () => {
  const files = join(project.stateFolder, '.pulumi/stacks', project.name);
  // The command itself has none written; `pulumi` does.
  expect(readdirSync(files).filter((name) => name.endsWith('.attrs'))).toEqual([]);
  writeFileSync(join(files, 'dev.json.attrs'), '');
  const preview = await project.run(['preview', '--expect-no-changes']);
  expect(preview.code, preview.stderr).toBe(0);
  expect(readdirSync(files)).not.toContain('dev.json.attrs');
});

test('Ctrl-C twice ends with 130, and the next up goes on from there', async () => {
  const { child, pid, printed } = await startStuckUpdate(4);
  process.kill(pid, 'SIGINT');
  await eventually(() => expect(printed()).toContain('press Ctrl-C again'), { seconds: 120 });
  process.kill(pid, 'SIGINT');
  const { exitCode, stderr } = await child;
  expect(stderr).toMatch(/stopping after the steps in progress; press Ctrl-C again/);
  expect(stderr).toMatch(/stopping at once; the next `medusa-infra up -s dev` cleans up/);
  expect(exitCode).toBe(130);
  tell({ setting: 5 });
  expect((await project.run(['up', '--yes'])).code).toBe(0);
  expect(await containers()).toHaveLength(2);
});

test('an update whose provider is killed leaves a container that the next one removes', async () => {
  const { child } = await startStuckUpdate(6);
  // More than one of them: pulumi starts the plugin for its schema as well.
  for (const one of processesWith(project.folder)) {
    if (one.includes('pulumi-resource-docker')) killTree(Number.parseInt(one, 10));
  }
  const { exitCode } = await child;
  expect(exitCode).toBe(1);
  // Nothing in the state says so: the operation has failed, and none is pending.
  const { stdout } = await project.pulumi('dev', ['stack', 'export', '--stack', 'dev']);
  expect(JSON.parse(stdout).deployment.pending_operations ?? []).toEqual([]);
  expect(await containers()).toContain(`${project.name}-backend-6`);
  tell({ setting: 6 });
  const next = await project.run(['up', '--yes']);
  expect(next.stderr).toMatch(
    new RegExp(
      `^removing (container \\S+, )?container ${project.name}-backend-6(, \\S+ \\S+)?, which an earlier run left and no state knows$`,
      'm',
    ),
  );
  expect(next.code, next.stderr).toBe(0);
  expect(await containers()).toEqual([`${project.name}-backend-6`, `${project.name}-edge-6`]);
  expect((await project.run(['preview', '--expect-no-changes'])).code).toBe(0);
});

test('an up with a state that knows nothing of what runs says so, and makes and takes nothing', async () => {
  const ids = () => idsByComponent(project.name, 'dev');
  const before = await ids();
  const other = join(project.folder, 'other-state');
  mkdirSync(other);
  // Twice: the first one leaves no state either.
  for (const _ of [1, 2]) {
    const { code, stderr } = await project.run(['up', '--yes'], {
      env: { PULUMI_BACKEND_URL: `file://${other}` },
    });
    expect(stderr).toContain(
      `dev runs (container ${project.name}-backend-6, container ${project.name}-edge-6), but its state is not in file://${other} (chosen by PULUMI_BACKEND_URL): `,
    );
    expect(stderr).toMatch(/: docker rm -f [0-9a-f]{12} [0-9a-f]{12}$/m);
    expect(code).toBe(1);
    expect(await ids()).toEqual(before);
  }
});

test('a stack whose file was renamed is named by the other commands, and destroy removes it', async () => {
  const file = (name: string) => join(project.folder, `stacks/${name}.yaml`);
  renameSync(file('dev'), file('devx'));
  const { code, stderr } = await project.run(['up', '--yes']);
  expect(stderr).toContain(
    'dev is deployed: put its file back under this name, or remove it: medusa-infra destroy -s dev',
  );
  expect(code).toBe(1);
  expect((await project.run(['logs'])).code).toBe(0);
  expect(await containers('running')).toHaveLength(2);
});

test('destroy says what is kept and how to remove it for good', async () => {
  const { code, stdout, stderr } = await project.run(['destroy', '--yes']);
  expect(stderr).toContain('dev: its stack file is missing; going by its state\n');
  expect(stderr).toContain(`= keep volume ${project.name}-data\n`);
  expect(stderr).toMatch(/^3 removed, 1 left in place, in /m);
  expect(stdout).toBe(`docker volume rm ${project.name}-data`);
  expect(code).toBe(0);
  expect(await containers()).toEqual([]);
  renameSync(join(project.folder, 'stacks/devx.yaml'), join(project.folder, 'stacks/dev.yaml'));
  const { stderr: later } = await project.run(['status']);
  expect(later).toBe(
    `dev is not up; its data is kept in ${project.name}-data; run: medusa-infra up -s dev`,
  );
});
