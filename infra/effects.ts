/** Work of the program that feeds no resource, or may not: Pulumi would not wait for it. */
const running = new Set<Promise<unknown>>();
let failure: { readonly error: unknown } | undefined;

/** Lets the program end only after this work, and fail with it. */
export function trackEffect<T>(work: Promise<T>): Promise<T> {
  running.add(work);
  // The failure stays unhandled, which Pulumi reports in a program that does not wait for it.
  void work
    .catch((error: unknown) => {
      failure ??= { error };
      throw error;
    })
    .finally(() => running.delete(work));
  return work;
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
