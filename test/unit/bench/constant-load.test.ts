import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConstantLoad, type LoadOptions, type LoadRun } from '../../../bench/load/constant-load.ts';
import { percentile } from '../../../bench/load/percentile.ts';
import type { LoadRequest } from '../../../bench/load/request.ts';
import { freePort } from '../../support/ports.ts';

/** Answers by `handler`, which gets how many requests came before. */
async function serve(
  handler: (count: number, response: ServerResponse, request: IncomingMessage) => void,
) {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    const count = seen.push(`${request.method} ${request.url}`) - 1;
    request.resume().on('end', () => handler(count, response, request));
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, seen, connections: () => connections };
}

/** Requests with a number each, every second one a POST; 200 is right. */
function numbered(): () => LoadRequest {
  let number = 0;
  return () => {
    number += 1;
    const post = number % 2 === 0;
    return {
      method: post ? 'POST' : 'GET',
      path: `/${number}`,
      headers: {},
      ...(post ? { body: '{}' } : {}),
      judge: ({ status }) => (status === 200 ? undefined : `status ${status}`),
    };
  };
}

async function load(
  options: LoadOptions,
  seconds: number,
): Promise<LoadRun & { readonly planned: number }> {
  const running = new ConstantLoad(numbered(), options).start();
  // After the start: making the connections' clients takes time on a busy machine, in which nothing is due.
  const began = performance.now();
  await new Promise((ended) => setTimeout(ended, seconds * 1000));
  const planned = ((performance.now() - began) / 1000) * (options.rate ?? 200);
  return { ...(await running.stop()), planned };
}

describe('a constant load', () => {
  test('keeps its rate over connections that stay open', async () => {
    const server = await serve((_, response) => response.end('ok'));
    const run = await load({ origin: server.origin }, 1.5);
    expect(run.requests).toBe(server.seen.length);
    expect(Math.abs(run.requests - run.planned)).toBeLessThan(5);
    expect(run.failures).toEqual([]);
    expect(run.latencies).toHaveLength(run.requests);
    expect([run.connectionsOpened, server.connections()]).toEqual([16, 16]);
  });

  test('keeps its rate however slow the answers are', async () => {
    const server = await serve((_, response) => setTimeout(() => response.end('ok'), 60));
    const run = await load({ origin: server.origin, rate: 100 }, 1);
    expect(Math.abs(run.requests - run.planned)).toBeLessThan(5);
    expect(run.latencies[0]).toBeGreaterThanOrEqual(59);
  });

  test('counts each wrong answer with its time, method, path and status', async () => {
    const server = await serve((count, response) => {
      response.writeHead(count === 7 ? 502 : 200).end();
    });
    const before = Date.now();
    const run = await load({ origin: server.origin, connections: 1 }, 0.5);
    expect(run.failures).toEqual([
      {
        at: expect.any(String),
        method: 'POST',
        path: '/8',
        reason: 'status 502',
        milliseconds: expect.any(Number),
      },
    ]);
    const at = Date.parse(run.failures[0]?.at ?? '');
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  test('counts a connection that breaks as a failure, and sends nothing twice', async () => {
    const server = await serve((count, response) => {
      if (count % 10 === 5) response.socket?.resetAndDestroy();
      else if (count % 10 === 8) response.socket?.destroy();
      else response.end('ok');
    });
    const run = await load({ origin: server.origin, rate: 100 }, 1);
    const broken = server.seen.filter((_, count) => [5, 8].includes(count % 10));
    expect(run.failures.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      broken.toSorted(),
    );
    expect(new Set(server.seen).size).toBe(server.seen.length);
    expect(run.requests).toBe(server.seen.length);
    expect(new Set(run.failures.map(({ reason }) => reason.split(' ')[0]))).toEqual(
      new Set(['ECONNRESET', 'UND_ERR_SOCKET']),
    );
  });

  test('counts an answer that is interrupted in its body', async () => {
    const server = await serve((count, response) => {
      if (count !== 3) return response.end('ok');
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      return setTimeout(() => response.socket?.destroy(), 50);
    });
    const run = await load({ origin: server.origin, rate: 50 }, 0.4);
    expect(run.failures.map(({ reason }) => reason)).toEqual([
      'UND_ERR_SOCKET other side closed in the body of an answer 200',
    ]);
  });

  test('counts every request to a port that nobody listens on', async () => {
    const run = await load({ origin: `http://127.0.0.1:${await freePort()}`, rate: 50 }, 0.3);
    expect(run.failures).toHaveLength(run.requests);
    for (const { reason } of run.failures) expect(reason).toContain('ECONNREFUSED');
  });

  test('counts a request that is never answered, once its time is up', async () => {
    const server = await serve((count, response) => {
      if (count !== 2) response.end('ok');
    });
    const run = await load({ origin: server.origin, rate: 50, timeoutSeconds: 1 }, 0.3);
    expect(run.failures.map(({ reason }) => reason)).toEqual([
      'UND_ERR_HEADERS_TIMEOUT Headers Timeout Error',
    ]);
  });

  test('counts requests that no connection was free for, and comes to an end', async () => {
    const server = await serve((_, response) => setTimeout(() => response.end('ok'), 400));
    const options = { origin: server.origin, rate: 20, connections: 1, timeoutSeconds: 1 };
    const run = await load(options, 1.5);
    expect(run.requests).toBeGreaterThanOrEqual(30);
    // One each 0.4 s gets through, and none is begun a second after it was due.
    expect(run.failures.length).toBe(run.requests - server.seen.length);
    expect(server.seen.length).toBeLessThan(10);
    expect(new Set(run.failures.map(({ reason }) => reason))).toEqual(
      new Set(['no connection was free in time']),
    );
  });

  test('takes no offence at a server that closes a connection between requests', async () => {
    const server = await serve((count, response) => {
      if (count % 5 === 0) response.setHeader('connection', 'close');
      response.end('ok');
    });
    const run = await load({ origin: server.origin }, 0.5);
    expect(run.failures).toEqual([]);
    expect(run.connectionsOpened).toBeGreaterThan(16);
  });

  test('charges a stall to all requests that had to wait for it', async () => {
    const began = Date.now();
    const server = await serve((_, response) => {
      // Nobody is answered between the 300th and the 1100th millisecond.
      const elapsed = Date.now() - began;
      const wait = elapsed > 300 && elapsed < 1100 ? 1100 - elapsed : 0;
      setTimeout(() => response.end('ok'), wait);
    });
    const run = await load({ origin: server.origin, connections: 4 }, 1.5);
    expect(Math.abs(run.requests - run.planned)).toBeLessThan(5);
    // 160 were due meanwhile, though only four were on their way: half of them waited over 0.4 s.
    expect(run.latencies.filter((latency) => latency > 400).length).toBeGreaterThan(60);
    expect(run.latencies.at(-1)).toBeGreaterThan(700);
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  test('is the nearest rank', () => {
    expect([50, 99, 99.5, 100].map((percent) => percentile(hundred, percent))).toEqual([
      50, 99, 100, 100,
    ]);
    expect(percentile([7], 50)).toBe(7);
  });

  test('has no value for nothing', () => {
    expect(() => percentile([], 99)).toThrow('no 99th percentile of 0 values');
  });
});
