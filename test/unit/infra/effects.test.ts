import { beforeEach, expect, test, vi } from 'vitest';

let settledEffects: typeof import('../../../infra/effects.ts')['settledEffects'];
let trackEffect: typeof import('../../../infra/effects.ts')['trackEffect'];

// A process runs one program after the other, but the test files of this one leave work that never ends.
beforeEach(async () => {
  vi.resetModules();
  ({ settledEffects, trackEffect } = await import('../../../infra/effects.ts'));
});

/** A promise and the two ways to end it. */
function deferred() {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

/** Without the runner's own look at what nobody handles, which is part of what is tested. */
async function withoutRunner(work: () => Promise<void>): Promise<void> {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const ignore = () => {};
  process.on('unhandledRejection', ignore);
  try {
    await work();
    // Node looks at what nobody handles after the microtasks.
    await new Promise((done) => setImmediate(done));
  } finally {
    process.off('unhandledRejection', ignore);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
}

test('without work there is nothing to wait for', async () => {
  await settledEffects();
});

test('waits for work, and for the work that it begins', async () => {
  const first = deferred();
  const second = deferred();
  void trackEffect(first.promise.then(() => void trackEffect(second.promise)));
  let settled = false;
  const waiting = settledEffects().then(() => {
    settled = true;
  });
  first.resolve();
  await new Promise((done) => setImmediate(done));
  expect(settled).toBe(false);
  second.resolve();
  await waiting;
  expect(settled).toBe(true);
});

test('fails with the first failure, though other work never ends', () =>
  withoutRunner(async () => {
    void trackEffect(deferred().promise);
    const failing = deferred();
    void trackEffect(failing.promise);
    failing.reject(new Error('no route'));
    await expect(settledEffects()).rejects.toThrow('no route');
    // The next program of this process starts afresh.
    await settledEffects();
  }));

test('fails with what failed before anybody waited', () =>
  withoutRunner(async () => {
    void trackEffect(Promise.reject(new Error('too early')));
    void trackEffect(deferred().promise);
    await new Promise((done) => setImmediate(done));
    await expect(settledEffects()).rejects.toThrow('too early');
  }));

test('fails with any failure that nobody handles: its work may never begin', () =>
  withoutRunner(async () => {
    void trackEffect(deferred().promise);
    const waiting = settledEffects();
    void Promise.reject(new Error('the network is gone'));
    await expect(waiting).rejects.toThrow('the network is gone');
  }));
