import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StackLockedError } from '../../../../src/cli/run/free-lock.ts';
import {
  aliveLock,
  describeLock,
  type ProcessState,
  readLocks,
  thisHost,
} from '../../../../src/cli/run/locks.ts';
import { folderWith } from '../../../support/unit/cli.ts';

const lock = {
  pid: 4711,
  username: 'ann',
  hostname: 'laptop',
  timestamp: '2026-01-02T03:04:05.678901Z',
};
const host = (state: ProcessState) => ({ hostname: 'laptop', look: () => state });

test('a lock may be alive unless its process is surely gone', () => {
  const alive = (state: ProcessState) => aliveLock([lock], host(state));
  expect(alive('gone')).toBeUndefined();
  expect(alive({ command: 'bash' })).toBeUndefined();
  expect(alive({ command: 'pulumi' })).toBe(lock);
  // The system does not tell what runs under that number.
  expect(alive({})).toBe(lock);
  expect(aliveLock([lock], { hostname: 'another', look: () => 'gone' })).toBe(lock);
});

test.each([
  ['an empty file', ''],
  ['half a file', '{"pid":4711,"usern'],
  ['another value', 'null'],
  ['an empty map', '{}'],
  ['no time', JSON.stringify({ ...lock, timestamp: 'yesterday' })],
  ['no process', JSON.stringify({ ...lock, pid: 'x' })],
])('%s is a damaged lock, which nobody holds', (_, text) => {
  const folder = folderWith({ 'locks/organization/shop/dev/1.json': text });
  const locks = readLocks(folder, 'shop', 'dev');
  expect(locks).toEqual([{ damagedFile: join(folder, 'locks/organization/shop/dev/1.json') }]);
  expect(aliveLock(locks)).toBeUndefined();
});

test('a process that lives, and one that does not', () => {
  expect(thisHost.look(process.pid)).not.toBe('gone');
  expect(thisHost.look(2 ** 22 + 1)).toBe('gone');
});

test('a killed process that nobody has asked for yet is gone', async () => {
  // The shell turns into sleep, which never asks for the child that the shell had started; the child
  // ends only then, or the shell would ask for it.
  const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 30']);
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const look = () => thisHost.look(Number(String(line)));
  await expect.poll(look, { timeout: 8_000 }).toBe('gone');
  expect(() => process.kill(Number(String(line)), 0)).not.toThrow();
});

test('the locks of one stack', () => {
  const folder = folderWith({
    'locks/organization/shop/dev/1.json': JSON.stringify(lock),
    'locks/organization/shop/dev/1.json.attrs': '{}',
    'locks/organization/shop/staging/2.json': JSON.stringify({ ...lock, pid: 1 }),
  });
  expect(readLocks(folder, 'shop', 'dev')).toEqual([lock]);
  expect(readLocks(folder, 'shop', 'prod')).toEqual([]);
});

test('who holds a stack', () => {
  expect(describeLock(lock)).toBe('ann@laptop, process 4711, since 2026-01-02 03:04:05 UTC');
  expect(new StackLockedError('dev', describeLock(lock)).message).toBe(
    'dev is locked by another update (ann@laptop, process 4711, since 2026-01-02 03:04:05 UTC); wait, or if that update was killed, run: medusa-infra cancel -s dev',
  );
});
