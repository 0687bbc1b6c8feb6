/** Work of the program that feeds no resource, or may not: Pulumi would not wait for it. */
const running = new Set<Promise<unknown>>();
let failure: { readonly error: unknown } | undefined;

/**
 * Lets the program end only after this work, and fail with it.
 * @returns the same work; a failure of it that nobody handles is one that Pulumi reports
 */
export function trackEffect<T>(work: Promise<T>): Promise<T> {
  const ended = () => running.delete(work);
  running.add(work);
  work.then(ended, (error: unknown) => {
    failure ??= { error };
    ended();
  });
  return work.then((result) => result);
}

/**
 * Resolves when all tracked work is done, the work that it began included. Rejects with the first failure: of the work,
 * or of anything else in the program that nobody handles, since then some work may never begin.
 */
export async function settledEffects(): Promise<void> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Node must not count it as unhandled itself.
  failed.catch(() => {});
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  try {
    while (running.size > 0 && !failure) await Promise.race([Promise.all(running), failed]);
    if (failure) throw failure.error;
  } finally {
    running.clear();
    failure = undefined;
    process.off('unhandledRejection', fail);
    process.off('uncaughtException', fail);
  }
}
