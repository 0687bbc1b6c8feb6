import { describe, expect, test } from 'vitest';
import { derivePlan } from '../../../src/derive/derive.ts';
import type { DockerStack } from '../../../src/stack/stack-file.ts';
import { debianImages, dev, options } from '../../support/unit/stack-files.ts';

const plan = (stack: DockerStack) => derivePlan(stack, options);

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
    expect(proxy({ bind: '0.0.0.0' }).bind).toBe('0.0.0.0');
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
    expect(proxy({}).config).toContain('\trequest_header -Forwarded');
    const trusting = proxy({ trustForwarded: true }).config;
    expect(trusting).toContain(
      'trusted_proxies 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7\n',
    );
    expect(trusting).not.toContain('0.0.0.0/0');
    expect(trusting).toContain('\trequest_header @stranger -Forwarded');
    const ranges = proxy({ trustForwarded: ['192.0.2.7', '2001:db8::/32'] }).config;
    expect(ranges).toContain('@stranger not remote_ip 192.0.2.7 2001:db8::/32\n');
    expect(ranges).toContain('trusted_proxies 192.0.2.7 2001:db8::/32\n');
  });
});
