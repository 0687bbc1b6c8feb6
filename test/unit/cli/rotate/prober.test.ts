import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { probeTarget } from '../../../../src/cli/rotate/facts.ts';
import { probeEdge } from '../../../../src/cli/rotate/prober.ts';
import { derivePlan } from '../../../../src/derive/derive.ts';
import { testContext } from '../../../support/unit/cli.ts';
import { dev, options } from '../../../support/unit/stack-files.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

test('the prober counts from the first answer on, and what is not 200 as failed', async () => {
  let asked = 0;
  const hosts = new Set<string | undefined>();
  let seenEnough = () => {};
  const enough = new Promise<void>((done) => {
    seenEnough = done;
  });
  const server = createServer((request, response) => {
    asked += 1;
    hosts.add(request.headers.host);
    if (asked === 7) seenEnough();
    // Down at first, then up, then one refusal and one broken connection.
    if (asked === 5) request.socket.destroy();
    else response.writeHead(asked < 3 || asked === 4 ? 503 : 200).end();
  });
  const port = await listening(server);
  const target = {
    address: '127.0.0.1',
    port,
    tls: false,
    host: 'shop.localhost',
    path: '/health',
    name: 'the edge',
  };
  const probing = probeEdge(target);
  await enough;
  const { sent, failures } = await probing.stop();
  expect(sent).toBe(asked - 2);
  expect(failures).toEqual([
    expect.stringMatching(/^\d\.\d s: 503$/),
    expect.stringMatching(/^\d\.\d s: ECONNRESET$/),
  ]);
  expect([...hosts]).toEqual(['shop.localhost']);
});

test('the prober of an edge that never answers counts nothing', async () => {
  let second: () => void = () => undefined;
  const askedTwice = new Promise<void>((resolve) => {
    second = resolve;
  });
  let asked = 0;
  const port = await listening(
    createServer((_, response) => {
      response.writeHead(503).end();
      asked += 1;
      if (asked === 2) second();
    }),
  );
  const target = { address: '127.0.0.1', port, tls: false, host: 'x', path: '/', name: 'the edge' };
  const probing = probeEdge(target);
  await askedTwice;
  expect(await probing.stop()).toEqual({
    target: 'the edge',
    sent: 0,
    failures: [],
    unanswered: '503',
  });
});

test.each([
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['0.0.0.0', undefined, '127.0.0.1'],
  ['::', undefined, '::1'],
  ['192.0.2.7', undefined, '192.0.2.7'],
  ['0.0.0.0', 'ssh://ops@docker.example.com', 'docker.example.com'],
])('the edge on %s of the engine %s is asked at %s', (bind, engine, address) => {
  const plan = derivePlan({ ...dev, edge: { ...dev.edge, bind } }, options);
  const env = engine === undefined ? {} : { DOCKER_HOST: engine };
  expect(probeTarget(testContext({ env }).context, plan).address).toBe(address);
});
