import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import { lookUpTag } from '../../../../src/images/publish/registry-lookup.ts';
import { ImageRegistry } from '../../../support/image-registry.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const login = { username: 'AWS', password: 'pass:word' };
const basic = `Basic ${Buffer.from('AWS:pass:word').toString('base64')}`;

test('a tag that is there has its digest, another one none', async () => {
  const registry = new ImageRegistry();
  const host = await registry.start();
  onTestFinished(() => registry.stop());
  const digest = registry.offer('shop/prod', 'release-1', {});
  expect(await lookUpTag(`${host}/shop/prod`, 'release-1', undefined)).toBe(digest);
  expect(await lookUpTag(`${host}/shop/prod`, 'release-2', undefined)).toBeUndefined();
});

test('a registry that wants a password gets it, as ECR does', async () => {
  const host = await serve(({ headers }, response) => {
    const known = headers.authorization === basic;
    response.writeHead(known ? 200 : 401, { 'Docker-Content-Digest': 'sha256:abc' }).end();
  });
  expect(await lookUpTag(`${host}/shop`, 'one', login)).toBe('sha256:abc');
  const refused = lookUpTag(`${host}/shop`, 'one', undefined);
  await expect(refused).rejects.toThrow(
    new UserError(
      `the registry of ${host}/shop does not say whether it has one (HTTP 401); log in to it (docker login ${host}) and check that the repository exists`,
      'registry-refused',
    ),
  );
});

test('a registry that wants a token says where it is had, as ghcr.io and docker.io do', async () => {
  const host: string = await serve(({ url = '', headers }, response) => {
    if (url.startsWith('/token')) {
      expect(url).toBe('/token?service=registry.test&scope=repository%3Ashop%3Apull');
      expect(headers.authorization).toBe(basic);
      response.end(JSON.stringify({ token: 'of-the-hour' }));
    } else if (headers.authorization === 'Bearer of-the-hour') {
      response.writeHead(200, { 'Docker-Content-Digest': 'sha256:abc' }).end();
    } else {
      const challenge = `Bearer realm="http://${host}/token",service="registry.test",scope="repository:shop:pull"`;
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    }
  });
  expect(await lookUpTag(`${host}/shop`, 'one', login)).toBe('sha256:abc');
});

test('no registry is no missing tag: nothing is built in its place', async () => {
  await expect(lookUpTag('127.0.0.1:1/shop', 'one', undefined)).rejects.toThrow(
    /\(ECONNREFUSED|bad port/,
  );
});
