import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { Client } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BOOTSTRAP_CADDYFILE,
  type CaddyfileOptions,
  caddyfile,
  EDGE_HTTP_PORT,
} from '../../../src/derive/docker/caddyfile.ts';
import { configureEdge, routeTo } from '../../../src/docker/edge-config.ts';
import { edgeSysctls } from '../../../src/docker/kernel.ts';
import { UserError } from '../../../src/errors.ts';
import { startScript } from '../../../src/start-script.ts';
import { docker, execIn, logsOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { ContainerBench, images } from '../../support/plain-container.ts';

const bench = new ContainerBench();
const innerPort = 9000;
let nodeImage: string;
let edgeImage: string;

const backendScript = `
  const http = require('node:http');
  const server = http.createServer((req, res) => {
    req.resume().on('end', () => res.end(process.env.ID));
  }).listen(${innerPort});
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

const backend = (id: string, ...aliases: string[]) =>
  bench.start({
    image: nodeImage,
    entrypoint: ['node'],
    command: ['-e', backendScript],
    env: { ID: id },
    aliases,
  });

/** An edge as the stack starts it, on an empty volume. */
const startEdge = async () =>
  bench.start({
    image: edgeImage,
    user: '65534:65534',
    entrypoint: ['/bin/sh'],
    command: ['-c', startScript('edge')],
    env: { BOOTSTRAP: BOOTSTRAP_CADDYFILE, XDG_CONFIG_HOME: '/tmp/config' },
    volumes: ['/data'],
    tmpfs: ['/tmp'],
    sysctls: await edgeSysctls(docker),
  });

const config = (alias: string, change: Partial<CaddyfileOptions> = {}) => ({
  config: caddyfile({
    upstream: { host: alias, port: innerPort },
    trusted: [],
    graceSeconds: 30,
    ...change,
  }),
  files: [],
  ports: [EDGE_HTTP_PORT],
});

async function urlOf(edge: Docker.Container): Promise<string> {
  return `http://${await bench.address(edge)}:${EDGE_HTTP_PORT}`;
}

async function ask(edge: Docker.Container): Promise<string> {
  const response = await fetch(await urlOf(edge), { headers: { connection: 'close' } });
  return `${response.status} ${await response.text()}`;
}

beforeAll(async () => {
  const { images: found } = await images();
  nodeImage = found.node.ref;
  edgeImage = found.edge.ref;
  await Promise.all([backend('one', 'backend', 'backend-1'), backend('two', 'backend-2')]);
});
afterAll(() => bench.close());

describe('an edge', () => {
  let edge: Docker.Container;
  beforeAll(async () => {
    edge = await startEdge();
    await eventually(() => ask(edge));
  });

  test('reports that the store is being set up until it has a configuration', async () => {
    expect(await ask(edge)).toBe('503 The store is being set up.');
    await configureEdge(edge, config('backend'));
    expect(await eventually(() => ask(edge))).toBe('200 one');
  });

  test('sends requests where the route says, from the next one on', async () => {
    await routeTo(edge, 'backend-2');
    expect(await Promise.all([1, 2, 3].map(() => ask(edge)))).toEqual(Array(3).fill('200 two'));
    await routeTo(edge, 'backend-1');
    expect(await ask(edge)).toBe('200 one');
    expect(await execIn(edge.id, ['ls', '/data/active'])).toBe('backend-1\n');
  });

  test('loads nothing where the configuration is in place', async () => {
    const loads = async () => (await logsOf(edge.id)).split('"server running"').length;
    const before = await loads();
    await configureEdge(edge, config('backend'));
    expect(await loads()).toBe(before);
    await configureEdge(edge, config('backend', { graceSeconds: 31 }));
    expect(await loads()).toBeGreaterThan(before);
  });

  test('goes on with what it has when a configuration is wrong, and says why in Caddy’s words', async () => {
    const wrong = {
      ...config('backend'),
      config: `${config('backend').config}\nnonsense {\n\tno_such\n}\n`,
    };
    const error = await configureEdge(edge, wrong).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(
      /^edge: Caddy rejects its configuration and keeps the previous one: .*no_such/,
    );
    expect(await ask(edge)).toBe('200 one');
  });

  test('has its last configuration and route again after a restart', async () => {
    await routeTo(edge, 'backend-2');
    await edge.restart({ t: 5 });
    expect(await eventually(() => ask(edge))).toBe('200 two');
    // The refused one left nothing behind that a later one would trip over.
    await configureEdge(edge, config('backend', { graceSeconds: 32 }));
    expect(await ask(edge)).toBe('200 two');
  });

  test('starts all the same when its kept configuration is not valid any more, and takes a new one', async () => {
    await execIn(edge.id, [
      'sh',
      '-c',
      'cp /data/Caddyfile /data/kept; echo "no_such {" > /data/Caddyfile',
    ]);
    await edge.restart({ t: 5 });
    expect(await eventually(() => ask(edge))).toBe('503 The store is being set up.');
    // As if the image had come back to a version that takes it: in place, but not what runs.
    await execIn(edge.id, ['mv', '/data/kept', '/data/Caddyfile']);
    await configureEdge(edge, config('backend', { graceSeconds: 32 }));
    expect(await ask(edge)).toBe('200 two');
  });
});

test('reloads without a failed request while kept connections are busy', async () => {
  const edge = await startEdge();
  await eventually(() => ask(edge));
  await configureEdge(edge, config('backend'));
  const load = keepAliveLoad(await urlOf(edge), { connections: 16, everyMs: 80 });
  const reloads = 20;
  for (let done = 0; done < reloads; done += 1) {
    await sleep(200);
    await configureEdge(edge, config('backend', { graceSeconds: 40 + done }));
  }
  const { sent, failures } = await load.stop();
  console.log(`${reloads} reloads under ${sent} requests: ${failures.length} failed`);
  expect(sent).toBeGreaterThan(1000);
  expect(failures).toEqual([]);
});

/** GET and POST in turn on each of some connections, each kept as long as the edge keeps it. */
function keepAliveLoad(url: string, options: { connections: number; everyMs: number }) {
  const failures: string[] = [];
  let sent = 0;
  let going = true;
  const workers = Array.from({ length: options.connections }, async (_, index) => {
    const client = new Client(url);
    await sleep((options.everyMs / options.connections) * index);
    while (going) {
      const began = Date.now();
      const method = sent++ % 2 === 0 ? 'GET' : 'POST';
      const body = method === 'POST' ? 'a body' : null;
      const outcome = await client.request({ path: '/', method, body }).then(
        async (answer) => `${answer.statusCode} ${await answer.body.text()}`,
        (error: Error) => error.message,
      );
      if (outcome !== '200 one') failures.push(`${method}: ${outcome}`);
      await sleep(Math.max(0, options.everyMs - (Date.now() - began)));
    }
    await client.close();
  });
  return {
    async stop() {
      going = false;
      await Promise.all(workers);
      return { sent, failures };
    },
  };
}
