import { describe, expect, test } from 'vitest';
import { derivePlan } from '../../../src/derive/derive.ts';
import { maxConnections } from '../../../src/derive/docker/sizes.ts';
import { loginRoles } from '../../../src/derive/login-roles.ts';
import type { PostgresPlan, RedisPlan } from '../../../src/derive/plan.ts';
import { fillTemplate } from '../../../src/derive/template.ts';
import { UserError } from '../../../src/errors.ts';
import type { DockerStack } from '../../../src/stack/stack-file.ts';
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

const MIB = 1024 ** 2;
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
    const redis = { version: 6, memory: MIB, persist: true, onDestroy: 'keep' as const };
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
    expect(lines).toContain(`maxmemory ${192 * MIB}`);
    const section = { memory: 64 * MIB, persist: false, onDestroy: 'delete' } as const;
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
    expect(rules).toBe('~* &* +@all -@admin');
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

describe('edge', () => {
  const edge = (section: Partial<DockerStack['edge']>, environment = dev.environment) =>
    plan({ ...dev, environment, edge: { ...dev.edge, ...section } }).edge;
  const proxy = (section: Partial<DockerStack['edge']>, environment = dev.environment) => {
    const { proxy: planned } = plan({
      ...dev,
      environment,
      edge: { ...dev.edge, ...section },
    });
    if (!planned) throw new Error('docker has a proxy');
    return planned;
  };

  test('is open to this machine alone in development', () => {
    expect(proxy({}).bind).toBe('127.0.0.1');
    expect(proxy({}, 'staging').bind).toBe('0.0.0.0');
  });

  test('addresses leave out the port that the scheme implies', () => {
    expect(edge({ port: 80 }).url).toBe('http://localhost');
    expect(edge({ port: 8080 })).toMatchObject({
      url: 'http://localhost:8080',
      publicUrl: 'http://localhost:8080',
    });
    expect(edge({ port: 443, tls: 'auto', host: 'shop.example.com' }).url).toBe(
      'https://shop.example.com',
    );
    expect(edge({ port: 8080, trustForwarded: true, host: 'shop.example.com' })).toMatchObject({
      url: 'http://shop.example.com:8080',
      publicUrl: 'https://shop.example.com',
    });
  });

  test('with TLS publishes both ports, and redirects to the address that is published', () => {
    const section = { port: 8443, httpPort: 8081, tls: 'auto' } as const;
    expect(edge(section)).toMatchObject({
      url: 'https://localhost:8443',
      publicUrl: 'https://localhost:8443',
    });
    expect(proxy(section)).toMatchObject({
      certificates: 'local',
      ports: [
        { external: 8443, internal: 8443 },
        { external: 8081, internal: 8080 },
      ],
      volume: { keep: true },
      config: expect.stringContaining('redir https://localhost:8443{uri} 308'),
    });
    expect(proxy({})).toMatchObject({
      certificates: 'none',
      ports: [{ external: 9000, internal: 8080 }],
      volume: { keep: false },
    });
  });

  const issuers = (section: Partial<DockerStack['edge']>) =>
    proxy({ tls: 'auto', port: 443, ...section }).config.match(/issuer \w+/g);

  test('asks no public authority for a host that none knows', () => {
    for (const host of [
      'localhost',
      'shop.localhost',
      'shop.test',
      'nas',
      '10.0.0.7',
      'a.home.arpa',
    ]) {
      expect(issuers({ host }), host).toEqual(['issuer internal']);
    }
    expect(issuers({ host: 'shop.example.com' })).toEqual(['issuer acme', 'issuer internal']);
    const acme = { directory: 'https://ca.internal/acme/directory' };
    expect(issuers({ host: 'shop.internal', acme })).toEqual(['issuer acme', 'issuer internal']);
  });

  test('has its own authority stand in for ACME under a name that ACME’s certificate wins over', () => {
    const { config } = proxy({ tls: 'auto', host: 'shop.example.com' });
    expect(config).toMatch(/https:\/\/shop\.example\.com \{[\s\S]*?issuer acme/);
    expect(config).toMatch(/https:\/\/\*\.example\.com \{\n\ttls \{\n\t\tissuer internal/);
  });

  test('tells browsers to come over https where that can be undone soon and hurts nobody else', () => {
    const strict = (section: Partial<DockerStack['edge']>) =>
      proxy({ tls: 'auto', ...section }).config.match(/Strict-Transport-Security .*/)?.[0];
    expect(strict({ host: 'shop.example.com', port: 443 })).toBe(
      'Strict-Transport-Security max-age=86400',
    );
    expect(strict({ host: 'shop.example.com', port: 8443 })).toBeUndefined();
    expect(strict({ host: 'shop.localhost', port: 443 })).toBeUndefined();
    expect(strict({ host: 'shop.example.com', port: 443, tls: 'off' })).toBeUndefined();
  });

  test('hands over the account’s address, the directory and what it is trusted by', () => {
    const acme = { email: 'ops@example.com', directory: 'https://ca.test/dir', ca: '/here/ca.pem' };
    const planned = proxy({ tls: 'auto', host: 'shop.test', acme });
    expect(planned.files).toEqual({ '/data/acme-ca.pem': '/here/ca.pem' });
    expect(planned.config).toContain(`		issuer acme {
			dir https://ca.test/dir
			email ops@example.com
			trusted_roots /data/acme-ca.pem
		}`);
  });

  test('proves whose host it is at a port that it publishes', () => {
    const disabled = (section: Partial<DockerStack['edge']>) =>
      proxy({ tls: 'auto', host: 'a.example.com', ...section }).config.match(
        /disable_\w+_challenge/g,
      );
    expect(disabled({ port: 443, httpPort: 80 })).toBeNull();
    expect(disabled({ port: 8443, httpPort: 8080 })).toBeNull();
    expect(disabled({ port: 443 })).toEqual(['disable_http_challenge']);
    expect(disabled({ port: 8443, httpPort: 80 })).toEqual(['disable_tlsalpn_challenge']);
  });

  test('tells a Caddy that prefers wildcards to obtain the host’s own certificate all the same', () => {
    const forced = (version: string) => {
      const { images: found } = debianImages;
      const images = { ...found, edge: { ...found.edge, version } };
      const stack: DockerStack = {
        ...dev,
        edge: { ...dev.edge, tls: 'auto', host: 'a.example.com' },
      };
      const planned = derivePlan(stack, {
        ...options,
        images: { ...options.images, images },
      });
      return planned.proxy?.config.includes('force_automate');
    };
    expect(['2.6.2', '2.9.1', '2.10.0', 'v2.11.4', '2'].map(forced)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  test('believes forwarded headers only where TLS ends in front of it', () => {
    expect(proxy({}).config).not.toContain('trusted_proxies');
    expect(proxy({}).config).toContain('header_up -Forwarded');
    expect(proxy({ trustForwarded: true }).config).toContain('trusted_proxies 0.0.0.0/0 ::/0');
  });
});

function digest(password: string): string {
  return fillTemplate([{ secret: 'x', encode: 'sha256' }], () => password);
}
