import { type IncomingHttpHeaders, request } from 'node:http';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  caddyfile,
  EDGE_HEALTH_PORT,
  EDGE_HTTP_PORT,
} from '../../../src/derive/docker/caddyfile.ts';
import { execIn, logsOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { ContainerBench, images } from '../../support/plain-container.ts';

const bench = new ContainerBench();
const innerPort = 9000;
let nodeImage: string;
let edgeImage: string;
const edges: string[] = [];

/**
 * A backend that reports what reached it. `/slow` takes two seconds; `/cut` breaks the connection
 * after the request was read; `/count` reports how often `/cut` was asked.
 */
const backendScript = `
  let cut = 0;
  const http = require('node:http');
  const server = http.createServer((req, res) => {
    let size = 0;
    req.on('data', (chunk) => { size += chunk.length; });
    req.on('end', () => {
      if (req.url === '/cut') { cut += 1; return req.socket.destroy(); }
      if (req.url === '/count') return res.end(String(cut));
      res.setHeader('X-Powered-By', 'Express');
      if (req.url === '/typed') res.setHeader('X-Content-Type-Options', 'mine');
      const answer = () => res.end(JSON.stringify({ id: process.env.ID, size, headers: req.headers }));
      if (req.url === '/slow') setTimeout(answer, 2000); else answer();
    });
  }).listen(${innerPort});
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

const backend = (alias: string, id: string) =>
  bench.start({
    image: nodeImage,
    entrypoint: ['node'],
    command: ['-e', backendScript],
    env: { ID: id },
    aliases: [alias],
  });

async function edge(alias: string, trusted: readonly string[] = []): Promise<string> {
  const container = await bench.start({
    image: edgeImage,
    command: ['caddy', 'run', '--config', '/etc/Caddyfile', '--adapter', 'caddyfile'],
    files: {
      '/etc/Caddyfile': caddyfile({
        upstream: { host: alias, port: innerPort },
        trusted,
        graceSeconds: 30,
      }),
    },
    tmpfs: ['/tmp', '/config', '/data'],
  });
  edges.push(container.id);
  const url = `http://${await bench.address(container)}:${EDGE_HTTP_PORT}`;
  await eventually(() => ask(`${url}/`));
  return url;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
): Promise<Answer> {
  return new Promise((done, fail) => {
    const { method = 'GET', headers, body } = options;
    const asked = request(url, { method, headers, timeout: 60_000, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        done({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          headers: response.headers,
        }),
      );
      response.on('error', fail);
    });
    asked.on('error', fail);
    asked.end(body);
  });
}

/** As much as Medusa takes of JSON. */
const smallBody = 'x'.repeat(90_000);

const headersOf = (answer: Answer) => JSON.parse(answer.body).headers as Record<string, string>;

beforeAll(async () => {
  const { images: found } = await images();
  nodeImage = found.node.ref;
  edgeImage = found.edge.ref;
});
afterAll(() => bench.close());

describe('forwarded headers', () => {
  const forged = {
    Host: 'shop.example.com',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Host': 'evil.test',
    'X-Real-IP': '203.0.113.7',
    Forwarded: 'for=203.0.113.7;proto=https',
  };

  beforeAll(() => backend('headers', 'only'));

  test('of a client are not believed', async () => {
    const url = await edge('headers');
    const seen = headersOf(await ask(`${url}/`, { headers: forged }));
    expect(seen).toMatchObject({
      host: 'shop.example.com',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.example.com',
    });
    expect(seen['x-forwarded-for']).not.toContain('203.0.113.7');
    expect([seen['x-real-ip'], seen['forwarded']]).toEqual([undefined, undefined]);
  });

  test('of a client are not believed where others are trusted', async () => {
    const url = await edge('headers', ['203.0.113.0/24', '2001:db8::/32']);
    const seen = headersOf(await ask(`${url}/`, { headers: forged }));
    expect(seen).toMatchObject({ 'x-forwarded-proto': 'http', host: 'shop.example.com' });
    expect(seen['x-forwarded-for']).not.toContain('203.0.113.7');
    expect([seen['x-real-ip'], seen['forwarded']]).toEqual([undefined, undefined]);
  });

  test('are believed of a proxy that is trusted, so that login cookies are set', async () => {
    const url = await edge('headers', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
    const seen = headersOf(await ask(`${url}/`, { headers: forged }));
    expect(seen).toMatchObject({
      host: 'shop.example.com',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.test',
    });
    expect(seen['x-forwarded-for']).toMatch(/^203\.0\.113\.7, /);
  });
});

describe('requests', () => {
  let url: string;
  beforeAll(async () => {
    await backend('requests', 'only');
    url = await edge('requests');
  });

  test('uploads pass up to the limit', async () => {
    const size = 80_000_000;
    const answer = await ask(`${url}/`, { method: 'POST', body: Buffer.alloc(size) });
    expect([answer.status, JSON.parse(answer.body).size]).toEqual([200, size]);
    const headers = { 'Content-Length': '100000000' };
    expect(await ask(`${url}/`, { method: 'POST', headers })).toMatchObject({
      status: 413,
      body: 'Request bodies of 100 MB and more are not accepted.',
    });
  });

  test('one that broke off after it was sent is repeated only when it is a GET', async () => {
    const count = async () => Number((await ask(`${url}/count`)).body);
    expect((await ask(`${url}/cut`, { method: 'POST', body: Buffer.from('x') })).status).toBe(502);
    expect(await count()).toBe(1);
    expect((await ask(`${url}/cut`)).status).toBe(502);
    expect(await count()).toBeGreaterThan(2);
  });

  test('are answered without saying by what, and browsers guess no types', async () => {
    const { headers } = await ask(`${url}/`);
    expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await ask(`${url}/typed`)).headers['x-content-type-options']).toBe('mine');
  });

  test('are logged without what could let somebody in', async () => {
    const credentials = {
      Authorization: 'Bearer logged-1',
      Cookie: 'connect.sid=logged-2',
      'x-medusa-access-token': 'logged-3',
    };
    const query = 'token=logged-4&lang=de&api_token=logged-5&code=logged-6&key=logged-7';
    await ask(`${url}/invite?${query}`, { headers: credentials });
    const line = await eventually(async () => {
      const found = (await logsOf(edges.at(-1) ?? ''))
        .split('\n')
        .find((text) => text.includes('/invite'));
      if (!found) throw new Error('not logged yet');
      return found;
    });
    expect(JSON.parse(line)).toMatchObject({
      status: 200,
      request: {
        method: 'GET',
        uri: '/invite?api_token=REDACTED&code=REDACTED&key=REDACTED&lang=de&token=REDACTED',
      },
    });
    expect(line).not.toContain('logged-');
  });

  test('the edge’s own health does not depend on the backend, and is not published', async () => {
    const lonely = await bench.start({
      image: edgeImage,
      command: ['caddy', 'run', '--config', '/etc/Caddyfile', '--adapter', 'caddyfile'],
      files: {
        '/etc/Caddyfile': caddyfile({
          upstream: { host: 'nobody', port: innerPort },
          trusted: [],
          graceSeconds: 30,
        }),
      },
      tmpfs: ['/tmp', '/config', '/data'],
    });
    const probe = `exec 3<>/dev/tcp/127.0.0.1/${EDGE_HEALTH_PORT} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3`;
    const answer = await eventually(() => execIn(lonely.id, ['bash', '-c', probe]));
    expect(answer).toContain('200 OK');
    const address = await bench.address(lonely);
    await expect(ask(`http://${address}:${EDGE_HEALTH_PORT}/`)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('replicas', () => {
  test('come and go without a failed request', async () => {
    const first: Docker.Container[] = [
      await backend('rolling', 'one'),
      await backend('rolling', 'two'),
    ];
    const url = await edge('rolling');
    const seen = new Set<string>();
    const failures: string[] = [];
    let going = true;
    const load = Array.from({ length: 4 }, async (_, worker) => {
      while (going) {
        const method = worker === 0 ? 'POST' : 'GET';
        const body = method === 'POST' ? Buffer.from(smallBody) : undefined;
        const answer = await ask(`${url}/`, { method, body }).catch((error: Error) => ({
          status: 0,
          body: error.message,
        }));
        if (answer.status === 200) {
          const { id, size } = JSON.parse(answer.body) as { id: string; size: number };
          seen.add(id);
          if (size !== (body?.length ?? 0)) failures.push(`${method} arrived with ${size} bytes`);
        } else failures.push(`${method} ${answer.status} ${answer.body}`);
      }
    });
    const slow: Promise<Answer>[] = [];
    for (const [index, old] of first.entries()) {
      await backend('rolling', `new ${index}`);
      await new Promise((done) => setTimeout(done, 3_000));
      slow.push(ask(`${url}/slow`), ask(`${url}/slow`, { method: 'POST' }));
      await new Promise((done) => setTimeout(done, 500));
      await old.stop({ t: 30 });
      // Drained and ended by itself, not killed.
      expect((await old.inspect()).State.ExitCode).toBe(0);
    }
    await new Promise((done) => setTimeout(done, 2_000));
    going = false;
    await Promise.all(load);
    expect(failures).toEqual([]);
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect([...seen].sort()).toEqual(['new 0', 'new 1', 'one', 'two']);
  });
});
