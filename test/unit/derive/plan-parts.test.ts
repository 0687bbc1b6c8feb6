import { describe, expect, test } from 'vitest';
import { derivePlan } from '../../../src/derive/derive.ts';
import { maxConnections } from '../../../src/derive/docker/sizes.ts';
import { loginRoles } from '../../../src/derive/login-roles.ts';
import type { PostgresPlan, RedisPlan } from '../../../src/derive/plan.ts';
import { fillTemplate } from '../../../src/derive/template.ts';
import { UserError } from '../../../src/errors.ts';
import type { DockerStack, RedisSection } from '../../../src/stack/stack-file.ts';
import {
  debianImages,
  dev,
  external,
  generated,
  options,
  postgres,
  sqlite,
  staging,
} from '../../support/unit/stack-files.ts';

const mib = 1024 ** 2;
const plan = (stack: DockerStack) => derivePlan(stack, options);

describe('images', () => {
  test('a version that the images have is fine, and so is none', () => {
    expect(plan({ ...dev, database: { ...postgres, version: 15 } }).images).toBe(debianImages);
  });

  test('another version is refused, with the keys that fix it', () => {
    const stack = { ...dev, database: { ...postgres, version: 17 } };
    expect(() => plan(stack)).toThrow(
      new UserError(
        "database.version: this stack's images have PostgreSQL 15 (medusa-infra/postgres:15-debian-bookworm, source debian), got 17; remove database.version or set it to 15 (images.source: official offers other versions, for a stack without data yet)",
        'image-version-not-offered',
      ),
    );
    const official = { ...options, images: { ...debianImages, source: 'official' as const } };
    const redis = { ...(dev.redis as RedisSection), version: 6 };
    expect(() => derivePlan({ ...dev, redis }, official)).toThrow(
      "redis.version: this stack's images have Redis 7 (medusa-infra/redis:7.0-debian-bookworm, source official), got 6; remove redis.version or set it to 7",
    );
  });

  test('the version of somebody else’s server does not matter', () => {
    const database = { ...postgres, version: 17, external: { url: { secret: 'databaseUrl' } } };
    expect(plan({ ...external, database }).database.kind).toBe('external-postgres');
  });
});

describe('database', () => {
  test.each([
    ['off', undefined, 'export PGCONNECT_TIMEOUT=15 PGSSLMODE=disable; exec psql '],
    [
      'require',
      '/repo/ca.pem',
      'export PGCONNECT_TIMEOUT=15 PGSSLMODE=verify-ca; export PGSSLROOTCERT=/etc/medusa-infra/database-ca.pem; exec psql ',
    ],
    [
      'verify-full',
      undefined,
      `export PGCONNECT_TIMEOUT=15 PGSSLMODE=verify-full; export PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt; if [ ! -r "$PGSSLROOTCERT" ]; then echo "database.ca: the PostgreSQL image has no list of CAs; name the server's CA in database.ca" >&2; exit 1; fi; exec psql `,
    ],
  ] as const)('psql checks the certificate as Node does: %s, CA %s', (ssl, ca, settings) => {
    const url = { secret: 'databaseUrl' };
    const { sql } = plan({
      ...external,
      database: { ...postgres, ssl, ca, external: { url } },
    }).prepare;
    expect(sql?.command.at(-1)?.startsWith(settings)).toBe(true);
    expect(JSON.stringify(sql?.command)).not.toContain('databaseUrl');
  });

  test.each([
    [[1], ['m_a 1', 'm_b -']],
    [[2], ['m_b 2', 'm_a -']],
    [
      [2, 1],
      ['m_b 2', 'm_a 1'],
    ],
    [
      [5, 4, 3],
      ['m_a 5', 'm_b 4'],
    ],
  ])('login roles for versions %j', (versions, expected) => {
    expect(
      loginRoles('m', versions).map(({ name, version }) => `${name} ${version ?? '-'}`),
    ).toEqual(expected);
  });

  test('there are connections for two generations of replicas with two pools each', () => {
    expect(maxConnections(1, 10)).toBe(200);
    expect(maxConnections(4, 20)).toBe(400);
    expect(maxConnections(5, 10)).toBe(400);
    const database = plan(staging).database as PostgresPlan;
    expect(database.settings['max_connections']).toBe('200');
    expect(database.pidsLimit).toBeGreaterThan(100);
  });

  test('a role has sessions for two generations of replicas, and less than the server has', () => {
    const sqlOf = (replicas: number) => {
      const { prepare, database } = plan({ ...dev, backend: { ...dev.backend, replicas } });
      return { sql: prepare.sql?.script, retire: (database as PostgresPlan).retireSql };
    };
    expect(sqlOf(1).sql).toContain('CREATE ROLE "medusa_a" NOLOGIN CONNECTION LIMIT 60');
    expect(sqlOf(1).retire).toContain('ALTER ROLE "medusa_a" CONNECTION LIMIT 60');
    expect(sqlOf(3).retire).toContain('ALTER ROLE "medusa_a" CONNECTION LIMIT 140');
    // The other role has no living version: it cannot log in.
    expect(sqlOf(1).retire).not.toContain('ALTER ROLE "medusa_b" CONNECTION LIMIT');
  });

  test('the data is kept unless the file says otherwise', () => {
    const kept = (stack: DockerStack) => (plan(stack).database as PostgresPlan).volume.keep;
    expect(kept(dev)).toBe(true);
    expect(kept({ ...dev, database: { ...postgres, onDestroy: 'delete' } })).toBe(false);
  });

  test('ports on the host only where the file says so', () => {
    const ports = (stack: DockerStack) => [
      (plan(stack).database as PostgresPlan).exposePort,
      (plan(stack).redis as RedisPlan).exposePort,
    ];
    expect(ports(dev)).toEqual([5433, 6380]);
    expect(ports(staging)).toEqual([undefined, undefined]);
  });
});

describe('redis', () => {
  const redis = (stack: DockerStack) => plan(stack).redis as RedisPlan;

  test('never evicts, keeps its data in an append-only file, leaves memory for rewriting it', () => {
    const lines = redis(dev).config.split('\n');
    expect(lines).toContain('maxmemory-policy noeviction');
    expect(lines).toContain('appendonly yes');
    expect(lines).toContain(`maxmemory ${192 * mib}`);
    const section = { memory: 64 * mib, persist: false, allow: [], onDestroy: 'delete' } as const;
    expect(redis({ ...dev, redis: section }).config).toContain('\nappendonly no\n');
  });

  test('every living version of the password has an account, by digest', () => {
    const { accounts, rules } = redis(staging).users;
    expect(
      accounts.map(({ name, passwordDigest }) => [
        name,
        fillTemplate(passwordDigest, (_, version) => `password ${version}`),
      ]),
    ).toEqual([
      ['medusa_v2', digest('password 2')],
      ['medusa_v1', digest('password 1')],
    ]);
    expect(rules).toMatch(/^~\* &\* -@all( \+[a-z]+(\|[a-z]+)?)+$/);
    expect(rules).not.toMatch(/flush|swapdb|migrate|restore|function|config|debug|monitor|module/);
  });

  test('a plugin’s commands come in addition, and change nothing that the container is made of', () => {
    const section = { ...(dev.redis as RedisSection), allow: ['geoadd', 'get'] };
    const [before, after] = [redis(dev), redis({ ...dev, redis: section })];
    const words = ({ users }: RedisPlan) => users.rules.split(' ');
    expect(words(after).filter((word) => !words(before).includes(word))).toEqual(['+geoadd']);
    expect(words(after)).toHaveLength(words(before).length + 1);
    expect({ ...after, users: before.users }).toEqual(before);
  });

  test('another version changes nothing that the container is made of', () => {
    const made = (version: number) => {
      const secrets = { ...staging.secrets, redis: generated(1, version) };
      const { users, ...container } = redis({ ...staging, secrets });
      return container;
    };
    expect(made(3)).toEqual(made(2));
  });

  test('the backend logs in with the newest account', () => {
    const url = plan(staging).backend.environment.find(({ name }) => name === 'REDIS_URL');
    expect(url?.value[0]).toBe('redis://medusa_v2:');
  });
});

describe('logins that no living version uses', () => {
  const retired = (keep: number, version: number) => {
    const secrets = { ...dev.secrets, database: generated(keep, version) };
    const { retireSql } = plan({ ...dev, secrets }).database as PostgresPlan;
    return [...retireSql.matchAll(/ALTER ROLE (\S+) NOLOGIN PASSWORD NULL/g)].map(
      ([, role]) => role,
    );
  };

  test('are taken away after the release, by the version that is current', () => {
    expect(retired(0, 1)).toEqual(['"medusa_b"']);
    expect(retired(0, 2)).toEqual(['"medusa_a"']);
    expect(retired(0, 3)).toEqual(['"medusa_b"']);
  });

  test('with keep none is, once there is one to keep', () => {
    expect(retired(1, 1)).toEqual(['"medusa_b"']);
    expect(retired(1, 2)).toEqual([]);
    expect(retired(1, 3)).toEqual([]);
  });
});

describe('secrets', () => {
  test('as many versions live as are kept, never below the first', () => {
    const versions = (keep: number, version: number) =>
      plan({ ...dev, secrets: { ...dev.secrets, jwt: generated(keep, version) } }).secrets.find(
        ({ name }) => name === 'jwt',
      );
    expect(versions(1, 1)).toMatchObject({ versions: [1] });
    expect(versions(1, 4)).toMatchObject({ versions: [4, 3] });
    expect(versions(9, 3)).toMatchObject({ versions: [3, 2, 1] });
  });

  test('passwords of servers that somebody else runs, or nobody, are not generated', () => {
    expect(plan(external).secrets.map(({ name }) => name)).toEqual([
      'cookie',
      'databaseUrl',
      'jwt',
      'redisUrl',
      'stripeApiKey',
    ]);
    expect(plan(sqlite).secrets.map(({ name }) => name)).toEqual(['cookie', 'jwt']);
  });
});

function digest(password: string): string {
  return fillTemplate([{ secret: 'x', encode: 'sha256' }], () => password);
}
