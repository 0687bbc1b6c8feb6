import { ConstantLoad, type LoadOptions } from '../load/constant-load.ts';
import { percentile } from '../load/percentile.ts';
import type { Failure } from '../load/request.ts';
import type { BenchStack } from './bench-stack.ts';

/** What a load saw while something was done to the stack. */
export interface Measured {
  readonly scenario: string;
  /** Of what was done; 0 at rest. */
  readonly commandSeconds: number;
  /** Of the load: it begins before and ends after. */
  readonly seconds: number;
  readonly requests: number;
  /** Right answers a second: below the rate of the load where the store could not carry it. */
  readonly rate: number;
  readonly failures: readonly Failure[];
  /** Sessions and tokens that were in use, and those that were refused with 401. */
  readonly logins: number;
  readonly lostLogins: number;
  /** Milliseconds from when a request was due until it was answered. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** One kind of write: how many were asked for, answered well, and are in the database. */
  readonly writes: { readonly asked: number; readonly answered: number; readonly stored: number };
  /** More than 16 where the edge closed some. */
  readonly connectionsOpened: number;
  /** Why what was done did not come out as it must. */
  readonly problem?: string;
}

export interface UnderLoadOptions extends Pick<LoadOptions, 'rate'> {
  /** The load goes on for so many seconds before what is done. @default 3 */
  readonly leadSeconds?: number;
  /** The same after it. @default 5 */
  readonly tailSeconds?: number;
}

/**
 * Does something to the stack under constant load, and says what the load saw; what goes wrong in it
 * is part of the result. Throws where the store lets nobody log in beforehand.
 */
export async function underLoad(
  stack: BenchStack,
  scenario: string,
  change: () => Promise<unknown>,
  { rate, leadSeconds = 3, tailSeconds = 5 }: UnderLoadOptions = {},
): Promise<Measured> {
  const mix = await stack.openMix();
  const load = new ConstantLoad(() => mix.next(), { origin: stack.origin, rate }).start();
  await seconds(leadSeconds);
  const began = performance.now();
  const problem = await change().then(
    () => undefined,
    (error: Error) => error.message,
  );
  const commandSeconds = (performance.now() - began) / 1000;
  await seconds(tailSeconds);
  const run = await load.stop();
  return {
    scenario,
    commandSeconds,
    seconds: run.seconds,
    requests: run.requests,
    rate: (run.requests - run.failures.length) / run.seconds,
    failures: run.failures,
    logins: mix.logins.count,
    lostLogins: mix.logins.lost,
    p50: percentile(run.latencies, 50),
    p99: percentile(run.latencies, 99),
    slowest: percentile(run.latencies, 100),
    writes: {
      asked: mix.notesAsked,
      answered: mix.notesAnswered,
      stored: await stack.notesStored(mix.mark),
    },
    connectionsOpened: run.connectionsOpened,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What breaks the promise in a measurement, one line each; none when it is kept. */
export function broken(measured: Measured): string[] {
  const { failures, lostLogins, logins, writes, problem } = measured;
  const lines: string[] = [];
  if (problem !== undefined) lines.push(problem);
  if (failures.length > 0) lines.push(`${failures.length} of ${measured.requests} requests failed`);
  if (lostLogins > 0) lines.push(`${lostLogins} of ${logins} logins were lost`);
  // A write that failed may or may not be there; one that was answered must be, once.
  if (writes.stored < writes.answered || writes.stored > writes.asked) {
    lines.push(
      `of ${writes.asked} writes ${writes.answered} were answered and ${writes.stored} are stored`,
    );
  }
  return lines;
}

function seconds(count: number): Promise<void> {
  return new Promise((over) => setTimeout(over, count * 1000));
}
