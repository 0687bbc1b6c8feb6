import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { StackLockedError } from '../../../../src/cli/run/free-lock.ts';
import {
  describeLock,
  isStale,
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

test('a lock is stale only when its process is surely gone', () => {
  expect(isStale(lock, host('gone'))).toBe(true);
  expect(isStale(lock, host({ command: 'bash' }))).toBe(true);
  expect(isStale(lock, host({ command: 'pulumi' }))).toBe(false);
  // The system does not tell what runs under that number.
  expect(isStale(lock, host({}))).toBe(false);
  expect(isStale(lock, { hostname: 'another', look: () => 'gone' })).toBe(false);
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
