import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionOfNobody, tokenOfNobody } from '../../../src/cli/rotate/prove-signatures.ts';
import { signSessionCookie, signToken } from '../../../src/container/tokens.ts';
import { execIn as runIn } from '../../../src/docker/exec.ts';
import { type Administrator, createAdministrator } from '../../support/administrator.ts';
import { backendImage, HAND_WRITTEN_OVERLAP } from '../../support/backend-image.ts';
import { docker, execIn } from '../../support/engine.ts';
import { get, logIn, post } from '../../support/http.ts';
import { type Backend, prepareShop, shopVariables, startMedusa } from '../../support/medusa.ts';
import { askEach, notedRoutes, notingRoutes } from '../../support/routes.ts';
import { type Servers, startServers, type TestDatabase } from '../../support/servers.ts';

const oldSecrets = {
  jwt: `old-jwt-${'0123456789'.repeat(5)}`,
  cookie: `old-cookie-${'0123'.repeat(12)}`,
};
const newSecrets = {
  jwt: `new-jwt-${'0123456789'.repeat(5)}`,
  cookie: `new-cookie-${'0123'.repeat(12)}`,
};
const customer = { email: 'customer@example.com', password: 'long enough too' };
/** TLS ends before Medusa in production; without this header it sets no cookie. */
const https = { 'x-forwarded-proto': 'https' };

/**
 * Real replicas on one database and one Redis. `before` knows the old secrets only; `during` signs
 * with the new ones and keeps the old; `after` has forgotten them; `back` signs with the old ones and
 * keeps the new, from a configuration that is written by hand.
 */
const replicas = {
  before: [oldSecrets],
  during: [newSecrets, oldSecrets],
  after: [newSecrets],
  back: [oldSecrets, newSecrets],
} as const;
type Replica = keyof typeof replicas;
const names = Object.keys(replicas) as Replica[];

let servers: Servers;
let database: TestDatabase;
let admin: Administrator;
const urls = {} as Record<Replica, string>;
const containers = {} as Record<Replica, string>;

beforeAll(async () => {
  const image = await backendImage();
  servers = await startServers('overlap');
  database = await servers.createDatabase();
  const backend = (replica: Replica): Backend => ({
    image,
    env: { ...shopVariables(), ...(replica === 'during' ? notingRoutes.env : {}) },
    secrets: secretsOf(replica),
    files: {
      ...(replica === 'during' ? notingRoutes.files : {}),
      ...(replica === 'back' ? { '/app/medusa-config.js': HAND_WRITTEN_OVERLAP } : {}),
    },
  });
  await prepareShop(servers, backend('during'));
  // One first: on a new database two first starts can collide.
  const start = async (replica: Replica) => {
    const { run, url } = await startMedusa(servers, backend(replica));
    urls[replica] = url;
    containers[replica] = run.container.id;
  };
  await start('before');
  await Promise.all(names.filter((name) => name !== 'before').map(start));
  admin = await createAdministrator(containers.before);
  await post(`${urls.before}/store/customers`, { ...customer, first_name: 'A', last_name: 'B' });
});
afterAll(() => servers?.stop());

function secretsOf(replica: Replica): Record<string, string> {
  const [current, ...previous] = replicas[replica];
  const list = (kind: 'jwt' | 'cookie') => JSON.stringify(previous.map((set) => set[kind]));
  return {
    DATABASE_URL: database.url('shop,extensions'),
    REDIS_URL: `redis://:${encodeURIComponent(servers.redisPassword)}@redis:6379/0`,
    JWT_SECRET: current.jwt,
    COOKIE_SECRET: current.cookie,
    ...(previous.length > 0
      ? {
          JWT_SECRET_PREVIOUS: list('jwt'),
          JWT_SECRET_PREVIOUS_UNTIL: new Date(oldUntil).toISOString(),
          COOKIE_SECRET_PREVIOUS: list('cookie'),
        }
      : {}),
  };
}

/** Later than all that these tests sign. */
const oldUntil = Date.now() + 86_400_000;

/** What each replica answers to the same request. */
async function answers(request: (url: string) => Promise<{ status: number }>) {
  const all = await Promise.all(
    names.map(async (name) => [name, (await request(urls[name])).status] as const),
  );
  return Object.fromEntries(all);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const adminWith = (headers: Record<string, string>) => (url: string) =>
  get(`${url}/admin/auth`, { ...https, ...headers });
const customerWith = (headers: Record<string, string>) => (url: string) =>
  get(`${url}/store/auth`, { ...https, ...headers });

async function tokenOf(replica: Replica, area: 'admin' | 'store'): Promise<string> {
  const { body } = await post(
    `${urls[replica]}/${area}/auth/token`,
    area === 'admin' ? admin : customer,
  );
  return (body as { access_token: string }).access_token;
}

/** Signed with the old secrets: refused only where those are forgotten. */
const oldSigned = { before: 200, during: 200, after: 401, back: 200 };
/** Signed with the new ones: unknown to a replica that has only the old. */
const newSigned = { before: 401, during: 200, after: 200, back: 200 };

describe('bearer tokens', () => {
  test.each([
    ['admin', adminWith],
    ['store', customerWith],
  ] as const)(
    'of %s from before the rotation verify while their secret is kept',
    async (area, as) => {
      const token = await tokenOf('before', area);
      expect(await answers(as(bearer(token)))).toEqual(oldSigned);
    },
  );

  test.each([
    ['admin', adminWith],
    ['store', customerWith],
  ] as const)('of %s are signed with the new secret afterwards', async (area, as) => {
    const token = await tokenOf('during', area);
    expect(await answers(as(bearer(token)))).toEqual(newSigned);
  });

  test('end when they expire, kept secret or not', async () => {
    const token = signToken({ user_id: await adminId(), domain: 'admin' }, oldSecrets.jwt, {
      expiresInSeconds: -1,
    });
    const refused = { before: 401, during: 401, after: 401, back: 401 };
    expect(await answers(adminWith(bearer(token)))).toEqual(refused);
  });

  test('of a stranger, without a signature, or for the other area are refused everywhere', async () => {
    const user_id = await adminId();
    const [header, claims] = signToken({ user_id, domain: 'admin' }, oldSecrets.jwt).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const refused = { before: 401, during: 401, after: 401, back: 401 };
    for (const token of [
      signToken({ user_id, domain: 'admin' }, 'of a stranger'),
      `${none}.${claims}.`,
      `${header}.${claims}.`,
      signToken({ user_id, domain: 'store' }, oldSecrets.jwt),
    ]) {
      expect(await answers(adminWith(bearer(token)))).toEqual(refused);
    }
  });
});

describe('invites', () => {
  const accept = (url: string, token: string) =>
    post(`${url}/admin/invites/accept`, {
      token,
      user: { first_name: 'New', last_name: 'User', password: 'long enough again' },
    });

  async function invite(replica: Replica, email: string): Promise<{ id: string; token: string }> {
    const { cookie } = await logIn(urls[replica], admin.email, admin.password, https);
    const headers = { ...https, cookie };
    const made = await post(
      `${urls[replica]}/admin/invites`,
      { user: email, role: 'member' },
      headers,
    );
    expect(made.status).toBe(200);
    return (await invites(replica, headers)).find(
      ({ user_email }) => user_email === email,
    ) as never;
  }

  async function invites(replica: Replica, headers: Record<string, string>) {
    const { body } = await get(`${urls[replica]}/admin/invites`, headers);
    return (body as { invites: { id: string; token: string; user_email: string }[] }).invites;
  }

  test('from before the rotation are accepted while their secret is kept', async () => {
    const { token } = await invite('before', 'early@example.com');
    expect(await accept(urls.after, token)).toMatchObject({
      status: 400,
      body: { message: 'Token is not valid' },
    });
    expect((await accept(urls.during, token)).status).toBe(200);
    const session = await logIn(urls.during, 'early@example.com', 'long enough again', https);
    expect((await adminWith({ cookie: session.cookie })(urls.during)).status).toBe(200);
  });

  test('that are sent again are signed with the new secret', async () => {
    const { id, token } = await invite('before', 'again@example.com');
    const { cookie } = await logIn(urls.during, admin.email, admin.password, https);
    const headers = { ...https, cookie };
    expect((await post(`${urls.during}/admin/invites/${id}/resend`, {}, headers)).status).toBe(200);
    const sent = (await invites('during', headers)).find((one) => one.id === id);
    expect(sent?.token).not.toBe(token);
    expect((await accept(urls.before, sent?.token ?? '')).status).toBe(400);
    expect((await accept(urls.after, sent?.token ?? '')).status).toBe(200);
  });
});

test('claims of orders verify while their secret is kept', async () => {
  const claim = async (secret: string) => {
    const claimingCustomerId = await idOf('customer', customer.email);
    const token = signToken({ claimingCustomerId, orders: [] }, secret);
    return answers((url) => post(`${url}/store/orders/customer/confirm`, { token }));
  };
  expect(await claim(oldSecrets.jwt)).toEqual({ ...oldSigned, after: 500 });
  expect(await claim(newSecrets.jwt)).toEqual({ ...newSigned, before: 500 });
});

test('a link for a lost password works on, and none is accepted that a token secret signed', async () => {
  const user_id = await adminId();
  const [row] = await servers.sql(
    database.name,
    `select password_hash from shop."user"
    where id = '${user_id}'`,
  );
  const reset = (secret: string) =>
    post(`${urls.during}/admin/users/reset-password`, {
      ...admin,
      token: signToken({ user_id, email: admin.email }, secret),
    });
  for (const secret of [oldSecrets.jwt, newSecrets.jwt])
    expect((await reset(secret)).status).not.toBe(200);
  expect((await reset(String(row?.['password_hash']))).status).toBe(200);
});

describe('sessions', () => {
  test('opened before the rotation stay logged in while their secret is kept', async () => {
    const { cookie } = await logIn(urls.before, admin.email, admin.password, https);
    expect(await answers(adminWith({ cookie }))).toEqual(oldSigned);
  });

  test('opened afterwards are signed with the new secret', async () => {
    const { cookie } = await logIn(urls.during, admin.email, admin.password, https);
    expect(await answers(adminWith({ cookie }))).toEqual(newSigned);
  });
});

describe('what proves a rotation from outside', () => {
  test("a token is what Medusa's own library verifies", async () => {
    const token = signToken({ user_id: 'usr_probe', domain: 'admin' }, oldSecrets.jwt);
    const script = `console.log(JSON.stringify(require('jsonwebtoken').verify(process.argv[1], process.argv[2])))`;
    const output = await execIn(containers.before, ['node', '-e', script, token, oldSecrets.jwt]);
    expect(JSON.parse(output)).toEqual({
      ...{ user_id: 'usr_probe', domain: 'admin' },
      ...{ iat: expect.any(Number), exp: expect.any(Number) },
    });
  });

  /** 404, no such customer, where the signature is accepted. */
  const NOBODY = { ...oldSigned, before: 404, during: 404, back: 404 };

  test('a token of nobody separates an accepted signature (404) from a refused one (401)', async () => {
    expect(await answers(customerWith(bearer(tokenOfNobody(oldSecrets.jwt))))).toEqual(NOBODY);
  });

  test('what a stolen earlier secret signs after its time is refused where it only verifies', async () => {
    const token = tokenOfNobody(oldSecrets.jwt, { issuedAt: oldUntil + 1000 });
    expect(await answers(customerWith(bearer(token)))).toEqual({ ...NOBODY, during: 401 });
  });

  test("a session's cookie of nobody does the same, where Redis has the session", async () => {
    await makeSessions(['probe']);
    expect(await answers(customerWith(sessionCookie('probe')))).toEqual(NOBODY);
  });

  test('neither opens more than a stranger sees, on any route that the store has', async () => {
    const url = urls.during;
    const routes = await notedRoutes(containers.during);
    const ofAdmin = routes.filter(({ path }) => path.startsWith('/admin/'));
    expect(ofAdmin.length).toBeGreaterThan(200);
    expect(routes.length - ofAdmin.length).toBeGreaterThan(60);
    // Requests end sessions and make others: each has its own.
    const sessions = routes.map((_, index) => `walk-${index}`);
    await makeSessions(sessions);
    const proofs = {
      token: () => bearer(tokenOfNobody(oldSecrets.jwt)),
      session: (index: number) => sessionCookie(sessions[index] ?? ''),
    };
    const stranger = await askEach(url, routes, () => https);
    for (const [kind, headers] of Object.entries(proofs)) {
      const found = await askEach(url, routes, (index) => ({ ...https, ...headers(index) }));
      const differ = routes.flatMap(({ method, path }, index) => {
        const [before, after] = [stranger[index], found[index]];
        const same = method !== 'GET' || before?.body === after?.body;
        if (same && before?.status === after?.status) return [];
        const body = after && after.status < 400 ? ` ${after.body}` : '';
        return [`${method} ${path}: ${before?.status} -> ${after?.status}${body}`];
      });
      expect(differ.sort(), kind).toEqual(shownToNobody);
    }
  });

  test('nobody cannot do what a customer can, with a good request either', async () => {
    const headers = bearer(tokenOfNobody(oldSecrets.jwt));
    const send = async (path: string, document: object) =>
      (await post(`${urls.during}${path}`, document, headers)).status;
    const address = {
      first_name: 'A',
      last_name: 'B',
      address_1: 'C',
      city: 'D',
      postal_code: '1',
    };
    const found = {
      claim: await send('/store/orders/batch/customer/token', { order_ids: ['order_1'] }),
      address: await send('/store/customers/me/addresses', {
        address: { ...address, country_code: 'de' },
      }),
    };
    expect(found).toEqual({ claim: 404, address: 404 });
    const [row] = await servers.sql(database.name, 'select count(*)::int as n from shop.address');
    expect(row?.['n']).toBe(0);
  });
});

/** What a customer who does not exist is answered otherwise than a stranger: refused, or nothing. */
const shownToNobody = [
  'DELETE /store/customers/me/addresses/nobody: 401 -> 404',
  'GET /store/auth: 401 -> 404',
  'GET /store/customers/me/orders: 401 -> 200 {"orders":[],"count":0,"offset":0,"limit":10}',
  'GET /store/customers/me/payment-methods: 401 -> 404',
  'GET /store/customers/me: 401 -> 404',
  'POST /store/customers/me/addresses/nobody: 401 -> 400',
  'POST /store/customers/me/addresses: 401 -> 500',
  'POST /store/customers/me: 401 -> 404',
  'POST /store/orders/batch/customer/token: 401 -> 400',
];

const sessionCookie = (id: string) => ({
  cookie: `connect.sid=${encodeURIComponent(signSessionCookie(id, oldSecrets.cookie))}`,
});

/** Puts sessions of nobody where the replicas look for them. */
async function makeSessions(ids: readonly string[]): Promise<void> {
  const content = JSON.stringify(sessionOfNobody());
  const lines = ids.map((id) => `SET acme:sess:${id} ${content} EX 120`);
  const command = ['redis-cli', '--no-auth-warning', '-a', servers.redisPassword];
  const { stdout } = await runIn(docker.getContainer(servers.redisContainer), command, {
    stdin: `${lines.join('\n')}\n`,
  });
  expect(stdout).toBe('OK\n'.repeat(ids.length));
}

test('no secret is in what the replicas wrote', async () => {
  const logs = await Promise.all(
    names.map((name) => docker.getContainer(containers[name]).logs({ stdout: true, stderr: true })),
  );
  for (const secret of [...Object.values(oldSecrets), ...Object.values(newSecrets)]) {
    expect(logs.some((log) => log.includes(secret))).toBe(false);
  }
});

async function adminId(): Promise<string> {
  return idOf('user', admin.email);
}

async function idOf(table: string, email: string): Promise<string> {
  const [row] = await servers.sql(
    database.name,
    `select id from shop."${table}" where email = '${email}'`,
  );
  return String(row?.['id']);
}
