import { afterAll, beforeAll, expect, test } from 'vitest';
import { containersOf, docker, runningOf, volumesOf } from '../../support/engine.ts';
import { get, logIn } from '../../support/http.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { seededAdmin, shopStack } from '../../support/stacks.ts';

const stack = 'dev';
let project: TestProject;
let url: string;
let port: number;
let volume: string;
/** Paths of all files that the store has taken. */
const files: string[] = [];

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  port = await freePort();
  url = `http://localhost:${port}`;
  volume = `${project.name}-${stack}-uploads`;
});

afterAll(() => project.cleanup());

/** Two replicas with @medusajs/file-local. @param uploads the section; undefined: left out */
function store(uploads?: false, greeting = 'hello') {
  const shop = shopStack(port);
  const { seed, ...backend } = shop.backend;
  return {
    ...shop,
    // Each upload logs in, and they come without a pause.
    edge: { port, loginLimit: false },
    backend: { ...backend, seed, replicas: 2, cpu: '1', env: { GREETING: greeting } },
    plugins: [...shop.plugins, '@medusajs/file-local'],
    ...(uploads === false ? { uploads } : {}),
  };
}

/** Uploads a file as the admin does; the path of its link. */
async function upload(name: string): Promise<string> {
  const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
  const form = new FormData();
  form.append('files', new Blob([`content of ${name}`]), name);
  const response = await fetch(`${url}/admin/uploads`, {
    method: 'POST',
    headers: { cookie },
    body: form,
    signal: AbortSignal.timeout(30_000),
  });
  const body = (await response.json()) as { uploads?: [{ url: string }] };
  const link = body.uploads?.[0].url;
  if (response.status !== 200 || link === undefined) {
    throw new Error(`the upload answered ${response.status}: ${JSON.stringify(body)}`);
  }
  // The plugin begins links with the address of the edge.
  expect(link.startsWith(`${url}/uploads/`)).toBe(true);
  return new URL(link).pathname;
}

/** Statuses of many requests over separate connections, which the edge spreads over the replicas. */
async function statuses(path: string): Promise<number[]> {
  const answers = Array.from({ length: 20 }, () => get(`${url}${path}`, { connection: 'close' }));
  return (await Promise.all(answers)).map(({ status }) => status);
}

async function mountsOf(component: string) {
  const found = (await containersOf(project.name, stack)).filter(
    (container) => container.component === component,
  );
  const inspected = await Promise.all(found.map(({ id }) => docker.getContainer(id).inspect()));
  return inspected.map(({ Mounts }) => Mounts.map(({ Name, Destination }) => [Name, Destination]));
}

test('without the volume a replica has the files alone that it took', async () => {
  project.writeStack(stack, store(false));
  await project.up(stack);
  expect(await volumesOf(project.name)).not.toContain(volume);
  for (const name of ['first.png', 'second.png']) files.push(await upload(name));
  expect(new Set(await statuses(files[0] ?? ''))).toEqual(new Set([200, 404]));
});

test('the first up with the volume takes over what the replicas hold, and what they take meanwhile', async () => {
  project.writeStack(stack, store());
  const going = project.up(stack);
  let done = false;
  void going.finally(() => {
    done = true;
  });
  let count = 0;
  while (!done) {
    files.push(await upload(`meanwhile-${++count}.png`));
    // Each of them is asked for twenty times below.
    await new Promise((next) => setTimeout(next, 1000));
  }
  const { stderr } = await going;
  expect(stderr).toMatch(/uploads: copied \d+ uploaded files? from \S+ to the volume/);
  console.log(`${files.length} files, ${count} of them taken during the release`);
  expect(await volumesOf(project.name)).toContain(volume);
  for (const path of files) expect(await statuses(path)).toEqual(Array(20).fill(200));
  expect(await get(`${url}${files[0]}`)).toMatchObject({ body: 'content of first.png' });
}, 900_000);

test('replicas and the job share it', async () => {
  const mount = [volume, '/app/uploads'];
  expect(await mountsOf('backend')).toEqual([[mount], [mount]]);
  expect(await mountsOf('prepare-migrate')).toEqual([[mount]]);
});

test('a second up changes nothing', async () => {
  const result = await project.run(['up', '-s', stack, '--yes', '--json']);
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({ changes: [] });
});

test('a release keeps the files, and new ones are served by all', async () => {
  const before = await runningOf(project.name, stack, 'backend');
  project.writeStack(stack, store(undefined, 'good day'));
  await project.up(stack);
  const after = await runningOf(project.name, stack, 'backend');
  expect(after.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
  files.push(await upload('after.png'));
  for (const path of files) expect(await statuses(path)).toEqual(Array(20).fill(200));
});

test('destroy keeps the volume and says so; the next up finds it', async () => {
  const destroyed = await project.run(['destroy', '-s', stack, '--yes']);
  expect(destroyed.code).toBe(0);
  expect(destroyed.stderr).toContain(`keep volume ${volume}`);
  expect(destroyed.stdout).toContain(volume);
  await project.up(stack);
  for (const path of files) expect((await get(`${url}${path}`)).status).toBe(200);
});
