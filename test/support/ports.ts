import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that the system gives to whoever asks for any (from 32768 on Linux): Pulumi's processes
 * listen on dozens of those, and one found free there may be taken before it is used.
 */
const RANGE = { from: 20_000, to: 32_000 };

/**
 * Test files that run side by side have a part of the range each (by vitest's number of the worker): a port
 * is found long before an engine publishes it, and two of them must not find the same one meanwhile.
 */
const PARTS = 4;
const part = Number(process.env['VITEST_POOL_ID'] ?? 0) % PARTS;
const size = (RANGE.to - RANGE.from) / PARTS;
const from = RANGE.from + part * size;
const given = new Set<number>();

/** A TCP port that nobody listens on right now, and that no other call of this test file has got. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(from, from + size);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port from ${from} to ${from + size}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '0.0.0.0', () => server.close(() => done(true)));
  });
}
