import { expect, test } from 'vitest';
import { healthProbe } from '../../../../src/bundle.ts';
import type { HealthRequest } from '../../../../src/container/probes/requests.ts';
import { localServer, runProbe } from '../../../support/unit/probe.ts';

function check(request: Partial<HealthRequest>) {
  const whole = { port: 1, path: '/health', timeoutSeconds: 5, retrySeconds: 0, ...request };
  return runProbe('health', [JSON.stringify(whole)]);
}

test('status 200 is healthy, with nothing said', async () => {
  const paths: (string | undefined)[] = [];
  const { port } = await localServer(({ url }, response) => {
    paths.push(url);
    response.end('ok');
  });
  expect(await check({ port })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(paths).toEqual(['/health']);
});

test('another status is not, and is shown', async () => {
  const { port } = await localServer((_, response) => response.writeHead(503).end('no'));
  expect(await check({ port, path: '/live?x=1' })).toEqual({
    exitCode: 1,
    stdout: 'GET /live?x=1: status 503',
    stderr: '',
  });
});

test('neither is a port on which nothing listens', async () => {
  const { exitCode, stdout } = await check({});
  expect(exitCode).toBe(1);
  expect(stdout).toBe('GET /health: connect ECONNREFUSED 127.0.0.1:1');
});

test('nor a server that does not answer in time', async () => {
  const { port } = await localServer(() => {});
  expect(await check({ port, timeoutSeconds: 0.2 })).toEqual({
    exitCode: 1,
    stdout: 'GET /health: no answer within 0.2 seconds',
    stderr: '',
  });
});

test('it asks again until the backend answers', async () => {
  let asked = 0;
  const { port } = await localServer((_, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 500 : 200).end();
  });
  expect(await check({ port, retrySeconds: 30 })).toMatchObject({ exitCode: 0, stdout: '' });
  expect(asked).toBe(3);
});

test('it asks again no longer than it should', async () => {
  let asked = 0;
  const { port } = await localServer((_, response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  expect(await check({ port, retrySeconds: 1 })).toMatchObject({ exitCode: 1 });
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThan(8);
});

test('a container’s configuration holds it as one short argument', () => {
  const request = { port: 9000, path: '/health', timeoutSeconds: 5, retrySeconds: 10 };
  const [node, option, text, argument, ...rest] = healthProbe(request);
  expect([node, option, ...rest]).toEqual(['node', '-e']);
  expect(JSON.parse(argument ?? '')).toEqual(request);
  expect(text?.length).toBeLessThan(800);
  expect(text).not.toMatch(/^\/\/|\n/);
});
