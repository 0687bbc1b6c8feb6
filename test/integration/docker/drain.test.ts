import { request } from 'node:http';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drain } from '../../../src/docker/drain.ts';
import { eventually } from '../../support/eventually.ts';
import { ContainerBench, images } from '../../support/plain-container.ts';

const innerPort = 9000;
const bench = new ContainerBench();
let image: string;

/**
 * A server that answers after `?ms=`. On SIGTERM it does what SIGTERM says: `exit` ends it in the middle
 * of its requests, `ignore` is what Medusa does while Redis is down. It asks itself all the time, as a
 * health check does.
 */
const server = `
  const http = require('node:http');
  http.createServer((request, response) => {
    const wait = Number(new URL(request.url, 'http://local').searchParams.get('ms'));
    setTimeout(() => response.end('done'), wait);
  }).listen(${innerPort});
  process.on('SIGTERM', () => process.env.ON_STOP === 'exit' && process.exit(0));
  const own = () => http.get('http://127.0.0.1:${innerPort}/?ms=500', (r) => r.resume().on('end', own));
  setTimeout(own, 200);
`;

async function serverThat(onStop: 'exit' | 'ignore') {
  const container = await bench.start({
    image,
    entrypoint: ['node', '-e', server],
    env: { ON_STOP: onStop },
  });
  const url = `http://${await bench.address(container)}:${innerPort}/`;
  await eventually(() => ask(`${url}?ms=0`));
  return { container, url };
}

function ask(url: string): Promise<string> {
  return new Promise((done, fail) => {
    const asked = request(url, { agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => done(body));
      response.on('error', fail);
    });
    asked.on('error', fail);
    asked.end();
  });
}

async function drained(container: Docker.Container, graceSeconds: number) {
  const began = Date.now();
  await drain(container, { port: innerPort, graceSeconds, awaitQuiet: true });
  const { State: state } = await container.inspect();
  return { seconds: (Date.now() - began) / 1000, code: state.ExitCode, running: state.Running };
}

beforeAll(async () => {
  image = (await images()).images.node.ref;
});
afterAll(() => bench.close());

test('a request in flight is answered, even by a process that ends at once on SIGTERM', async () => {
  const { container, url } = await serverThat('exit');
  const answer = ask(`${url}?ms=3000`);
  // It has to be there before the drain begins to look.
  await new Promise((next) => setTimeout(next, 500));
  const { seconds, code } = await drained(container, 30);
  expect(await answer).toBe('done');
  expect(code).toBe(0);
  expect(seconds).toBeGreaterThan(2);
  expect(seconds).toBeLessThan(20);
});

test('a process that does not stop is killed when its time is over', async () => {
  const { container } = await serverThat('ignore');
  const { seconds, code, running } = await drained(container, 6);
  expect({ code, running }).toEqual({ code: 137, running: false });
  expect(seconds).toBeGreaterThanOrEqual(5);
  expect(seconds).toBeLessThan(20);
});

test('a request that takes longer than that does not hold it up for ever', async () => {
  const { container, url } = await serverThat('ignore');
  const answer = ask(`${url}?ms=600000`).catch((error: NodeJS.ErrnoException) => error.code);
  await new Promise((next) => setTimeout(next, 500));
  const { seconds, code } = await drained(container, 3);
  // Three seconds for its connections, and five from SIGTERM to SIGKILL, which every process has.
  expect(seconds).toBeGreaterThanOrEqual(8);
  expect(seconds).toBeLessThan(25);
  expect(code).toBe(137);
  expect(await answer).toBe('ECONNRESET');
});

test('one that has stopped already, or is gone, is no error', async () => {
  const { container } = await serverThat('exit');
  await container.stop({ t: 1 });
  await drain(container, { port: innerPort, graceSeconds: 5, awaitQuiet: true });
  await container.remove({ v: true });
  await drain(container, { port: innerPort, graceSeconds: 5, awaitQuiet: true });
});
