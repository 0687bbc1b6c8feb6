import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { get } from 'node:https';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type Docker from 'dockerode';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EDGE_FILES } from '../../../src/derive/docker/edge-files.ts';
import { administratorOf } from '../../support/administrator.ts';
import { docker, execIn, logsOf, runningOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { images } from '../../support/plain-container.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { productsAlone, shopStack } from '../../support/stacks.ts';

// A production-like stack that ends TLS itself: first by its own authority, then by one that is asked
// over ACME. Caddy is that ACME server too, in a separate container on the stack's network.
const shopHost = 'shop.localhost';
let project: TestProject;
let port: number;
let httpPort: number;
let url: string;
let root: string;
const extra: Docker.Container[] = [];

type Edge = Record<string, unknown>;

function writeStack(edge: Edge = {}): void {
  const { backend, modules: _, ...rest } = shopStack(port);
  project.writeStack('staging', {
    ...rest,
    environment: 'staging',
    backend: { ...backend, health: { start: '600s' } },
    edge: { host: shopHost, port, tls: 'auto', httpPort, ...edge },
    cors: { admin: ['https://admin.example.com'], store: ['https://shop.example.com'] },
    accept: [productsAlone],
  });
}

/** The stack's host is this machine. */
const lookup: LookupFunction = (_host, { all }, done) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

/** A client that trusts `ca` alone. */
const client = (ca: string) => new Agent({ connect: { ca, lookup } });

async function send(
  target: string,
  options: {
    method?: 'GET' | 'POST';
    document?: unknown;
    headers?: Record<string, string>;
  } = {},
) {
  const { method = 'GET', document, headers = {} } = options;
  const dispatcher = client(root);
  const answer = await request(target, {
    method,
    dispatcher,
    headers: { 'content-type': 'application/json', ...headers },
    body: document === undefined ? null : JSON.stringify(document),
  });
  const body = await answer.body.text();
  await dispatcher.close();
  return { status: answer.statusCode, headers: answer.headers, body };
}

/** The certificate that the edge serves, checked against nothing. */
function served(): Promise<X509Certificate> {
  return new Promise((done, fail) => {
    const socket = connect(
      { port, host: '127.0.0.1', servername: shopHost, rejectUnauthorized: false },
      () => {
        const { raw } = socket.getPeerCertificate();
        socket.destroy();
        done(new X509Certificate(raw));
      },
    );
    socket.once('error', fail);
  });
}

async function edgeId(): Promise<string> {
  const [edge] = await runningOf(project.name, 'staging', 'edge');
  return edge?.id ?? '';
}

const status = async () => {
  const { stdout } = await project.run(['status', '-s', 'staging', '--json']);
  return JSON.parse(stdout) as {
    ok: boolean;
    health: { ok: boolean; trust?: string; text: string };
  };
};

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  port = await freePort();
  httpPort = await freePort();
  url = `https://${shopHost}:${port}`;
  writeStack();
  await project.up('staging');
  root = await execIn(await edgeId(), ['cat', EDGE_FILES.localRoot]);
});

afterAll(async () => {
  await Promise.all(extra.map((container) => container.remove({ force: true, v: true })));
  await project.cleanup();
});

describe('a host that no public authority knows', () => {
  test('has a certificate of the edge’s own authority, whose root verifies the chain', async () => {
    expect((await send(`${url}/store/products`)).status).toBe(200);
    await expect(request(url, { dispatcher: client((await served()).toString()) })).rejects.toThrow(
      /unable to (get|verify)/,
    );
    expect((await served()).subjectAltName).toBe(`DNS:${shopHost}`);
  });

  test('is answered over HTTP/2 too', async () => {
    const session = connectHttp2(url, {
      ca: root,
      lookup,
    });
    const stream = session.request({ ':path': '/health' });
    const code = await new Promise((done, fail) => {
      stream.once('response', (headers) => done(headers[':status']));
      session.once('error', fail);
    });
    session.destroy();
    expect(code).toBe(200);
  });

  test('sends plain HTTP to https, with path, query and method kept', async () => {
    const answer = await send(`http://${shopHost}:${httpPort}/store/products?limit=1&q=a%20b`, {
      method: 'POST',
    });
    expect(answer.status).toBe(308);
    expect(answer.headers['location']).toBe(`${url}/store/products?limit=1&q=a%20b`);
  });

  test('refuses another name under the same address', async () => {
    const options = {
      ca: root,
      lookup,
      headers: { host: 'other.localhost' },
      servername: shopHost,
    };
    const code = await new Promise((done, fail) => {
      get(url, options, (response) => done(response.resume().statusCode)).once('error', fail);
    });
    expect(code).toBe(421);
  });

  test('logs an admin in with a secure cookie, and keeps the session', async () => {
    const login = await administratorOf(project.name, 'staging');
    const answer = await send(`${url}/admin/auth`, { method: 'POST', document: login });
    expect(answer.status).toBe(200);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=None/);
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect((await send(`${url}/admin/auth`, { headers: session })).status).toBe(200);
    expect((await send(`${url}/admin/auth`)).status).toBe(401);
  });

  test('does not bind browsers to https on every port of a developer’s machine', async () => {
    expect((await send(`${url}/health`)).headers['strict-transport-security']).toBeUndefined();
  });

  test('is healthy for status, which says what it relied on', async () => {
    expect(await status()).toMatchObject({
      ok: true,
      health: {
        trust: "the edge's own authority",
        text: expect.stringContaining('200 OK'),
      },
    });
    const { stderr } = await project.run(['status', '-s', 'staging']);
    expect(stderr).toContain(
      `docker cp ${project.name}-staging-edge:/data/tls/pki/authorities/local/root.crt edge-root.crt`,
    );
  });

  test('is not changed by a second up, nor by a restart', async () => {
    const { code, stdout, stderr } = await project.run([
      'preview',
      '-s',
      'staging',
      '--expect-no-changes',
    ]);
    expect(code, `${stdout}${stderr}`).toBe(0);
    const { serialNumber } = await served();
    await docker.getContainer(await edgeId()).restart({ t: 10 });
    await eventually(async () => expect((await send(`${url}/health`)).status).toBe(200));
    expect((await served()).serialNumber).toBe(serialNumber);
  });
});

describe('an ACME server', () => {
  const ACME_PORT = 9443;
  const ACME = `{
	admin off
	http_port 9080
	https_port ${ACME_PORT}
	skip_install_trust
	storage file_system {
		root /srv/tls
	}
}
https://acme.localhost:${ACME_PORT} {
	tls internal
	acme_server
}
`;
  const FORWARD = `
    const net = require('node:net');
    const forward = (port, there) => net.createServer((from) => {
      const to = net.connect(there, 'edge');
      from.pipe(to).pipe(from);
      from.on('error', () => to.destroy());
      to.on('error', () => from.destroy());
    }).listen(port);
    forward(80, 8080);
    forward(443, 8443);
  `;

  async function start(
    alias: string,
    options: Docker.ContainerCreateOptions,
  ): Promise<Docker.Container> {
    const network = `${project.name}-staging`;
    const container = await docker.createContainer({
      ...options,
      name: `${network}-${alias.replaceAll('.', '-')}`,
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [alias] } } },
    });
    extra.push(container);
    await container.start();
    return container;
  }

  test('is asked for a certificate without the edge being replaced, and renewal is its business', async () => {
    const { images: found } = await images();
    const server = await start('acme.localhost', {
      Image: found.edge.ref,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [
        `printf %s "$ACME" > /tmp/acme && exec caddy run --config /tmp/acme --adapter caddyfile`,
      ],
      Env: [`ACME=${ACME}`],
    });
    // What the internet does otherwise: the host's name leads to the edge's ports.
    await start(shopHost, { Image: found.node.ref, Entrypoint: ['node', '-e', FORWARD] });
    await eventually(() =>
      execIn(server.id, [
        'bash',
        '-c',
        `exec 3<>/dev/tcp/${shopHost}/80 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 308 ' <&3`,
      ]),
    );
    const ca = await eventually(() =>
      execIn(server.id, ['cat', '/srv/tls/pki/authorities/local/root.crt']),
    );
    writeFileSync(join(project.folder, 'stacks', 'acme-ca.pem'), ca);
    writeStack({
      acme: {
        directory: `https://acme.localhost:${ACME_PORT}/acme/local/directory`,
        ca: './acme-ca.pem',
        email: 'ops@example.com',
      },
    });
    const before = await edgeId();
    await project.up('staging');
    expect(await edgeId()).toBe(before);
    const issued = await eventually(
      async () => {
        root = ca;
        expect((await send(`${url}/health`)).status).toBe(200);
        return served();
      },
      { seconds: 100 },
    ).catch(async (error: Error) => {
      const lines = (await logsOf(before)).split('\n').filter((line) => /acme|obtain/.test(line));
      throw new Error(`${error.message}; the edge says:\n${lines.slice(-20).join('\n')}`);
    });
    expect(issued.subjectAltName).toBe(`DNS:${shopHost}`);
    expect(await status()).toMatchObject({
      ok: true,
      health: { trust: 'the authority in edge.acme.ca' },
    });
  });

  test('that is down leaves the certificate that it issued', async () => {
    const { serialNumber } = await served();
    await extra[0]?.stop({ t: 1 });
    await docker.getContainer(await edgeId()).restart({ t: 10 });
    await eventually(async () => expect((await send(`${url}/health`)).status).toBe(200));
    expect((await served()).serialNumber).toBe(serialNumber);
  });

  test('that has never answered is stood in for by the edge’s own authority', async () => {
    const other = 'new.shop.localhost';
    const edge = await edgeId();
    writeStack({ host: other, acme: { directory: 'https://nobody.localhost/directory' } });
    await project.up('staging');
    expect(await edgeId()).toBe(edge);
    root = await execIn(edge, ['cat', EDGE_FILES.localRoot]);
    await eventually(async () =>
      expect((await send(`https://${other}:${port}/health`)).status).toBe(200),
    );
    const { health } = await status();
    expect(health).toMatchObject({ ok: true, trust: "the edge's own authority" });
  });
});
