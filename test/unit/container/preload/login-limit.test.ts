import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { loginLimitScript } from '../../../../src/bundle.ts';
import type { LoginLimitConfig } from '../../../../src/container/logins/config.ts';
import { LOGIN_PATH } from '../../../../src/logins.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const config: LoginLimitConfig = {
  requests: 1,
  windowSeconds: 300,
  path: LOGIN_PATH,
  trusted: [],
  redis: false,
};

/** Runs a program that the script is loaded before, and returns what it printed. */
async function run(program: string, settings = JSON.stringify(config)) {
  const folder = temporaryFolder();
  const script = join(folder, 'login-limit.cjs');
  writeFileSync(script, loginLimitScript());
  if (settings !== '') writeFileSync(join(folder, 'login-limit.json'), settings);
  const { stdout, stderr } = await execa(
    process.execPath,
    [`--require=${script}`, '--input-type=module', '--eval', program],
    {
      env: {
        STORE_CORS: 'https://shop.example.com,/\\.shop\\.example$/',
        ADMIN_CORS: '/[/',
      },
    },
  );
  return { lines: stdout.split('\n'), stderr };
}

/** A store that reads each body, and answers with its path and the body's size. */
const store = `
  import http, { createServer } from 'node:http';
  const listener = (request, response) => {
    let size = 0;
    request.on('data', (chunk) => { size += chunk.length; });
    request.on('end', () => response.end(request.url + ' ' + size));
  };
  const started = (server) => new Promise((done) =>
    server.listen(0, '127.0.0.1', () => done('http://127.0.0.1:' + server.address().port)));
  const send = async (url, body, headers = {}) => {
    const response = await fetch(url, { method: 'POST', body, headers });
    return [response, await response.text()];
  };
`;

test('a log-in over the limit is answered at once, and the store never sees it', async () => {
  const { lines, stderr } = await run(`${store}
    let seen = 0;
    const server = createServer((...args) => { seen += 1; listener(...args); });
    const url = await started(server);
    for (const body of ['a', 'b', 'c'.repeat(2e6), '']) {
      const [{ status, headers }, text] = await send(url + '/admin/auth', body);
      console.log(status, headers.get('retry-after'), text);
    }
    console.log((await send(url + '/admin/products', 'x'))[1]);
    console.log((await fetch(url + '/admin/auth')).status, seen);
    server.close();
    server.closeAllConnections();
  `);
  const refused =
    '{"code":"too_many_requests","type":"not_allowed","message":"Too many log-ins from this address; try again in 300 seconds"}';
  expect(lines).toEqual([
    '200 null /admin/auth 1',
    ...Array(3).fill(`429 300 ${refused}`),
    '/admin/products 1',
    '200 3',
  ]);
  expect(stderr).toBe('');
});

test('the count is gone after the window', async () => {
  const program = `${store}
    const server = createServer(listener);
    const url = await started(server);
    const status = async () => (await send(url + '/admin/auth', 'x'))[0].status;
    console.log(await status(), await status());
    const refusedAt = Date.now();
    let last;
    do { last = await status(); } while (last === 429 && Date.now() < refusedAt + 20_000);
    console.log(last);
    server.close();
    server.closeAllConnections();
  `;
  const { lines } = await run(program, JSON.stringify({ ...config, windowSeconds: 3 }));
  expect(lines).toEqual(['200 429', '200']);
});

test.each([
  ['new Server', 'new http.Server(listener)'],
  ['a listener that is added later', "http.createServer().on('request', listener)"],
])('every server is limited: %s', async (_, made) => {
  const { lines } = await run(`${store}
    const server = ${made};
    const url = await started(server);
    const first = await send(url + '/store/auth', 'x');
    const second = await send(url + '/store/auth', 'x');
    console.log(first[0].status, second[0].status);
    server.close();
    server.closeAllConnections();
  `);
  expect(lines).toEqual(['200 429']);
});

test('a page of the store’s own origins may read the answer, no other', async () => {
  const { lines } = await run(`${store}
    const server = createServer(listener);
    const url = await started(server);
    await send(url + '/store/auth', 'x');
    for (const origin of ['https://shop.example.com', 'https://a.shop.example', 'https://other.test']) {
      const [{ headers }] = await send(url + '/store/auth', 'x', { origin });
      console.log(headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials'));
    }
    server.close();
    server.closeAllConnections();
  `);
  expect(lines).toEqual([
    'https://shop.example.com true',
    'https://a.shop.example true',
    'null null',
  ]);
});

test('what a listener throws ends the process, as without the script', async () => {
  const { lines } = await run(`${store}
    process.on('uncaughtException', ({ message }) => { console.log(message); process.exit(); });
    const server = createServer(() => { throw new Error('from the store'); });
    send(await started(server) + '/store/auth', 'x');
  `);
  expect(lines).toEqual(['from the store']);
});

test.each([
  ['', /ENOENT/],
  ['{', /JSON/],
  ['{"path":"("}', /Invalid regular expression/],
])('settings that are no settings, %j, stop nothing', async (settings, reason) => {
  const { lines, stderr } = await run("console.log('runs')", settings);
  expect(lines).toEqual(['runs']);
  expect(stderr).toMatch(/^medusa-infra: log-ins are not limited: /);
  expect(stderr).toMatch(reason);
});
