import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StackLockedError } from '../../../../src/cli/run/free-lock.ts';
import { forgetHolders, noteHolder, thisSpace } from '../../../../src/cli/run/lock-holder.ts';
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
  holders: [],
};
const space = { machine: 'a1', boot: 'b1', namespace: 'pid:[1]' };
const host = (state: ProcessState, booted = '2026-01-01T00:00:00Z') => ({
  hostname: 'laptop',
  space,
  booted: Date.parse(booted),
  look: () => state,
});

test('a lock may be alive unless its process is surely gone', () => {
  const alive = (state: ProcessState) => aliveLock([lock], host(state));
  expect(alive('gone')).toBeUndefined();
  expect(alive({ command: 'bash' })).toBeUndefined();
  expect(alive({ command: 'pulumi' })).toBe(lock);
  // The system does not tell what runs under that number.
  expect(alive({})).toBe(lock);
  expect(aliveLock([lock], { ...host('gone'), hostname: 'another' })).toBe(lock);
});

test.each([
  ['here', space, false],
  ['in a container with the name of this host', { ...space, namespace: 'pid:[2]' }, true],
  ['on a machine with the name of this one', { machine: 'a2', boot: 'b2', namespace: '' }, true],
  ['on a copy of this machine', { ...space, boot: 'b2' }, true],
])('a lock of a process that ran %s', (_, holder, alive) => {
  const noted = { ...lock, holders: [holder] };
  expect(aliveLock([noted], host('gone'))).toBe(alive ? noted : undefined);
  expect(aliveLock([{ ...noted, holders: [space, holder] }], host('gone')) !== undefined).toBe(
    alive,
  );
});

test('a lock from before this machine was started again is gone', () => {
  const noted = { ...lock, holders: [{ ...space, boot: 'b0' }] };
  expect(aliveLock([noted], host('gone', '2026-01-03T00:00:00Z'))).toBeUndefined();
});

test('where the process of an update runs is noted as long as it runs', () => {
  const folder = folderWith({ 'locks/organization/shop/dev/1.json': JSON.stringify(lock) });
  const holders = () =>
    readLocks(folder, 'shop', 'dev').flatMap((each) => ('pid' in each ? each.holders : []));
  expect(holders()).toEqual([]);
  noteHolder(folder, 'shop', 'dev', 471);
  const forget = noteHolder(folder, 'shop', 'dev', lock.pid);
  expect(holders()).toEqual([thisSpace()]);
  expect(thisSpace().namespace).toMatch(/^pid:\[\d+\]$/);
  forget();
  expect(holders()).toEqual([]);
  noteHolder(folder, 'shop', 'dev', lock.pid);
  forgetHolders(folder, 'shop', 'dev');
  expect(holders()).toEqual([]);
  // No folder can be made below a file: the update itself says why.
  noteHolder(join(folder, 'locks/organization/shop/dev/1.json'), 'shop', 'dev', 1)();
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

test('a lock that was never renamed, as on a full disk, is damaged once it is not being written', () => {
  const name = 'locks/organization/shop/dev/1.json.0a1b2c.tmp';
  const folder = folderWith({ [name]: '' });
  const file = join(folder, name);
  expect(readLocks(folder, 'shop', 'dev')).toEqual([]);
  utimesSync(file, new Date(), new Date(Date.now() - 10_000));
  expect(readLocks(folder, 'shop', 'dev')).toEqual([{ damagedFile: file }]);
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
