import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { docker, runningOf } from '../../support/engine.ts';
import { sql } from '../../support/facts.ts';
import { get, logIn } from '../../support/http.ts';
import { runKilledWhen } from '../../support/killed-run.ts';
import { findLeaks, generatedValues } from '../../support/leaks.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { admin, stagingStack } from '../../support/stacks.ts';

const https = { 'x-forwarded-proto': 'https' };
const names = ['cookie', 'database', 'jwt', 'redis'];
const stack = 'staging';
let project: TestProject;
let url: string;
let file: string;

/** The stack file's own words: what a rotation may change in it is four lines. */
const secretsText = `
# Ours; the team's calendar says when.
secrets:
  jwt: { version: 1, maxAge: 90d } # tokens
  cookie:
    maxAge: 90d   # sessions
  database: {version: 1,since: 2020-01-01 , maxAge: 3650d}
`;

beforeAll(async () => {
  project = await TestProject.create();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  file = project.writeStack(stack, stringify(stagingStack(port)) + secretsText);
  await project.up(stack);
});

afterAll(() => project.cleanup());

const text = () => readFileSync(file, 'utf8');
const versions = () => {
  const { secrets } = parse(text()) as { secrets: Record<string, { version?: number }> };
  return Object.fromEntries(names.map((name) => [name, secrets[name]?.version]));
};

async function labels(): Promise<string[]> {
  const replicas = await runningOf(project.name, stack, 'backend');
  return Promise.all(
    replicas.map(async ({ id }) => {
      const { Config } = await docker.getContainer(id).inspect();
      return Config.Labels['medusa-infra.secret-versions'] ?? '';
    }),
  );
}

/** Values of all secrets that the state holds now. */
async function stateValues(): Promise<Record<string, string>> {
  const { stdout } = await project.pulumi(stack, ['stack', 'export', '--show-secrets']);
  return generatedValues(stdout);
}

/** Lines of the proof, without what differs from run to run. */
const proofs = (stdout: string) =>
  stdout.split('\n').filter((line) => /^(ok|FAILED|-) {2,}/.test(line));

describe('rotate', () => {
  it('says with --dry-run what it would do, and touches nothing', async () => {
    const before = { text: text(), labels: await labels() };
    const { code, stdout } = await project.run(['rotate', '--all', '-s', stack, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => /^ *\d+ [-+] /.test(line))).toEqual([
      expect.stringMatching(/ - {3}jwt: \{ version: 1, maxAge: 90d \} # tokens$/),
      expect.stringMatching(/ \+ {3}jwt: \{ version: 2, maxAge: 90d, since: \S+ \} # tokens$/),
      expect.stringMatching(/ - {3}database: \{version: 1,since: 2020-01-01 , maxAge: 3650d\}$/),
      expect.stringMatching(/ \+ {5}version: 2$/),
      expect.stringMatching(/ \+ {5}since: \d{4}-\d\d-\d\d$/),
      expect.stringMatching(/ \+ {3}database: \{version: 2,since: \S+ , maxAge: 3650d\}$/),
      expect.stringMatching(/ \+ {3}redis: \{ version: 2, since: \S+ \}$/),
    ]);
    expect({ text: text(), labels: await labels() }).toEqual(before);
  });

  it('rotates all four at once under load, proves each, and logs nobody out', async () => {
    const { cookie } = await logIn(url, admin.email, admin.password, https);
    const old = await stateValues();
    const { code, stdout, stderr, seconds } = await project.run([
      'rotate',
      ...names,
      '-s',
      stack,
      '--yes',
    ]);
    expect(proofs(stdout), stderr).toEqual([
      'ok      cookie: 2 of 2 replicas run with version 2',
      'ok      cookie: 2 of 2 replicas hold its value in /run/secrets: COOKIE_SECRET, COOKIE_SECRET_PREVIOUS',
      'ok      cookie: a session of version 2 is accepted by 2 of 2 replicas',
      'ok      cookie: a session of version 1 is still accepted, as it is kept, by 2 of 2 replicas',
      'ok      database: 2 of 2 replicas run with version 2',
      'ok      database: 2 of 2 replicas hold its value in /run/secrets: DATABASE_URL',
      'ok      database: role medusa_b with the password of version 2 is accepted',
      'ok      database: role medusa_a with the password of version 1 is refused',
      'ok      jwt: 2 of 2 replicas run with version 2',
      'ok      jwt: 2 of 2 replicas hold its value in /run/secrets: JWT_SECRET, JWT_SECRET_PREVIOUS',
      'ok      jwt: a token of version 2 is accepted by 2 of 2 replicas',
      'ok      jwt: a token of version 1 is still accepted, as it is kept, by 2 of 2 replicas',
      'ok      redis: 2 of 2 replicas run with version 2',
      'ok      redis: 2 of 2 replicas hold its value in /run/secrets: REDIS_URL',
      'ok      redis: user medusa_v2 with the password of version 2 is accepted',
      'ok      redis: user medusa_v1 with the password of version 1 is refused',
      expect.stringMatching(/^ok {6}requests: 0 of \d+ to the edge failed while it went on$/),
    ]);
    expect(code).toBe(0);
    console.log(`four secrets rotated in ${seconds.toFixed(1)} s:`, proofs(stdout).at(-1));

    // What the command says, seen with other eyes.
    expect(versions()).toEqual({ cookie: 2, database: 2, jwt: 2, redis: 2 });
    expect(text()).toContain("# Ours; the team's calendar says when.\nsecrets:\n");
    expect(text()).toMatch(/^ {4}maxAge: 90d {3}# sessions$/m);
    expect(await labels()).toEqual(Array(2).fill('cookie=2 database=2 jwt=2 redis=2'));
    expect((await get(`${url}/admin/auth`, { ...https, cookie })).status).toBe(200);
    const roles =
      "select rolname, rolcanlogin from pg_roles where rolname like 'medusa\\__' order by 1";
    expect(await sql(project.name, stack, roles)).toEqual(['medusa_a|f', 'medusa_b|t']);

    const current = await stateValues();
    expect(Object.keys(current).sort()).toEqual([
      'secret-cookie-v1',
      'secret-cookie-v2',
      'secret-database-v2',
      'secret-jwt-v1',
      'secret-jwt-v2',
      'secret-redis-v2',
    ]);
    const places = project.transcript.map((printed, index) => ({
      place: `output ${index}`,
      text: printed,
    }));
    expect(findLeaks({ ...old, ...current }, places)).toEqual([]);
  });

  it('has nothing to do with --due, and says so at once', async () => {
    const before = await labels();
    const { code, stdout, stderr } = await project.run(['rotate', '--due', '-s', stack, '--yes']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'nothing is due', stderr: '' });
    expect(await labels()).toEqual(before);
  });

  it('cut off after the edit, the same command finishes it and raises nothing twice', async () => {
    const command = ['rotate', 'database', 'redis', '-s', stack, '--yes'];
    await runKilledWhen(project, command, 'a value was made', (printed) =>
      /created secret-database-v3/.test(printed),
    );
    expect(versions()).toMatchObject({ database: 3, redis: 3 });
    const edited = text();
    const { code, stdout, stderr } = await project.run(command);
    expect(stdout, stderr).toContain(
      'database: version 2 -> 3, finishing a rotation that was cut off',
    );
    expect(proofs(stdout).filter((line) => !line.startsWith('ok'))).toEqual([]);
    expect(proofs(stdout)).toContain(
      'ok      database: role medusa_b with the password of version 2 is refused',
    );
    expect(code).toBe(0);
    expect(text()).toBe(edited);
    expect(await labels()).toEqual(Array(2).fill('cookie=2 database=3 jwt=2 redis=3'));
  });

  it('cut off before the proof, the same command proves it and raises nothing twice', async () => {
    const command = ['rotate', 'jwt', '-s', stack, '--yes'];
    await runKilledWhen(project, command, 'the proof', (printed) =>
      /unchanged, in \d/.test(printed),
    );
    expect(versions()).toMatchObject({ jwt: 3 });
    expect(await labels()).toEqual(Array(2).fill('cookie=2 database=3 jwt=3 redis=3'));
    const due = await project.run(['rotate', '--due', '-s', stack, '--yes']);
    expect(proofs(due.stdout), due.stderr).toContain(
      'ok      jwt: a token of version 3 is accepted by 2 of 2 replicas',
    );
    expect(due.code).toBe(0);
    expect(versions()).toMatchObject({ jwt: 3 });
    expect((await project.run(['rotate', '--due', '-s', stack])).stdout).toBe('nothing is due');
  });

  it('whose release fails leaves the old one serving; mended, the same command finishes it', async () => {
    const whole = text();
    const command = ['rotate', 'cookie', '-s', stack, '--yes'];
    const failing = whole.replace(
      '\nbackend:\n',
      '\nbackend:\n  command: [node, -e, process.exit(3)]\n',
    );
    expect(failing).not.toBe(whole);
    project.writeStack(stack, failing);
    const failed = await project.run(command);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('To go back: write this and run: medusa-infra up -s staging\n');
    expect(failed.stderr).toMatch(/^ +\d+ \+ {5}version: 2$/m);
    expect(proofs(failed.stdout)).toEqual([
      expect.stringMatching(/^ok {6}requests: 0 of \d+ to the edge failed while it went on$/),
    ]);
    expect(versions()).toMatchObject({ cookie: 3 });
    expect(await labels()).toEqual(Array(2).fill('cookie=2 database=3 jwt=3 redis=3'));

    project.writeStack(stack, text().replace('  command: [node, -e, process.exit(3)]\n', ''));
    const { code, stdout, stderr } = await project.run(command);
    expect(proofs(stdout), stderr).toContain(
      'ok      cookie: a session of version 2 is still accepted, as it is kept, by 2 of 2 replicas',
    );
    expect(code).toBe(0);
    expect(versions()).toMatchObject({ cookie: 3 });
  });

  it('shows versions and ages of what runs', async () => {
    const { stdout } = await project.run(['secrets', '-s', stack, '--json']);
    const { secrets, unknown } = JSON.parse(stdout) as {
      secrets: { name: string; version: number; serving: number[]; ageDays: number }[];
      unknown: string[];
    };
    expect(unknown).toEqual([]);
    expect(secrets.map(({ name, version, serving }) => ({ name, version, serving }))).toEqual([
      { name: 'cookie', version: 3, serving: [3] },
      { name: 'database', version: 3, serving: [3] },
      { name: 'jwt', version: 3, serving: [3] },
      { name: 'redis', version: 3, serving: [3] },
    ]);
    for (const { ageDays } of secrets) expect(ageDays).toBeLessThan(2);
  });
});
