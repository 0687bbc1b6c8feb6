import type { Report } from './part.ts';

/** A piece of work with a name, which reports what it is doing. */
export interface Task {
  readonly title: string;
  run(report: Report): Promise<string>;
}

const HEARTBEAT_MS = 30_000;

/**
 * Runs tasks one after the other and shows it: a live list on a terminal, plain lines otherwise (the start and the end
 * of each, what it announces first, and a sign of life every 30 s, so that a long build in CI is not taken for dead).
 */
export async function runTasks(
  tasks: readonly Task[],
  options: { log: (line: string) => void; terminal: boolean },
): Promise<void> {
  if (options.terminal) await runOnTerminal(tasks);
  else await runPlainly(tasks, options.log);
}

async function runOnTerminal(tasks: readonly Task[]): Promise<void> {
  // Loaded here: a run that finds everything in place needs none of it.
  const { Listr } = await import('listr2');
  const list = new Listr(
    tasks.map((task) => ({
      title: task.title,
      rendererOptions: { outputBar: 1, persistentOutput: false },
      task: async (_: unknown, line: { output: string; title: string }) => {
        line.title = `${task.title}: ${await task.run((text) => {
          line.output = text;
        })}`;
      },
    })),
    { concurrent: false, renderer: 'default' },
  );
  await list.run();
}

async function runPlainly(tasks: readonly Task[], log: (line: string) => void): Promise<void> {
  for (const task of tasks) {
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
