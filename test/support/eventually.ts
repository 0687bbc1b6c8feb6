import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tries until `check` does not throw any more.
 * @returns what it returns
 * @throws its last error, after the time limit
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { seconds = 60, everyMilliseconds = 100 } = {},
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(everyMilliseconds);
    }
  }
}
