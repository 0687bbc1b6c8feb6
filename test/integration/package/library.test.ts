import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { containersOf, volumesOf } from '../../support/engine.ts';
import { get } from '../../support/http.ts';
import { install } from '../../support/package/managers.ts';
import { smallStack } from '../../support/package/small-stack.ts';
import { pack } from '../../support/package/tarball.ts';
import { freePort } from '../../support/ports.ts';
import { repository, TestProject } from '../../support/project.ts';

/** examples/library as a user has it, with stacks that are up within seconds. */
let project: TestProject;
const ports = { shop: 0, outlet: 0 };

beforeAll(async () => {
  project = await TestProject.create();
  const { folder, name } = project;
  const { path } = await pack();
  for (const file of ['node_modules', 'main.js']) rmSync(join(folder, file));
  cpSync(join(repository, 'examples/library'), folder, { recursive: true });
  edit('Pulumi.yaml', (text) => text.replace(/^name: .*$/m, `name: ${name}`));
  edit('package.json', (text) => text.replace(/("medusa-infra": )".*"/, `$1"file:${path}"`));
  for (const stack of ['shop', 'outlet'] as const) {
    ports[stack] = await freePort();
    project.writeStack(stack, await smallStack(ports[stack], `this is the ${stack}`));
  }
  edit('stacks/shop.yaml', (text) => `${text}${stringify(paymentKey)}`);
  await install('npm', folder);
});

afterAll(() => project?.cleanup());

const paymentKey = { secrets: { paymentKey: { from: 'config' } } };

function edit(file: string, change: (text: string) => string): void {
  const path = join(project.folder, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** `pulumi-env` prints the environment of a stack that has a stack file, so Pulumi's stack is called as one of them. */
const pulumiStack = 'shop';

async function pulumi(...args: readonly string[]) {
  const { code, stdout, stderr } = await project.pulumi(pulumiStack, args);
  if (code !== 0) throw new Error(`pulumi ${args.join(' ')} exited ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

test("the example's types are right for Pulumi's own compiler settings", async () => {
  const { exitCode, stdout } = await execa('node_modules/.bin/tsc', ['--noEmit'], {
    cwd: project.folder,
    reject: false,
  });
  expect(stdout).toBe('');
  expect(exitCode).toBe(0);
});

/** Every entry, with its types in use. */
const ALL_ENTRIES = `import { Config } from '@pulumi/pulumi';
import { deriveEnvironment, derivePlan, MedusaStack, requireStackFile } from 'medusa-infra';
import { AuroraDatabase } from 'medusa-infra/aws';
import { PostgresDatabase, type PostgresDatabaseArgs } from 'medusa-infra/docker';
import program from 'medusa-infra/program';
import { defineMedusaConfig } from 'medusa-infra/runtime';
export const entries: [() => Promise<object>, Function, Function] = [program, defineMedusaConfig, AuroraDatabase];
export const host = (args: PostgresDatabaseArgs): string => new PostgresDatabase('database', args).containerName;
const { stack } = requireStackFile('stacks/shop.yaml');
export const names: string[] = deriveEnvironment(stack, { project: 'a', stack: 'b' }).map(({ name }) => name);
if (stack.target === 'docker') derivePlan(stack, { project: 'a', stack: 'b' }).proxy.ports.length.toFixed();
new MedusaStack('x', { file: 'x.yaml', secrets: { key: new Config().requireSecret('key') } }).url.apply((url) => url.length);
// @ts-expect-error a path has to be given
new MedusaStack('y', {});
`;

test.each([
  ['node16', 'node16', ['all.mts', 'all.cts']],
  ['bundler', 'preserve', ['all.ts']],
])('the types are right for moduleResolution %s', async (resolution, module, files) => {
  const folder = join(project.folder, `types-${resolution}`);
  mkdirSync(folder);
  for (const file of files) writeFileSync(join(folder, file), ALL_ENTRIES);
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--skipLibCheck'];
  const { stdout } = await execa(
    join(project.folder, 'node_modules/.bin/tsc'),
    [...flags, '--module', module, '--moduleResolution', resolution, ...files],
    { cwd: folder, reject: false },
  );
  expect(stdout).toBe('');
});

test('two stacks of one program come up side by side', async () => {
  await pulumi('up', '--yes', '--skip-preview');
  for (const stack of ['shop', 'outlet'] as const) {
    const { body } = await get(`http://localhost:${ports[stack]}/`);
    expect(body).toBe(`this is the ${stack}`);
  }
  const outputs = JSON.parse(await pulumi('stack', 'output', '--json'));
  expect(outputs).toMatchObject({
    urls: { shop: `http://localhost:${ports.shop}`, outlet: `http://localhost:${ports.outlet}` },
    environment: '[secret]',
  });
  const names = (await containersOf(project.name)).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const { stdout } = await execa('docker', ['ps', '--format', '{{.Names}}']);
  for (const { edge } of Object.values(outputs.containers as Record<string, { edge: string }>)) {
    expect(stdout.split('\n')).toContain(edge);
  }
});

test('a second up changes nothing', async () => {
  expect(await pulumi('up', '--yes', '--expect-no-changes')).toMatch(/\d+ unchanged/);
});

test('a wrong stack file is reported with its place, without a trace, before a resource', async () => {
  const before = readFileSync(join(project.stacks, 'outlet.yaml'), 'utf8');
  edit('stacks/outlet.yaml', (text) =>
    text.replace('target: docker', 'target: docker\nreplcas: 2'),
  );
  const { code, stdout, stderr } = await project.pulumi(pulumiStack, ['preview']);
  writeFileSync(join(project.stacks, 'outlet.yaml'), before);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/outlet\.yaml:2:1 replcas: unknown key "replcas"/);
  expect(stdout + stderr).not.toMatch(/\n\s+at /);
});

test('destroy removes both', async () => {
  await pulumi('destroy', '--yes');
  expect(await containersOf(project.name)).toEqual([]);
  // Data is kept, as the stack files say.
  expect((await volumesOf(project.name)).length).toBeGreaterThan(0);
});
