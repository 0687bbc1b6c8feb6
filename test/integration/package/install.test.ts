import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
const KINDS: readonly ModuleKind[] = ['commonjs', 'module'];
/** In which projects a stack is brought up: the widest apart. */
const DEPLOYED: readonly string[] = ['npm commonjs', 'pnpm module'];

const installed = new Map<Manager, InstalledProject>();
let port: number;

beforeAll(async () => {
  const tarball = await pack();
  port = await freePort();
  // Two at a time: each writes thousands of files.
  const waiting = [...MANAGERS];
  const worker = async () => {
    for (let manager = waiting.shift(); manager; manager = waiting.shift()) {
      const project = await InstalledProject.create(manager, tarball.path);
      installed.set(manager, project);
      project.project.writeStack('dev', await smallStack(port, `from ${manager}`));
    }
  };
  await Promise.all([worker(), worker()]);
});

afterAll(async () => {
  const ends = await Promise.allSettled(
    [...installed.values()].map(({ project }) => project.cleanup()),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
});

function projectOf(manager: Manager): InstalledProject {
  const found = installed.get(manager);
  if (!found) throw new Error(`the package was not installed with ${manager}`);
  return found;
}

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

describe.each(MANAGERS)('installed with %s', (manager) => {
  describe.each(KINDS)('in a project of type %s', (kind) => {
    test('every entry loads, and docker loads nothing of aws', async () => {
      const project = projectOf(manager);
      project.setKind(kind);
      expect(await project.evaluate(SCRIPTS[kind])).toBe(
        'function function function,function,function,function function,function false function,function',
      );
    });

    test('the command runs', async () => {
      const project = projectOf(manager);
      expect(await project.run(['--version'])).toMatchObject({ code: 0, stdout: version });
      expect(await project.run(['check', 'stacks'])).toMatchObject({ code: 0 });
      const plan = await project.run(['plan', '--json']);
      expect(JSON.parse(plan.stdout)).toMatchObject({ target: 'docker' });
    });

    test.runIf(DEPLOYED.includes(`${manager} ${kind}`))(
      'up deploys, a second up changes nothing, destroy removes it all',
      async () => {
        const project = projectOf(manager);
        const first = await project.run(['up', '-s', 'dev', '--yes']);
        expect(first.code, first.stderr).toBe(0);
        expect(await get(`http://localhost:${port}/`)).toEqual({
          status: 200,
          body: `from ${manager}`,
        });
        const second = await project.run(['up', '-s', 'dev', '--yes']);
        expect(second.stderr).toMatch(/^nothing changed, \d+ unchanged/m);
        const end = await project.run(['destroy', '-s', 'dev', '--yes']);
        expect(end.code, end.stderr).toBe(0);
        expect(await containersOf(project.project.name)).toEqual([]);
      },
    );
  });
});
