import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from '../../../toolchain/lock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('two runs take turns, and the second one learns that it waits', async () => {
  const folder = temporaryFolder();
  const events: string[] = [];
  const moments = new EventEmitter();
  const [firstRuns, secondWaits] = [once(moments, 'first runs'), once(moments, 'second waits')];
  const first = withLock(
    folder,
    async () => {
      events.push('first begins');
      moments.emit('first runs');
      await secondWaits;
      events.push('first ends');
    },
    () => events.push('first waits'),
  );
  await firstRuns;
  const second = withLock(
    folder,
    async () => {
      events.push('second runs');
    },
    () => {
      events.push('second waits');
      moments.emit('second waits');
    },
  );
  await Promise.all([first, second]);
  expect(events).toEqual(['first begins', 'second waits', 'first ends', 'second runs']);
});

test('the lock of a process that was killed is taken over', async () => {
  const folder = temporaryFolder();
  const left = path.join(folder, 'lock');
  mkdirSync(left);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(left, longAgo, longAgo);
  let waited = false;
  const result = await withLock(
    folder,
    async () => 'done',
    () => {
      waited = true;
    },
  );
  expect({ result, waited }).toEqual({ result: 'done', waited: false });
});

test('work that fails gives the lock back', async () => {
  const folder = temporaryFolder();
  const failing = withLock(
    folder,
    async () => {
      throw new Error('compiler');
    },
    () => undefined,
  );
  await expect(failing).rejects.toThrow('compiler');
  expect(existsSync(path.join(folder, 'lock'))).toBe(false);
});
