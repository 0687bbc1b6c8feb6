import { killTree, processesWith } from './processes.ts';
import type { RunOptions, TestProject } from './project.ts';

/** How often it is looked whether a moment has come, in milliseconds. */
const LOOK_EVERY = 50;
const DEATH_MILLISECONDS = 20_000;

/**
 * Starts the command and kills it, with all that it started, as soon as `reached` says so; returns what
 * it had printed by then. Throws when it ends by itself before, and when anything of it is still alive.
 * @param reached gets what was printed so far
 */
export async function runKilledWhen(
  project: TestProject,
  args: readonly string[],
  moment: string,
  reached: (printed: string) => boolean | Promise<boolean>,
  options: RunOptions = {},
): Promise<string> {
  const running = project.start(args, options);
  let printed = '';
  for (const stream of [running.stdout, running.stderr]) {
    stream.on('data', (data: Buffer) => {
      printed += data.toString();
    });
  }
  let ended = false;
  const end = running.then(() => {
    ended = true;
  });
  try {
    while (!(await reached(printed))) {
      if (ended) throw new Error(`${args[0]} ended before ${moment}:\n${printed}`);
      await new Promise((next) => setTimeout(next, LOOK_EVERY));
    }
  } finally {
    if (running.pid !== undefined && !ended) killTree(running.pid);
    await end;
    project.transcript.push(printed);
  }
  await awaitDeath(project.folder);
  return printed;
}

/** A process that was killed is gone a moment later; all of a project's name its folder. */
async function awaitDeath(folder: string): Promise<void> {
  const deadline = Date.now() + DEATH_MILLISECONDS;
  for (;;) {
    const alive = processesWith(folder);
    if (alive.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`still alive after the kill: ${alive.join(', ')}`);
    }
    await new Promise((next) => setTimeout(next, LOOK_EVERY));
  }
}
