import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { keepAliveScript } from '../../../../src/bundle.ts';
import { IDLE_TIMEOUT_SECONDS } from '../../../../src/container/keep-alive.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test.each([
  ['a script', "console.log(require('node:http').createServer().keepAliveTimeout)", 'commonjs'],
  [
    'a module',
    "import { createServer } from 'node:http'; console.log(createServer().keepAliveTimeout)",
    'module',
  ],
])('%s keeps connections for longer than the load balancer', async (_, program, kind) => {
  const script = join(temporaryFolder(), 'keep-alive.cjs');
  writeFileSync(script, keepAliveScript());
  const { stdout } = await execa(process.execPath, [
    `--require=${script}`,
    `--input-type=${kind}`,
    '--eval',
    program,
  ]);
  expect(Number(stdout)).toBeGreaterThan(IDLE_TIMEOUT_SECONDS * 1000);
});

test('a server gets what it is created with', async () => {
  const script = join(temporaryFolder(), 'keep-alive.cjs');
  writeFileSync(script, keepAliveScript());
  const program = `const server = require('node:http').createServer({ maxHeaderSize: 9000 }, () => {});
    console.log(server.maxHeaderSize, server.listenerCount('request'), server.headersTimeout)`;
  const { stdout } = await execa(process.execPath, [`--require=${script}`, '--eval', program]);
  expect(stdout).toBe('9000 1 80000');
});
