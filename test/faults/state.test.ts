import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { fault } from '../support/faults/fault.ts';
import { MarkedStore } from '../support/faults/marked-store.ts';
import { freePort } from '../support/ports.ts';
import { repository, TestProject } from '../support/project.ts';
import { shopStack } from '../support/stacks.ts';

// The files that a project keeps next to its stack: passphrase, state, locks, settings, choice of images.
const stack = 'dev';
let project: TestProject;
let store: MarkedStore;
let described: ReturnType<typeof shopStack> & { backend: { env: Record<string, unknown> } };

const state = () => join(project.stateFolder, '.pulumi/stacks', project.name, `${stack}.json`);
const locks = () => join(project.stateFolder, '.pulumi/locks/organization', project.name, stack);
const inStacks = (name: string) => join(project.stacks, name);
const setSecret = () =>
  project.run(['secrets', 'set', 'stripeKey', '-s', stack], { input: 'sk-live-kT9 7Qz' });

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  const port = await freePort();
  described = { ...shopStack(port), redis: false } as unknown as typeof described;
  described.backend.env['STRIPE_API_KEY'] = { secret: 'stripeKey' };
  Object.assign(described, { secrets: { stripeKey: { from: 'config' } } });
  project.writeStack(stack, described);
  expect((await setSecret()).code).toBe(0);
  store = new MarkedStore(project, stack, `http://localhost:${port}`);
  await store.up();
  await store.mark();
});

afterAll(() => project?.cleanup());

/** An `up` that has nothing to do: what was damaged is as it was. */
async function expectUnchanged(): Promise<void> {
  const before = await store.ids();
  expect((await store.up()).stderr).toMatch(/^nothing changed, /m);
  expect(await store.ids()).toEqual(before);
  await store.expectWell();
}

/** An `up` with the passphrase in a file that the command made: nothing in the environment names it. */
async function upWithOwnPassphrase(home: string) {
  return execa(process.execPath, [join(repository, 'bin/medusa-infra.js'), 'up', '--yes'], {
    cwd: project.folder,
    env: { ...project.env({ PULUMI_HOME: home }), PULUMI_CONFIG_PASSPHRASE_FILE: undefined },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

/** @param content of the file; none: there is no file */
async function withoutOwnPassphrase(content: string | undefined) {
  const home = join(project.folder, 'home');
  const file = join(home, 'medusa-infra/passphrase');
  mkdirSync(join(home, 'medusa-infra'), { recursive: true });
  if (content === undefined) rmSync(file, { force: true });
  else writeFileSync(file, content);
  const before = await store.ids();
  const { exitCode, stderr } = await upWithOwnPassphrase(home);
  expect(exitCode).toBe(1);
  expect(readdirSync(join(home, 'medusa-infra'))).toEqual(
    content === undefined ? [] : ['passphrase'],
  );
  expect(await store.ids()).toEqual(before);
  copyFileSync(join(project.folder, 'passphrase'), file);
  const restored = await upWithOwnPassphrase(home);
  expect(restored.stderr).toMatch(/^nothing changed, /m);
  await store.expectWell();
  return {
    sees: store.line(stderr, /passphrase/),
    lost: 'nothing, as long as there is a copy of the passphrase',
    fixedBy: 'the file put back',
  };
}

fault('F22', 'a wrong passphrase', async () => {
  const other = join(project.folder, 'other-passphrase');
  writeFileSync(other, randomBytes(24).toString('base64url'));
  const sees = await store.upRefused(/wrong passphrase/, { PULUMI_CONFIG_PASSPHRASE_FILE: other });
  await expectUnchanged();
  return { sees, lost: 'nothing', fixedBy: 'the right one' };
});

fault('F23', 'the generated passphrase file is lost', () => withoutOwnPassphrase(undefined));

fault('F24', 'the generated passphrase file is empty', () => withoutOwnPassphrase(''));

fault('F25', 'the state file is truncated', async () => {
  truncateSync(state(), 5000);
  const sees = await store.upRefused(/the state of the stack/);
  expect((await project.run(['status', '-s', stack])).code).toBe(0);
  copyFileSync(`${state()}.bak`, state());
  await expectUnchanged();
  return { sees, lost: 'nothing', fixedBy: '`<stack>.json.bak` put in its place' };
});

fault('F26', 'the state file and its `.bak` are empty', async () => {
  for (const file of [state(), `${state()}.bak`]) truncateSync(file, 0);
  const sees = await store.upRefused(/the state of the stack/);
  const backups = join(project.stateFolder, '.pulumi/backups', project.name, stack);
  const newest = readdirSync(backups)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .at(-1);
  copyFileSync(join(backups, newest ?? ''), state());
  await expectUnchanged();
  return {
    sees,
    lost: 'nothing',
    fixedBy: 'the newest file of `.pulumi/backups` put in its place',
  };
});

fault('F28a', 'a lock file of 0 bytes', async () => damagedLock(''));

fault('F28b', 'a lock file that says `{}`', async () => damagedLock('{}'));

async function damagedLock(content: string) {
  mkdirSync(locks(), { recursive: true });
  writeFileSync(join(locks(), 'of-a-full-disk.json'), content);
  const { stderr } = await store.up();
  expect(readdirSync(locks())).toEqual([]);
  await store.expectWell();
  return { sees: store.line(stderr, /unlocking it/), lost: 'nothing', fixedBy: 'the same `up`' };
}

fault('F29', 'two `up`s in two containers of the same host name, with one state', async () => {
  described.backend.env['GREETING'] = 'good morning';
  project.writeStack(stack, described);
  // Its process cannot be seen from here, and its host name is ours.
  const command = [process.execPath, join(repository, 'bin/medusa-infra.js'), 'up', '--yes'];
  const first = execa('unshare', ['--pid', '--fork', '--mount-proc', ...command], {
    cwd: project.folder,
    env: project.env(),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  await eventually(() => expect(readdirSync(locks())).toHaveLength(1));
  const second = await project.run(['up', '--yes']);
  expect(second.code).toBe(1);
  const { exitCode, stderr } = await first;
  expect(exitCode, stderr).toBe(0);
  await expectUnchanged();
  return {
    sees: store
      .line(second.stderr, /is locked by/)
      .replace(/\(\S+@\S+, process N, since .+ UTC\)/, '(root@host, process N, since …)'),
    lost: 'nothing: the first one ends well',
    fixedBy: '`up`, once the first one has ended',
  };
});

fault('F30', '`images.lock.yaml` is truncated', async () => {
  const file = inStacks('images.lock.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, text.indexOf('\n  source:') + 5));
  const sees = await store.upRefused(/images\.lock\.yaml/);
  writeFileSync(file, text);
  await expectUnchanged();
  return { sees, lost: 'nothing', fixedBy: 'the file put back from version control' };
});

fault('F31', '`Pulumi.<stack>.yaml`, with the salt of the encryption, is lost', async () => {
  const file = inStacks(`Pulumi.${stack}.yaml`);
  rmSync(file);
  const sees = await store.upRefused(/secrets\.stripeKey/);
  expect((await setSecret()).code).toBe(0);
  await expectUnchanged();
  expect(readFileSync(file, 'utf8')).toMatch(/^encryptionsalt: /m);
  return {
    sees,
    lost: 'the values that `secrets set` stored in it; generated secrets stay',
    fixedBy: 'the file put back from version control, or `secrets set` for each of them',
  };
});

fault('F47', 'the stack file is renamed', async () => {
  renameSync(inStacks(`${stack}.yaml`), inStacks('devx.yaml'));
  const sees = await store.upRefused(/is deployed/);
  // The file's new name is a new stack, which cannot have the port.
  const { code, stderr } = await project.run(['up', '-s', 'devx', '--yes']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/edge\.port: port \d+ on 127\.0\.0\.1 is taken by/);
  renameSync(inStacks('devx.yaml'), inStacks(`${stack}.yaml`));
  await expectUnchanged();
  return { sees, lost: 'nothing', fixedBy: 'its name given back' };
});

// The last one: the stack is made again.
fault('F27', 'the state is lost, with its `.bak` and all backups', async () => {
  rmSync(project.stateFolder, { recursive: true });
  mkdirSync(project.stateFolder);
  await store.upRefused(/is not in/);
  const { stderr } = await project.run(['up', '--yes']);
  const sees = store
    .line(stderr, /its state is not in/)
    .replace(/ \(container .+?\), but/, ' (container …, network …), but');
  const [command = ''] =
    /docker rm -f [0-9a-f ]+&& docker network rm [0-9a-f ]+$/m.exec(stderr) ?? [];
  expect(command).not.toBe('');
  await execa('sh', ['-c', command]);
  await store.up();
  await store.expectData();
  await expect(store.expectWell()).rejects.toThrow();
  return {
    sees,
    lost: 'the generated secrets: new ones are made, and everybody has to log in again; no data',
    fixedBy: 'the state put back from a backup, or the `docker rm` line of the message and `up`',
  };
});
