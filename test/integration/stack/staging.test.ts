import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Administrator, administratorOf } from '../../support/administrator.ts';
import { docker, execIn, logsOf, runningOf } from '../../support/engine.ts';
import { backendEnvironment, containerFacts, sql } from '../../support/facts.ts';
import { get, logIn, post, productTitles } from '../../support/http.ts';
import { findLeaks, generatedValues } from '../../support/leaks.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { seededAdmin, seededTitles, stagingStack } from '../../support/stacks.ts';

// What Medusa does in production: secure cookies, sessions and events in Redis, two replicas behind an
// edge, with TLS ended in front of it; and the rotation of its secrets.
const https = { 'x-forwarded-proto': 'https' };
const names = ['cookie', 'database', 'jwt', 'redis'];
const stack = 'staging';
let project: TestProject;
let port: number;
let url: string;
let file: string;
let admin: Administrator;

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
  project = await TestProject.create({ newerNode: true });
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  file = project.writeStack(stack, stringify(stagingStack(port)) + secretsText);
  await project.up(stack);
  admin = await administratorOf(project.name, stack);
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

describe('a production-like stack', () => {
  test('runs two replicas in production mode with Redis for cache and events', async () => {
    expect(await runningOf(project.name, stack, 'backend')).toHaveLength(2);
    const env = await backendEnvironment(project.name, stack);
    expect(env).toMatchObject({
      NODE_ENV: 'production',
      MEDUSA_BACKEND_URL: 'https://shop.localhost',
      ADMIN_CORS: 'https://admin.example.com',
      STORE_CORS: 'https://shop.example.com',
    });
    expect(JSON.parse(env['MEDUSA_MODULES'] ?? '')).toMatchObject({
      cacheService: { resolve: '@medusajs/cache-redis' },
      eventBus: { resolve: '@medusajs/event-bus-redis' },
    });
    expect(await productTitles(url)).toEqual(seededTitles);
  });

  test('has no user but the one who was created: a seed creates none outside development', async () => {
    const emails = await sql(project.name, stack, 'SELECT email FROM shop."user"');
    expect(emails).toEqual([admin.email]);
    const { status } = await post(
      `${url}/admin/auth`,
      { email: seededAdmin.email, password: seededAdmin.password },
      https,
    );
    expect(status).toBe(401);
  });

  test('publishes the edge alone, for the proxy on this machine that ends TLS', async () => {
    const [edge] = await runningOf(project.name, stack, 'edge');
    expect((await containerFacts(edge?.id ?? '')).published).toEqual([`127.0.0.1:${port}`]);
    for (const component of ['backend', 'database', 'redis']) {
      for (const { id } of await runningOf(project.name, stack, component)) {
        expect((await containerFacts(id)).published).toEqual([]);
      }
    }
  });

  test('sets a secure session cookie for a login that came over https, good at both replicas', async () => {
    const { cookie, setCookie } = await logIn(url, admin.email, admin.password, https);
    expect(setCookie).toMatch(/; HttpOnly/);
    expect(setCookie).toMatch(/; Secure/);
    expect(setCookie).toMatch(/; SameSite=None/);
    expect((await get(`${url}/admin/auth`, { ...https, cookie })).status).toBe(200);
    const replicas = await runningOf(project.name, stack, 'backend');
    const script = `
      fetch('http://127.0.0.1:9000/admin/auth', { headers: ${JSON.stringify({ ...https, cookie })} })
        .then((response) => process.stdout.write(String(response.status)));`;
    for (const { id } of replicas) expect(await execIn(id, ['node', '-e', script])).toBe('200');
  });

  test('sets no cookie over plain http', async () => {
    const { email, password } = admin;
    const { status, setCookie } = await post(`${url}/admin/auth`, { email, password });
    expect({ status, setCookie }).toEqual({ status: 200, setCookie: undefined });
  });

  test('lets the named origins in, and no other', async () => {
    const allowed = async (origin: string) => {
      const response = await fetch(`${url}/store/products`, { headers: { origin } });
      return response.headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://shop.example.com')).toBe('https://shop.example.com');
    expect(await allowed('https://shop.example.com.attacker.test')).toBeNull();
    expect(await allowed('http://localhost:8000')).toBeNull();
  });

  test('makes no session for a request without a cookie', async () => {
    const [redis] = await runningOf(project.name, stack, 'redis');
    const [backend] = await runningOf(project.name, stack, 'backend');
    expect(redis).toBeDefined();
    const script = `
      const Redis = require('ioredis');
      const { readFileSync } = require('fs');
      const client = new Redis(readFileSync('/run/secrets/REDIS_URL', 'utf8'));
      client.keys('*sess:*').then((keys) => { process.stdout.write(String(keys.length)); client.quit(); });`;
    const count = () => execIn(backend?.id ?? '', ['node', '-e', script]);
    const before = await count();
    for (let asked = 0; asked < 5; asked += 1) await get(`${url}/store/products`);
    expect(await count()).toBe(before);
  });
});

describe('the limit of log-ins', () => {
  // The proxy on this machine, which the edge trusts, is played by the test: it says whom a request is from.
  const guesser = '203.0.113.9';
  const from = (address: string) => ({ ...https, 'x-forwarded-for': address });
  const guess = { email: 'nobody@example.com', password: 'wrong' };

  /** What a program prints that runs in a replica, with a client of the stack's Redis. */
  const withRedis = async (use: string) => {
    const [backend] = await runningOf(project.name, stack, 'backend');
    const script = `
      const Redis = require('ioredis');
      const { readFileSync } = require('fs');
      const client = new Redis(readFileSync('/run/secrets/REDIS_URL', 'utf8'));
      (async () => { ${use} })().then((found) => { process.stdout.write(JSON.stringify(found)); client.quit(); });`;
    return JSON.parse(await execIn(backend?.id ?? '', ['node', '-e', script]));
  };

  beforeAll(async () => {
    const tried = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const statuses: number[] = [];
        for (let attempt = 0; attempt < 25; attempt += 1) {
          statuses.push((await post(`${url}/admin/auth`, guess, from(guesser))).status);
        }
        return statuses;
      }),
    );
    expect(tried.flat()).toEqual(Array(100).fill(401));
  });

  test('refuses the next one of that address, at each replica, with the right password too', async () => {
    // A replica counts alone what Redis did not count in time, as on a machine that is busy.
    const next = async () => (await post(`${url}/admin/auth`, guess, from(guesser))).status;
    for (let more = 0; more < 5 && (await next()) !== 429; more += 1);
    const { email, password } = admin;
    const refused = await fetch(`${url}/admin/auth`, {
      method: 'POST',
      headers: {
        ...from(guesser),
        'content-type': 'application/json',
        origin: 'https://admin.example.com',
      },
      body: JSON.stringify({ email, password }),
    });
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(300);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({
      code: 'too_many_requests',
      type: 'not_allowed',
      message: `Too many log-ins from this address; try again in ${seconds} seconds`,
    });
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://admin.example.com');

    const script = `
      const headers = { 'content-type': 'application/json', ...${JSON.stringify(from(guesser))} };
      fetch('http://127.0.0.1:9000/store/auth/token', { method: 'POST', headers, body: '{}' })
        .then((response) => process.stdout.write(String(response.status)));`;
    const replicas = await runningOf(project.name, stack, 'backend');
    for (const { id } of replicas) expect(await execIn(id, ['node', '-e', script])).toBe('429');
  });

  test('holds for requests for a new password, and for nothing else', async () => {
    const asked = (path: string) => post(`${url}${path}`, guess, from(guesser));
    expect((await asked('/store/customers/password-token')).status).toBe(429);
    expect((await asked('/store//AUTH/')).status).toBe(429);
    expect((await post(`${url}/store/carts`, {}, from(guesser))).status).toBe(200);
    expect((await get(`${url}/store/products`, from(guesser))).status).toBe(200);
    expect((await get(`${url}/admin/auth`, from(guesser))).status).toBe(401);
  });

  test('counts by the address that the proxy saw, not by one that the client names', async () => {
    const forged = from(`198.51.100.7, ${guesser}`);
    expect((await post(`${url}/admin/auth`, guess, forged)).status).toBe(429);
    const { cookie } = await logIn(url, admin.email, admin.password, from('198.51.100.7'));
    expect(cookie).toMatch(/^connect\.sid=/);
  });

  test('ends with the count, which Redis drops after five minutes', async () => {
    const keys = await withRedis(`return client.keys('*medusa-infra:logins:*')`);
    expect(keys).toContain(`${project.name}-${stack}:medusa-infra:logins:${guesser}`);
    const ends = await withRedis(`
      return Promise.all(${JSON.stringify(keys)}.map((key) => client.ttl(key)));`);
    for (const end of ends) expect(end).toBeGreaterThan(0);
    for (const end of ends) expect(end).toBeLessThanOrEqual(300);
    await withRedis(`return client.del(...${JSON.stringify(keys)})`);
    await logIn(url, admin.email, admin.password, from(guesser));
  });

  test('loads nothing into health checks and other programs of the container', async () => {
    const [backend] = await runningOf(project.name, stack, 'backend');
    const show = ['node', '-p', 'process.env.NODE_OPTIONS'];
    expect((await execIn(backend?.id ?? '', show)).trim()).toBe('undefined');
  });
});

describe('admin create', () => {
  const email = 'Ada@Example.com';
  const command = ['admin', 'create', email, '-s', stack];
  const answer = (password: string) =>
    post(`${url}/admin/auth`, { email: email.toLowerCase(), password }, https);
  /** A new password by the command, which prints it and is not kept in the transcript. */
  const created = async (...options: string[]) => {
    const result = await project.run([...command, ...options], { unrecorded: true });
    expect(result, result.stderr).toMatchObject({ code: 0 });
    project.transcript.push(result.stderr);
    return result.stdout;
  };
  let first: string;

  test('prints a password once, with which the store lets its owner in', async () => {
    first = await created('--first-name', 'Ada', '--last-name', 'Lovelace');
    expect(first).toMatch(/^[A-Za-z2-9]{24}$/);
    expect(await answer(first)).toMatchObject({
      status: 200,
      body: {
        user: {
          id: expect.stringMatching(/^usr_[0-9A-HJKMNP-TV-Z]{26}$/),
          email: 'ada@example.com',
          first_name: 'Ada',
          last_name: 'Lovelace',
          role: 'admin',
        },
      },
    });
    expect((await answer(`${first}x`)).status).toBe(401);
    const { cookie } = await logIn(url, email.toLowerCase(), first, https);
    const users = await get(`${url}/admin/users`, { ...https, cookie });
    expect(users.status).toBe(200);
  });

  test('refuses an address that is a user’s, whatever its case, and changes nothing', async () => {
    expect(await project.run(command)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `ada@example.com is a user of staging already, and nothing was changed; for a new password run: medusa-infra admin create ada@example.com -s staging --reset
code: administrator-exists (docs/errors.md)`,
    });
    expect((await answer(first)).status).toBe(200);
  });

  test('sets a password that is piped in, with --reset; the previous one is refused', async () => {
    const chosen = `chosen ${'ü'.repeat(3)} "by" \\hand`;
    const reset = await project.run([...command, '--reset', '--ask', '--json'], {
      input: `${chosen}\n`,
    });
    expect(JSON.parse(reset.stdout)).toEqual({
      ok: true,
      stack,
      email: 'ada@example.com',
      reset: true,
    });
    expect((await answer(first)).status).toBe(401);
    expect((await answer(chosen)).status).toBe(200);
    const again = await created('--reset');
    expect((await answer(chosen)).status).toBe(401);
    expect((await answer(again)).status).toBe(200);
    const other = ['admin', 'create', 'nobody@example.com', '-s', stack, '--reset'];
    expect(await project.run(other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('code: administrator-missing'),
    });
  });

  test('leaves the password, or its hash, in no process, container, log, output or state', async () => {
    const seen: string[] = [];
    const watched = await runningOf(project.name, stack, 'backend');
    const processes = async () => {
      for (const { id } of watched) {
        const { Processes } = await docker.getContainer(id).top({ ps_args: '-eo pid,args' });
        seen.push(JSON.stringify(Processes));
      }
    };
    let going = true;
    const watch = (async () => {
      while (going) await processes();
    })();
    const password = await created('--reset');
    going = false;
    await watch;
    expect(seen.some((list) => list.includes('medusa-infra admin create'))).toBe(true);
    const [hash = ''] = await sql(
      project.name,
      stack,
      `SELECT password_hash FROM shop."user" WHERE email = 'ada@example.com'`,
    );
    expect(hash).toMatch(/^c2NyeXB0AA8AAAAIAAAAA[\w+/]+=*$/);
    const places = [{ place: 'docker top', text: seen.join('\n') }];
    for (const component of ['backend', 'database', 'redis', 'edge']) {
      for (const { id } of await runningOf(project.name, stack, component)) {
        const facts = JSON.stringify(await docker.getContainer(id).inspect());
        places.push({ place: `docker inspect ${component}`, text: facts });
        places.push({ place: `log of ${component}`, text: await logsOf(id) });
      }
    }
    const { stdout } = await project.pulumi(stack, ['stack', 'export', '--show-secrets']);
    places.push({ place: 'state', text: stdout });
    places.push({ place: 'outputs', text: project.transcript.join('\n') });
    expect(findLeaks({ first, password, hash }, places)).toEqual([]);
  });
});

describe('rotate', () => {
  test('says with --dry-run what it would do, and touches nothing', async () => {
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

  test('rotates all four at once under load, proves each, and logs nobody out', async () => {
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
      expect.stringMatching(/^ok {6}requests: 0 of \d+ to the edge failed during the rotation$/),
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

  test('has nothing to do with --due, and says so at once', async () => {
    const before = await labels();
    const { code, stdout, stderr } = await project.run(['rotate', '--due', '-s', stack, '--yes']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'nothing is due', stderr: '' });
    expect(await labels()).toEqual(before);
  });

  test('whose release fails leaves the old one serving; once fixed, the same command finishes it', async () => {
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
    expect(failed.stderr).toContain('To go back, write this and run: medusa-infra up -s staging\n');
    expect(failed.stderr).toMatch(/^ +\d+ \+ {5}version: 2$/m);
    expect(proofs(failed.stdout)).toEqual([
      expect.stringMatching(/^ok {6}requests: 0 of \d+ to the edge failed during the rotation$/),
    ]);
    expect(versions()).toMatchObject({ cookie: 3 });
    expect(await labels()).toEqual(Array(2).fill('cookie=2 database=2 jwt=2 redis=2'));

    project.writeStack(stack, text().replace('  command: [node, -e, process.exit(3)]\n', ''));
    const { code, stdout, stderr } = await project.run(command);
    expect(proofs(stdout), stderr).toContain(
      'ok      cookie: a session of version 2 is still accepted, as it is kept, by 2 of 2 replicas',
    );
    expect(code).toBe(0);
    expect(versions()).toMatchObject({ cookie: 3 });
  });

  test('shows versions and ages of what runs', async () => {
    const { stdout } = await project.run(['secrets', '-s', stack, '--json']);
    const { secrets, unknown } = JSON.parse(stdout) as {
      secrets: { name: string; version: number; serving: number[]; ageDays: number }[];
      unknown: string[];
    };
    expect(unknown).toEqual([]);
    expect(secrets.map(({ name, version, serving }) => ({ name, version, serving }))).toEqual([
      { name: 'cookie', version: 3, serving: [3] },
      { name: 'database', version: 2, serving: [2] },
      { name: 'jwt', version: 2, serving: [2] },
      { name: 'redis', version: 2, serving: [2] },
    ]);
    for (const { ageDays } of secrets) expect(ageDays).toBeLessThan(2);
  });
});
