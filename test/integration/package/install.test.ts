import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containersOf } from '../../support/engine.ts';
import { get } from '../../support/http.ts';
import { InstalledProject, type ModuleKind } from '../../support/package/installed-project.ts';
import { MANAGERS, type Manager } from '../../support/package/managers.ts';
import { smallStack } from '../../support/package/small-stack.ts';
import { pack } from '../../support/package/tarball.ts';
import { freePort } from '../../support/ports.ts';
import { repository } from '../../support/project.ts';

const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string;
};
/** In which projects a stack is deployed: the two that differ most. */
const DEPLOYED: readonly string[] = ['npm commonjs', 'pnpm module'];

let tarball: string;
const projects: InstalledProject[] = [];
/** Two at a time: each install writes thousands of files. */
const turns = [Promise.resolve(), Promise.resolve()];

beforeAll(async () => {
  tarball = (await pack()).path;
});

afterAll(async () => {
  const ends = await Promise.allSettled(projects.map(({ project }) => project.cleanup()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
});

/** Loads every entry in the way of the module kind and prints what it found. */
const SCRIPTS: Readonly<Record<ModuleKind, string>> = {
  commonjs: `
    const types = (module, ...names) => names.map((name) => typeof module[name]).join();
    console.log(
      typeof require('medusa-infra/program'),
      types(require('medusa-infra/runtime'), 'defineMedusaConfig'),
      types(require('medusa-infra'), 'MedusaStack', 'loadStackFile', 'derivePlan', 'deriveEnvironment'),
      types(require('medusa-infra/docker'), 'PostgresDatabase', 'engineRuntime'),
      Object.keys(require.cache).some((file) => file.includes('@pulumi/aws/')),
      types(require('medusa-infra/aws'), 'AuroraDatabase', 'PostgresDatabase'),
    );`,
  module: `
    import { createRequire } from 'node:module';
    import program from 'medusa-infra/program';
    import { defineMedusaConfig } from 'medusa-infra/runtime';
    import { MedusaStack, loadStackFile, derivePlan, deriveEnvironment } from 'medusa-infra';
    import { PostgresDatabase, engineRuntime } from 'medusa-infra/docker';
    const types = (...values) => values.map((value) => typeof value).join();
    const { cache } = createRequire(import.meta.url);
    const loaded = Object.keys(cache).some((file) => file.includes('@pulumi/aws/'));
    const aws = await import('medusa-infra/aws');
    console.log(
      types(program),
      types(defineMedusaConfig),
      types(MedusaStack, loadStackFile, derivePlan, deriveEnvironment),
      types(PostgresDatabase, engineRuntime),
      loaded,
      types(aws.AuroraDatabase, aws.PostgresDatabase),
    );`,
};

test.concurrent.each(MANAGERS.map((manager, index) => [manager, index % turns.length] as const))(
  'installed with %s, in projects of CommonJS and of ES modules',
  async (manager, turn) => {
    const work = (turns[turn] ?? Promise.resolve()).then(() => tryOut(manager));
    turns[turn] = work.catch(() => undefined);
    await work;
  },
);

async function tryOut(manager: Manager): Promise<void> {
  const project = await InstalledProject.create(manager, tarball);
  projects.push(project);
  const port = await freePort();
  project.project.writeStack('dev', await smallStack(port, `from ${manager}`));
  for (const kind of ['commonjs', 'module'] as const) {
    project.setKind(kind);
    await everyEntryLoads(project, kind);
    await commandRuns(project);
    if (DEPLOYED.includes(`${manager} ${kind}`)) await stackComesAndGoes(project, port, manager);
  }
}

async function everyEntryLoads(project: InstalledProject, kind: ModuleKind): Promise<void> {
  expect(await project.evaluate(SCRIPTS[kind]), kind).toBe(
    'function function function,function,function,function function,function false function,function',
  );
}

async function commandRuns(project: InstalledProject): Promise<void> {
  expect(await project.run(['--version'])).toMatchObject({ code: 0, stdout: version });
  expect(await project.run(['check', 'stacks'])).toMatchObject({ code: 0 });
  const plan = await project.run(['plan', '--json']);
  expect(JSON.parse(plan.stdout)).toMatchObject({ target: 'docker' });
}

async function stackComesAndGoes(
  project: InstalledProject,
  port: number,
  manager: Manager,
): Promise<void> {
  const first = await project.run(['up', '-s', 'dev', '--yes']);
  expect(first.code, first.stderr).toBe(0);
  const page = await get(`http://localhost:${port}/`);
  expect(page).toEqual({ status: 200, body: `from ${manager}` });
  const second = await project.run(['up', '-s', 'dev', '--yes']);
  expect(second.stderr).toMatch(/^nothing changed, \d+ unchanged/m);
  const end = await project.run(['destroy', '-s', 'dev', '--yes']);
  expect(end.code, end.stderr).toBe(0);
  expect(await containersOf(project.project.name)).toEqual([]);
}
