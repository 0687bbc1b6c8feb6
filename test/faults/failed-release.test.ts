import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { runningOf } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { backendEnvironment } from '../support/facts.ts';
import { fault } from '../support/faults/fault.ts';
import { MarkedStore } from '../support/faults/marked-store.ts';
import { get } from '../support/http.ts';
import { ImageRegistry } from '../support/image-registry.ts';
import { freePort } from '../support/ports.ts';
import { TestProject } from '../support/project.ts';
import { shopStack, storeFolder } from '../support/stacks.ts';

// Releases that cannot work: the one before keeps serving, and no secret is printed.
const stack = 'dev';
let project: TestProject;
let store: MarkedStore;
let described: Omit<ReturnType<typeof shopStack>, 'backend'> & { backend: object; redis: false };

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  const port = await freePort();
  described = { ...shopStack(port), redis: false };
  project.writeStack(stack, described);
  store = new MarkedStore(project, stack, `http://localhost:${port}`);
  await store.up();
  await store.mark();
});

afterAll(() => project?.cleanup());

/** A release that fails, whose message is returned; the file is as before afterwards. */
async function failedRelease(backend: object, pattern: RegExp): Promise<string> {
  project.writeStack(stack, { ...described, backend: { ...described.backend, ...backend } });
  try {
    return await store.upRefused(pattern);
  } finally {
    project.writeStack(stack, described);
    await store.expectWell();
  }
}

/** Prints what it was given, as it is and as base64, and fails. */
const printing = `const { DATABASE_URL, JWT_SECRET } = process.env;
const { password } = new URL(DATABASE_URL);
for (const secret of [password, JWT_SECRET]) {
  console.log('secret ' + secret);
  console.log('base64 ' + Buffer.from(secret).toString('base64'));
}
process.exit(3);`;

async function printsNoSecret(backend: object, pattern: RegExp) {
  const from = project.transcript.length;
  const sees = await failedRelease(backend, pattern);
  const printed = project.transcript.slice(from).join('\n');
  const env = await backendEnvironment(project.name, stack);
  const { password } = new URL(env['DATABASE_URL'] ?? '');
  for (const secret of [password, env['JWT_SECRET'] ?? '']) {
    expect(printed.includes(secret)).toBe(false);
    expect(printed.includes(Buffer.from(secret).toString('base64'))).toBe(false);
  }
  expect(printed).toMatch(/secret \*\*\*/);
  return {
    sees: `${sees} (with *** for each secret)`,
    lost: 'nothing: the store serves on',
    fixedBy: '`up`, once it is corrected',
  };
}

const outside = { image: { build: storeFolder, dockerfile: '../../../../etc/hostname' } };

fault('F40', 'a Dockerfile outside of the build folder', async () => ({
  sees: await failedRelease(outside, /^stacks\/dev\.yaml:/),
  lost: 'nothing',
  fixedBy: 'the file corrected',
}));

fault('N7', 'an image of another processor', async () => {
  const registry = new ImageRegistry();
  const address = await registry.start();
  try {
    registry.offer('shop', '1.4.2', {}, 's390x');
    const sees = await failedRelease({ image: `${address}/shop:1.4.2` }, /is for linux/);
    return {
      sees: sees.replaceAll(address, 'registry.example.com').replaceAll('arm64', 'amd64'),
      lost: 'nothing',
      fixedBy: 'the image built for this one',
    };
  } finally {
    await registry.stop();
  }
});

fault('F36', 'a seed that fails and prints its secrets', () =>
  printsNoSecret({ seed: ['node', '-e', printing] }, /^prepare-migrate\b.*exit/),
);

fault('F37', 'a backend that ends and prints its secrets', () =>
  printsNoSecret({ command: ['node', '-e', printing] }, /^backend\b.*exit/),
);

fault('F38', 'a backend without enough memory', async () => ({
  sees: await failedRelease(
    {
      command: ['node', '-e', 'for (const all = []; ; ) all.push(Buffer.alloc(1e7, 1))'],
      memory: '256Mi',
    },
    /memory: its limit/,
  ),
  lost: 'nothing: the store serves on',
  fixedBy: '`up` with more memory',
}));

fault('F39', 'an image without shell and Node', async () => {
  const build = join(project.folder, 'empty');
  mkdirSync(build, { recursive: true });
  writeFileSync(
    join(build, 'Dockerfile'),
    'FROM scratch\nCOPY Dockerfile /\nUSER 1000:1000\nCMD ["/start"]\n',
  );
  return {
    sees: await failedRelease({ image: { build } }, /^prepare-migrate\b/),
    lost: 'nothing: the store serves on',
    fixedBy: 'an image with both',
  };
});

fault('F49', 'a release of a store with uploaded files', async () => {
  const env = { GREETING: 'good morning' };
  described = { ...described, backend: { ...described.backend, env } };
  project.writeStack(stack, described);
  const before = await store.ids();
  await store.up();
  expect((await store.ids())['backend']).not.toEqual(before['backend']);
  await store.expectWell();
  return { sees: 'nothing', lost: 'nothing: the files are in a volume', fixedBy: 'nothing' };
});

/** Opens connections until no more is to be had, and keeps them until its input ends. */
const hoarding = `const { Client } = require('pg');
const [connectionString] = require('fs').readFileSync('/proc/self/environ', 'utf8').match(/postgres[^\\0]+/);
(async () => {
  try {
    for (;;) await new Client({ connectionString }).connect();
  } catch (error) { console.log('full: ' + error.message); }
})();
process.stdin.on('end', () => process.exit()).resume();`;

fault('F41', 'all connections of the database are taken', async () => {
  const [backend] = await runningOf(project.name, stack, 'backend');
  const { DATABASE_URL = '' } = await backendEnvironment(project.name, stack);
  const args = ['exec', '-i', '-e', 'DATABASE_URL', backend?.id ?? '', 'node', '-e', hoarding];
  const hoarder = execa('docker', args, { env: { DATABASE_URL }, stdin: 'pipe', reject: false });
  let printed = '';
  hoarder.stdout.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  // More at once than the store has connections open, and seldom enough that it closes those that are idle.
  const statuses = async () => {
    const asked = Array.from({ length: 20 }, () => get(`${store.url}/store/products`));
    return (await Promise.all(asked)).map(({ status }) => status);
  };
  try {
    await eventually(() => expect(printed).toContain('full: '));
    await eventually(async () => expect(await statuses()).toContain(500), {
      everyMilliseconds: 12_000,
    });
  } finally {
    hoarder.stdin.end();
    await hoarder;
  }
  await store.expectWell();
  await store.up();
  return {
    sees: 'the store answers some requests with 500 meanwhile',
    lost: 'nothing',
    fixedBy: 'nothing',
  };
});
