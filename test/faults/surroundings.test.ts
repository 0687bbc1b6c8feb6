import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
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

// The machine around the command: its disks, its clock, its folders.
const stack = 'dev';
let project: TestProject;
let store: MarkedStore;

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  const port = await freePort();
  project.writeStack(stack, { ...shopStack(port), redis: false });
  store = new MarkedStore(project, stack, `http://localhost:${port}`);
  await store.up();
  await store.mark();
});

afterAll(() => project?.cleanup());

/** An `up` where another program, or another folder, stands before the command. */
function upAs(
  before: readonly string[],
  { env = {}, cwd = project.folder }: { env?: Record<string, string>; cwd?: string } = {},
) {
  const command = [...before, process.execPath, join(repository, 'bin/medusa-infra.js')];
  const [file = '', ...args] = [...command, 'up', '-s', stack, '--yes'];
  return execa(file, args, {
    cwd,
    env: { ...project.env(), ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

/** An `up` that finds everything as it should be, whatever surrounds it. */
async function expectUnchanged(run: ReturnType<typeof upAs>): Promise<void> {
  const before = await store.ids();
  const { exitCode, stderr } = await run;
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(/^nothing changed, /m);
  expect(await store.ids()).toEqual(before);
  await store.expectWell();
}

/** A disk of 4 MiB for `work`; what is on it is gone afterwards. */
async function onSmallDisk<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(project.folder, 'small-disk');
  mkdirSync(folder, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]);
  try {
    return await work(folder);
  } finally {
    await execa('umount', [folder]);
  }
}

/** Takes what is left of a small disk. */
function fill(folder: string): string {
  const file = join(folder, 'filler');
  for (const size of [1 << 16, 1 << 12]) {
    expect(() => {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    }).toThrow(/ENOSPC/);
  }
  return file;
}

fault('F33', 'the disk of the state is full', () =>
  onSmallDisk(async (folder) => {
    cpSync(project.stateFolder, folder, { recursive: true });
    const state = join(folder, '.pulumi/stacks', project.name, `${stack}.json`);
    const whole = readFileSync(state, 'utf8');
    const filler = fill(folder);
    const env = { PULUMI_BACKEND_URL: `file://${folder}` };
    const sees = await store.upRefused(/no space/, env);
    expect(readFileSync(state, 'utf8')).toBe(whole);
    rmSync(filler);
    // The lock that Pulumi could not write is still there, and no update's; a younger one might be being written.
    const locks = join(folder, '.pulumi/locks/organization', project.name, stack);
    const [left = ''] = readdirSync(locks);
    const written = statSync(join(locks, left)).mtimeMs;
    await eventually(() => expect(Date.now() - written).toBeGreaterThan(1000));
    await expectUnchanged(upAs([], { env }));
    return {
      sees: `${sees.replace(/\/srv\/shop\/small-disk\S*\/dev\/[^:]+/, '/srv/state/.pulumi/locks/organization/shop/dev/….tmp')}`,
      lost: 'nothing: the state is whole',
      fixedBy: 'space, and `up`',
    };
  }),
);

fault('F32', 'TMPDIR is full', () =>
  onSmallDisk(async (folder) => {
    fill(folder);
    await expectUnchanged(upAs([], { env: { TMPDIR: folder } }));
    return { sees: '`up` works, and changes nothing', lost: 'nothing', fixedBy: 'nothing' };
  }),
);

fault('N5', 'the home folder is read-only', async () => {
  const home = process.env['HOME'] ?? '';
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  const { exitCode, stderr } = await upAs(['unshare', '--mount', 'sh', '-c', script, home]);
  expect(exitCode).toBe(1);
  await expectUnchanged(upAs([]));
  return {
    sees: store.line(stderr, /read-only file system/).replace(home, '~'),
    lost: 'nothing',
    fixedBy: 'the folder mounted for writing',
  };
});

/** Node's clock, in the command as in the program that Pulumi starts. */
async function upWithClock(years: number) {
  const module = join(project.folder, 'clock.mjs');
  const offset = years * 365 * 24 * 3600 * 1000;
  writeFileSync(
    module,
    `const Real = Date;
globalThis.Date = class extends Real {
  constructor(...args) { args.length === 0 ? super(Real.now() + ${offset}) : super(...args); }
  static now() { return Real.now() + ${offset}; }
};
`,
  );
  await expectUnchanged(upAs([], { env: { NODE_OPTIONS: `--import ${module}` } }));
  return { sees: '`up` works, and changes nothing', lost: 'nothing', fixedBy: 'nothing' };
}

fault('F42', 'the clock is a year ahead', () => upWithClock(1));

fault('N4', 'the clock is a year behind', () => upWithClock(-1));

fault('F43', "the project is moved to a folder `Mein Läden (ü)'s`", async () => {
  const moved = `${project.folder} Mein Läden (ü)'s`;
  renameSync(project.folder, moved);
  try {
    const env = {
      PULUMI_BACKEND_URL: `file://${moved}/state`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(moved, 'passphrase'),
    };
    await expectUnchanged(upAs([], { env, cwd: moved }));
  } finally {
    renameSync(moved, project.folder);
  }
  return { sees: '`up` works, and changes nothing', lost: 'nothing', fixedBy: 'nothing' };
});
