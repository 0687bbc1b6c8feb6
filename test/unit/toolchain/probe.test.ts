import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answers, findOnPath, once } from '../../../toolchain/probe.ts';
import { freePort } from '../../support/ports.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../../support/unit/folder.ts';

async function serve(status: number | 'silent'): Promise<string> {
  const server = createServer((_, response) => {
    if (status !== 'silent') response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('any HTTP status is an answer', async () => {
  expect(await answers(await serve(200))).toBe(true);
  expect(await answers(await serve(404))).toBe(true);
  expect(await answers(await serve(301))).toBe(true);
});

test('a refused connection is none, at once; silence is none, after three seconds', async () => {
  const start = Date.now();
  expect(await answers(`http://127.0.0.1:${await freePort()}`)).toBe(false);
  expect(Date.now() - start).toBeLessThan(2900);
  expect(await answers(await serve('silent'))).toBe(false);
  expect(Date.now() - start).toBeGreaterThan(2900);
});

test('a question is asked once', () => {
  let asked = 0;
  const ask = once(() => ++asked);
  expect([ask(), ask(), asked]).toEqual([1, 1, 1]);
});

test('a command is the first executable file on PATH', () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'a', 'tool'), { recursive: true });
  chmodSync(script(path.join(folder, 'b', 'tool'), ''), 0o644);
  const wanted = script(path.join(folder, 'c', 'tool'), '');
  script(path.join(folder, 'd', 'tool'), '');
  const PATH = ['', '.', 'a', 'b', 'c', 'd']
    .map((name) => (name.length === 1 && name !== '.' ? path.join(folder, name) : name))
    .join(':');
  expect(findOnPath('tool', { PATH })).toBe(wanted);
  expect(findOnPath('other', { PATH })).toBeUndefined();
  expect(findOnPath('tool', {})).toBeUndefined();
});
