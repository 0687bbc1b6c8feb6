import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineFacts } from '../machine.ts';
import { say, writeReadme } from '../report.ts';
import { BenchStack } from './bench-stack.ts';
import { scenarios } from './scenarios.ts';
import { failureLines, table, verdict } from './table.ts';
import { broken, type Measured, underLoad } from './under-load.ts';
import { type StackMachine, stackMachineText, versions } from './versions.ts';

export interface RotationOptions {
  /** How long the measurement at rest takes. */
  readonly secondsAtRest: number;
  /** Requests a second. */
  readonly rate: number;
  /** Names of scenarios; all where none is named. */
  readonly only?: readonly string[];
  /** Prints one JSON document in place of the table. */
  readonly json: boolean;
  /** Puts the table into bench/README.md. */
  readonly writeReadme: boolean;
  /** Folder that gets the edge's log after each scenario that broke the promise. */
  readonly logs?: string;
}

/**
 * Deploys the store, performs an operator's actions under load, and prints what the load saw.
 * @returns 0 where no request failed and no login was lost, 1 otherwise
 */
export async function rotationBench(options: RotationOptions): Promise<number> {
  const facts = machineFacts();
  const stack = await BenchStack.create();
  const giveUp = (signal: NodeJS.Signals) => {
    say(`${signal}: removing all that was made`);
    stack.abandon();
    // The project removes what it made when the process ends.
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, giveUp);
  try {
    say(`starting the store on two replicas at ${stack.origin}`);
    const { seconds } = await stack.up();
    say(`up after ${seconds.toFixed(0)} s`);
    const machine: StackMachine = { ...facts, ...(await versions(stack)) };
    const measurements: Measured[] = [];
    // What was measured until then is printed however the rest goes.
    const stopped = await measureAll(stack, options, measurements).catch((error: Error) => error);
    const text = [table(measurements), stackMachineText(machine), verdict(measurements)].join(
      '\n\n',
    );
    const json = JSON.stringify({ machine, measurements }, undefined, 2);
    process.stdout.write(`${options.json ? json : text}\n`);
    if (options.writeReadme && !stopped) writeReadme('rotation', text);
    if (stopped) say(`went no further: ${stopped.message}`);
    const kept = measurements.every((measured) => broken(measured).length === 0);
    return kept && !stopped ? 0 : 1;
  } finally {
    await stack.close();
  }
}

async function measureAll(
  stack: BenchStack,
  options: RotationOptions,
  measurements: Measured[],
): Promise<void> {
  const wanted = scenarios.filter(({ name }) => options.only?.includes(name) ?? true);
  say('warming up');
  await underLoad(stack, 'warming up', () => pause(5), options);
  const atRest = () => pause(options.secondsAtRest);
  measurements.push(await measure(stack, options, 'rest', 'at rest', atRest));
  for (const { name, title, change } of wanted) {
    measurements.push(await measure(stack, options, name, title, () => change(stack)));
  }
}

async function measure(
  stack: BenchStack,
  options: RotationOptions,
  name: string,
  title: string,
  change: () => Promise<unknown>,
): Promise<Measured> {
  say(title);
  const measured = await underLoad(stack, title, change, options);
  const problems = broken(measured);
  say(
    `  ${measured.requests} requests, ${measured.rate.toFixed(1)} a second, p50 ${measured.p50.toFixed(0)} ms, ` +
      `p99 ${measured.p99.toFixed(0)} ms; ${problems.length === 0 ? 'none failed' : 'BROKEN'}`,
  );
  for (const line of [...problems, ...failureLines(measured)]) say(`  ${line}`);
  if (problems.length > 0 && options.logs !== undefined) {
    mkdirSync(options.logs, { recursive: true });
    say(`  the edge's log: ${await stack.saveEdgeLog(options.logs, name)}`);
  }
  return measured;
}

function pause(seconds: number): Promise<void> {
  return sleep(seconds * 1000);
}
