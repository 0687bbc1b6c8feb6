import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrapCommand } from '../../../src/derive/secret-exec.ts';
import { backendImage, HAND_WRITTEN } from '../../support/backend-image.ts';
import { execIn } from '../../support/engine.ts';
import { MEDUSA, prepareShop, shopVariables, startMedusa } from '../../support/medusa.ts';
import { type Run, type Servers, startServers, type TestDatabase } from '../../support/servers.ts';

const jwt = 'jwt-secret-0123456789abcdef0123456789abcdef';
const cookie = 'cookie-secret-0123456789abcdef0123456789abcdef';
const ca = '/etc/medusa-infra/database-ca.pem';

let servers: Servers;
let image: string;
let database: TestDatabase;
let certificate: string;

beforeAll(async () => {
  image = await backendImage();
  servers = await startServers('runtime');
  certificate = await turnTlsOn();
  database = await servers.createDatabase();
  await prepareShop(servers, backend(secretVariables()));
});
afterAll(() => servers?.stop());

/** A server certificate that is its own authority, made where openssl is: in the database's image. */
async function turnTlsOn(): Promise<string> {
  const make = `cd "$PGDATA" && openssl req -new -x509 -days 2 -nodes -subj /CN=database \
    -addext subjectAltName=DNS:database -keyout server.key -out server.crt 2>/dev/null &&
    chmod 600 server.key && chown postgres server.key server.crt`;
  await execIn(servers.databaseContainer, ['sh', '-c', make]);
  await servers.sql('postgres', 'alter system set ssl = on', 'select pg_reload_conf()');
  return execIn(servers.databaseContainer, ['sh', '-c', 'cat "$PGDATA/server.crt"']);
}

function plainVariables(): Record<string, string> {
  return {
    ...shopVariables(),
    STORE_CORS: 'https://Shop.example.com/, /\\.preview\\.example$/g',
    ADMIN_CORS: 'https://admin.example.com',
  };
}

/** The path as the kit derives it; unencoded, MikroORM alone would take it as the database's name. */
function secretVariables(path = encodeURIComponent(ca)): Record<string, string> {
  const tls = `&sslmode=verify-full&sslrootcert=${path}`;
  return {
    DATABASE_URL: database.url('shop,extensions') + tls,
    REDIS_URL: `redis://:${encodeURIComponent(servers.redisPassword)}@redis:6379/2`,
    JWT_SECRET: jwt,
    COOKIE_SECRET: cookie,
    COOKIE_SECRET_PREVIOUS: '["the-one-before"]',
  };
}

function backend(
  secrets: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
) {
  return { image, env: plainVariables(), secrets, files: { [ca]: certificate, ...files } };
}

async function redisKeys(): Promise<string[]> {
  const output = await execIn(servers.redisContainer, [
    ...['redis-cli', '--no-auth-warning', '-a', servers.redisPassword, '-n', '2', 'keys', '*'],
  ]);
  return output.trim().split('\n').filter(Boolean);
}

describe("Medusa 1.20.11's own loader with the runtime", () => {
  let run: Run;
  let url: string;
  beforeAll(async () => {
    // A slash in a parameter: one of the traps that the runtime takes away.
    ({ run, url } = await startMedusa(servers, backend(secretVariables(ca))));
  });
  afterAll(() => run?.remove());

  test('starts, on the port that the environment names, and reads its schema', async () => {
    const response = await fetch(`${url}/store/products`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ products: [], count: 0 });
  });

  test('uses TLS with the authority checked on every connection, within the limit of its pool', async () => {
    const connections = await servers.sql(
      'postgres',
      `select s.ssl, count(*)::int as count from pg_stat_ssl s join pg_stat_activity a using (pid)
         where a.usename = '${database.role}' group by s.ssl`,
    );
    expect(connections).toEqual([{ ssl: true, count: expect.any(Number) }]);
  });

  test('keeps no session for requests without a cookie', async () => {
    for (let i = 0; i < 5; i++) await fetch(`${url}/health`);
    await fetch(`${url}/store/products`);
    expect((await redisKeys()).filter((key) => key.includes('sess:'))).toEqual([]);
  });

  test('writes to Redis under its own names', async () => {
    const keys = await redisKeys();
    const foreign = keys.filter(
      (key) =>
        !key.startsWith('acme:') && !key.startsWith('RedisEventBusService:acme-events-queue'),
    );
    expect(keys.length).toBeGreaterThan(0);
    expect(foreign).toEqual([]);
  });

  test.each([
    ['https://shop.example.com', 'https://shop.example.com'],
    ['https://one.preview.example', 'https://one.preview.example'],
    ['https://stranger.example', null],
  ])('answers the origin %s with %s, each time', async (origin, allowed) => {
    const answers: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`${url}/store/products`, { headers: { origin } });
      answers.push(response.headers.get('access-control-allow-origin'));
    }
    expect(answers).toEqual([allowed, allowed, allowed]);
  });
});

describe('a hand-written medusa-config.js, unchanged', () => {
  test('starts with the same environment', async () => {
    const files = { '/app/medusa-config.js': HAND_WRITTEN };
    const { run, url } = await startMedusa(servers, backend(secretVariables(), files));
    const response = await fetch(`${url}/store/products`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ products: [], count: 0 });
    await run.remove();
  });
});

describe('a start that must be refused', () => {
  test("names every variable on stderr, where Medusa's production log names none", async () => {
    const { JWT_SECRET: _, COOKIE_SECRET: __, ...secrets } = secretVariables();
    const run = await servers.run({
      image,
      command: wrapCommand([...MEDUSA, 'start'], true),
      env: { ...plainVariables(), STORE_CORS: '*' },
      secrets: { ...secrets, COOKIE_SECRET: 'too-short-secret' },
      files: { [ca]: certificate },
    });
    const { code, output } = await run.ended();
    await run.remove();
    expect(code).toBe(1);
    expect(output).toContain(
      [
        'medusa-infra: the backend cannot start, 3 problems in its environment:',
        '  JWT_SECRET: not set',
        '  COOKIE_SECRET: shorter than 32 characters',
        '  STORE_CORS: entry 1 is "*", which never matches; list the origins, or a pattern such as /\\.shop\\.example$/',
      ].join('\n'),
    );
    expect(output).not.toContain('too-short-secret');
  });
});
