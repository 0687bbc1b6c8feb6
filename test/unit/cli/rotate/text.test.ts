import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { nextSteps } from '../../../../src/cli/start/start.ts';
import { askHealth } from '../../../../src/cli/status/health.ts';
import { age, bytes, cpu } from '../../../../src/cli/units-text.ts';

test('sizes, shares and ages', () => {
  expect([128 * 1024 ** 2, 1536 * 1024 ** 2, 1000].map(bytes)).toEqual([
    '128 MiB',
    '1.5 GiB',
    '1000 B',
  ]);
  expect([500, 2000].map(cpu)).toEqual(['0.5 CPU', '2 CPU']);
  expect([0, 45_000, 600_000, 3 * 3_600_000, 5 * 86_400_000].map(age)).toEqual([
    'just now',
    '45 s',
    '10 min',
    '3 h',
    '5 d',
  ]);
});

/** A server on a free port of this machine, closed after the test. */
async function serve(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  return { close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('the health answer', async () => {
  const { url, close } = await serve((request, response) => {
    response.setHeader('Connection', 'close');
    response.statusCode = request.url === '/health' ? 200 : 503;
    response.end('OK');
  });
  onTestFinished(async () => void (await close()));
  const good = await askHealth(`${url}/health`);
  expect(good).toMatchObject({ ok: true, status: 200 });
  expect(good.text).toMatch(new RegExp(`^GET ${url}/health: 200 OK in \\d+ ms$`));
  expect(await askHealth(`${url}/other`)).toMatchObject({ ok: false, status: 503 });
});

test('why there is no health answer', async () => {
  const { url, close } = await serve(() => {});
  await close();
  expect(await askHealth(url)).toEqual({
    ok: false,
    text: `GET ${url}: no answer (ECONNREFUSED)`,
  });
});

test('the next commands name the stack where it is not dev', () => {
  const user = { email: 'a@example.com', password: "it's" };
  const commands = (stack: string) =>
    nextSteps(stack, 'http://localhost:9000', user).map(([, command]) => command);
  expect(commands('dev')).toEqual([
    'curl http://localhost:9000/store/products',
    `curl -i http://localhost:9000/admin/auth -H 'Content-Type: application/json' -d '{"email":"a@example.com","password":"it'\\''s"}'`,
    'npx medusa-infra status',
    'npx medusa-infra logs backend --follow',
    'npx medusa-infra env',
    'npx medusa-infra destroy',
  ]);
  expect(commands('staging')[2]).toBe('npx medusa-infra status -s staging');
  expect(nextSteps('dev', 'http://localhost:9000', undefined)).toHaveLength(5);
});

test('the next commands begin with the root of an edge that signs its own certificate', () => {
  const steps = nextSteps('dev', 'https://shop.localhost', undefined, 'shop-dev-edge');
  expect(steps.map(([, command]) => command).slice(0, 2)).toEqual([
    'docker cp shop-dev-edge:/data/tls/pki/authorities/local/root.crt edge-root.crt',
    'curl --cacert edge-root.crt https://shop.localhost/store/products',
  ]);
});
