import { expect, test } from 'vitest';
import type { ReplicaRequest } from '../../../../src/container/probes/requests.ts';
import { localServer, runProbe } from '../../../support/unit/probe.ts';

async function statusOf(request: Partial<ReplicaRequest>): Promise<string> {
  const whole = { port: 1, path: '/', headers: {}, timeoutMs: 5000, ...request };
  return (await runProbe('ask', [], JSON.stringify(whole))).stdout;
}

test('prints the status of the answer to a request with these headers', async () => {
  const { port } = await localServer((request, response) => {
    const known = request.url === '/admin/auth' && request.headers.cookie === 'a=b';
    response.writeHead(known ? 200 : 401).end('x'.repeat(100_000));
  });
  expect(await statusOf({ port, path: '/admin/auth', headers: { cookie: 'a=b' } })).toBe('200');
  expect(await statusOf({ port, path: '/admin/auth' })).toBe('401');
});

test('prints 0 where nothing listens, and where there is no answer in time', async () => {
  const { port } = await localServer(() => {});
  expect(await statusOf({})).toBe('0');
  expect(await statusOf({ port, timeoutMs: 200 })).toBe('0');
});
