import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  containersOf,
  idsByComponent,
  leftovers,
  networksOf,
  volumesOf,
} from '../../support/engine.ts';
import { backendEnvironment, sql } from '../../support/facts.ts';
import { get, logIn, post, probe, productTitles } from '../../support/http.ts';
import { runKilledWhen } from '../../support/killed-run.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import {
  backendFixture,
  copyOfStore,
  dockerfileWith,
  seededAdmin,
  seededTitles,
  shopStack,
} from '../../support/stacks.ts';

const stack = 'dev';
const customer = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  email: 'ada@example.com',
  password: 'a long enough one',
};
let project: TestProject;
let port: number;
let url: string;

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  port = await freePort();
  url = `http://localhost:${port}`;
});

afterAll(() => project.cleanup());

/** The same store from a separate folder, with one more migration. */
function storeWithMigration(fixture: string) {
  const build = copyOfStore(join(project.folder, fixture), {
    Dockerfile: dockerfileWith('COPY dist ./dist'),
    'dist/migrations/1900000000000-broken.js': backendFixture(`failing-migration/${fixture}.js`),
  });
  const described = shopStack(port);
  return { ...described, backend: { ...described.backend, image: { build } } };
}

/** An `up` that is killed with all that it started as soon as `component` is there. */
async function upKilledAt(component: string): Promise<void> {
  await runKilledWhen(project, ['up', '-s', stack, '--yes'], `${component} was there`, async () =>
    (await containersOf(project.name, stack)).some((found) => found.component === component),
  );
}

describe('an up that is killed', () => {
  test('goes on from there at the next one, wherever it was', async () => {
    project.writeStack(stack, shopStack(port));
    for (const component of ['database', 'prepare-migrate', 'backend']) await upKilledAt(component);
    const { seconds } = await project.up(stack);
    console.log(`up after three that were killed: ${seconds.toFixed(1)} s`);
    expect(await productTitles(url)).toEqual(seededTitles);
    // Nothing is left that Pulumi does not know.
    const exported = await project.pulumi(stack, ['stack', 'export', '--stack', stack]);
    const state = JSON.parse(exported.stdout) as {
      deployment: { resources: { type: string; id?: string }[]; pending_operations?: unknown[] };
    };
    const known = state.deployment.resources
      .filter(({ type }) => type === 'docker:index/container:Container')
      .map(({ id }) => id);
    const found = await containersOf(project.name, stack);
    expect(found.map(({ id }) => id).sort()).toEqual(known.sort());
    expect(state.deployment.pending_operations ?? []).toEqual([]);
  });
});

describe('a release whose migration fails', () => {
  test('exits 1 with the last lines, and the one before keeps running', async () => {
    const before = await idsByComponent(project.name, stack);
    project.writeStack(stack, storeWithMigration('1900000000000-broken'));
    const asking = probe(`${url}/store/products`);
    const result = await project.run(['up', '-s', stack, '--yes']);
    const report = await asking.stop();
    console.log('probes during a failed release:', report);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('no_such_table_of_the_test');
    // The message alone: where in the program it came from helps nobody.
    expect(result.stderr).not.toContain('toRunError');
    expect(report.failures).toEqual([]);
    expect(await idsByComponent(project.name, stack)).toEqual(before);
    expect(await productTitles(url)).toEqual(seededTitles);
    expect(await sql(project.name, stack, `SELECT to_regclass('shop.half_done')`)).toEqual([]);
  });

  test('goes through once it is fixed', async () => {
    const before = await idsByComponent(project.name, stack);
    project.writeStack(stack, storeWithMigration('1900000000000-fixed'));
    await project.up(stack);
    const after = await idsByComponent(project.name, stack);
    expect(after['backend']).not.toEqual(before['backend']);
    expect(after['database']).toEqual(before['database']);
    expect(await sql(project.name, stack, `SELECT to_regclass('shop.half_done')`)).toEqual([
      'shop.half_done',
    ]);
    expect(await productTitles(url)).toEqual(seededTitles);
  });
});

describe('a schema that is not as the job proved it', () => {
  test('is prepared again by the next up, which changes nothing else', async () => {
    const before = await containersOf(project.name, stack);
    await sql(project.name, stack, 'DROP SCHEMA shop CASCADE');
    const again = await project.run(['up', '-s', stack, '--yes']);
    expect(again.code, again.stderr).toBe(0);
    const said = `${again.stdout}${again.stderr}`;
    expect(said).toContain('prepare-sql: schema "shop" is gone; running it again');
    expect(said).toMatch(
      /prepare-migrate: schema "shop" has no list of migrations and 0 tables, and had \d+ migrations and \d+ tables when it was proven; running it again/,
    );
    expect(await productTitles(url)).toEqual(seededTitles);
    expect(await containersOf(project.name, stack)).toEqual(before);
    const { stdout, stderr, seconds } = await project.run(['up', '-s', stack, '--yes']);
    console.log(`up that only looks at the schema: ${seconds.toFixed(1)} s`);
    expect(`${stdout}${stderr}`).not.toContain('running it again');
  });
});

describe('destroy', () => {
  const kept = () =>
    ['postgres-data', 'redis-data', 'uploads'].map((name) => `${project.name}-dev-${name}`);

  test('keeps the data and says so', async () => {
    expect((await post(`${url}/store/customers`, customer)).status).toBe(200);
    const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
    const created = await post(`${url}/admin/products`, { title: 'Late product' }, { cookie });
    expect(created.status).toBe(200);
    const result = await project.run(['destroy', '-s', stack, '--yes']);
    expect(result.code).toBe(0);
    for (const volume of kept()) expect(`${result.stdout}${result.stderr}`).toContain(volume);
    expect(await volumesOf(project.name)).toEqual(kept());
    expect(await containersOf(project.name)).toEqual([]);
    expect(await networksOf(project.name)).toEqual([]);
    await expect(get(`${url}/health`)).rejects.toThrow();
  });

  test('lets a new up find the data, with secrets that are new', async () => {
    project.writeStack(stack, shopStack(port));
    await project.up(stack);
    const { body } = await get(`${url}/store/auth/${customer.email}`);
    expect(body).toEqual({ exists: true });
    const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
    const products = await get(`${url}/admin/products?q=Late`, { cookie });
    expect(products.body).toMatchObject({ products: [{ title: 'Late product' }] });
    // The volume was made with another password: it is right because each run sets it.
    const env = await backendEnvironment(project.name, stack);
    expect(new URL(env['DATABASE_URL'] ?? '').password).toHaveLength(64);
  });

  test('deletes the data where the file says so', async () => {
    const described = shopStack(port);
    project.writeStack(stack, {
      ...described,
      database: { ...described.database, onDestroy: 'delete' },
      redis: { onDestroy: 'delete' },
      uploads: { onDestroy: 'delete' },
    });
    await project.up(stack);
    const result = await project.run(['destroy', '-s', stack, '--yes']);
    expect(result.code).toBe(0);
    expect(await leftovers(project.name)).toEqual([]);
  });
});
