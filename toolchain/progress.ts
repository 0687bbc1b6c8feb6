import type { Report } from './part.ts';

/** A piece of work with a name, which reports what it is doing. */
export interface Task {
  readonly title: string;
  run(report: Report): Promise<string>;
}

/** Tasks that run one after the other, next to those of other lanes. */
export type Lane = readonly Task[];

const HEARTBEAT_MS = 30_000;

/**
 * Runs lanes side by side and shows it: a live list on a terminal, plain lines otherwise (the start and the end of each
 * task, what it announces first, and a sign of life every 30 s, so that a long build in CI is not taken for dead).
 * Where a task fails, none is begun any more, and those that run are awaited.
 */
export async function runLanes(
  lanes: readonly Lane[],
  options: { log: (line: string) => void; terminal: boolean },
): Promise<void> {
  const failures: unknown[] = [];
  const guarded = lanes.map((lane) =>
    lane.map(({ title, run }) => ({
      title,
      run: async (report: Report) => {
        if (failures.length > 0) throw new NotBegun();
        try {
          return await run(report);
        } catch (error) {
          failures.push(error);
          throw error;
        }
      },
    })),
  );
  const ends = options.terminal
    ? [runOnTerminal(guarded)]
    : guarded.map((lane) => runPlainly(lane, options.log));
  await Promise.allSettled(ends);
  if (failures.length > 0) throw failures[0];
}

/** Of a task whose turn comes after another one has failed. */
class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

async function runOnTerminal(lanes: readonly Lane[]): Promise<void> {
  // Loaded here: a run that finds everything in place needs none of it.
  const { Listr } = await import('listr2');
  const inOrder = (lane: Lane) =>
    lane.map((task) => ({
      title: task.title,
      rendererOptions: { outputBar: 1, persistentOutput: false },
      task: async (_: unknown, line: { output: string; title: string }) => {
        line.title = `${task.title}: ${await task.run((text) => {
          line.output = text;
        })}`;
      },
    }));
  const list = new Listr(
    lanes.map((lane) => ({
      task: (_, line) => line.newListr(inOrder(lane), { concurrent: false, exitOnError: true }),
    })),
    { concurrent: true, exitOnError: false, renderer: 'default' },
  );
  await list.run();
}

async function runPlainly(lane: Lane, log: (line: string) => void): Promise<void> {
  for (const task of lane) {
    const start = Date.now();
    let latest = '';
    let announced = false;
    const heartbeat = setInterval(() => {
      log(`${task.title}: ${duration(Date.now() - start)}${latest ? `, ${latest}` : ''}`);
    }, HEARTBEAT_MS);
    try {
      const result = await task.run((line, news) => {
        if (!announced || news) log(`${task.title}: ${line}`);
        announced = true;
        latest = line;
      });
      log(`${task.title}: ${result} (${duration(Date.now() - start)})`);
    } finally {
      clearInterval(heartbeat);
    }
  }
}

/** `45 s` or `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
