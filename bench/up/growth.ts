import { freePort } from '../../test/support/ports.ts';
import type { TestProject } from '../../test/support/project.ts';
import { shopStack } from '../../test/support/stacks.ts';
import { median } from '../median.ts';
import { say } from '../report.ts';
import { timed } from '../timed.ts';

/** What an `up` that changes nothing costs where a stack, or the number of stacks, is of this size. */
export interface Grown {
  readonly what: string;
  readonly size: number;
  readonly median: number;
}

const SIZES = { replicas: [1, 5, 20], variables: [10, 100, 1000], stacks: [1, 10, 30] } as const;
/** Small enough that 20 of them share two cores and start in time. */
const SMALL = { cpu: '500m', memory: '512Mi' };

/**
 * Grows a stack, and then the number of stacks on the engine, and times the first stack's `up` at each size.
 * @returns all sizes in order, at the end what the last of all stacks costs
 */
export async function growth(project: TestProject, runs: number): Promise<Grown[]> {
  const grown: Grown[] = [];
  const ports = new Map<string, number>();
  const write = async (stack: string, backend: object) => {
    const port = ports.get(stack) ?? (await freePort());
    ports.set(stack, port);
    const shop = shopStack(port);
    const { seed: _, ...rest } = shop.backend;
    project.writeStack(stack, { ...shop, backend: { ...rest, ...SMALL, ...backend } });
  };
  const measure = async (what: string, size: number, stack: string) => {
    // The first one keeps its look at the engine.
    await project.up(stack);
    const seconds: number[] = [];
    for (let run = 0; run < runs; run += 1) seconds.push(await timed(() => project.up(stack)));
    grown.push({ what, size, median: median(seconds) });
    say(`${what}, ${size}: ${median(seconds).toFixed(2)} s`);
  };

  const first = 's1';
  for (const replicas of SIZES.replicas) {
    await write(first, { replicas });
    await measure('replicas', replicas, first);
  }
  for (const count of SIZES.variables) {
    const names = Array.from({ length: count }, (_, index) => `GROWTH_${index}`);
    await write(first, { env: Object.fromEntries(names.map((name) => [name, 'a value'])) });
    await measure('variables', count, first);
  }
  await write(first, {});
  let there = 1;
  for (const count of SIZES.stacks) {
    for (; there < count; there += 1) {
      const stack = `s${there + 1}`;
      await write(stack, {});
      await project.up(stack);
      say(`${stack} is up`);
    }
    await measure('stacks on the engine', count, first);
  }
  await measure('stacks on the engine, the last of', there, `s${there}`);
  return grown;
}
