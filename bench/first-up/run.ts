import { freePort } from '../../test/support/ports.ts';
import { TestProject } from '../../test/support/project.ts';
import { shopStack } from '../../test/support/stacks.ts';
import { machineFacts, machineText } from '../machine.ts';
import { median } from '../median.ts';
import type { InTurnOptions } from '../options.ts';
import { markdownTable, range, say, writeReadme } from '../report.ts';
import { timed } from '../timed.ts';
import { peersOf } from '../up/peers.ts';
import { imagesOf } from '../up/store.ts';
import { versionOf } from '../up/tools.ts';
import { type BareSteps, bareFirstStart } from './bare.ts';

const STACK = 'dev';
const KIT = 'this kit';
const BARE = 'its steps by themselves';
/** What a first `up` may take, to the sum of what cannot be done without. */
const MOST_TO_BARE = 1.25;

/**
 * Deploys a store with its seed for the first time, all images present, in turn with the kit, with other tools, and step
 * by step by hand; each is removed with its data before the next.
 * @returns 0 where the goal is reached, 1 otherwise
 */
export async function firstUpBench(options: InTurnOptions): Promise<number> {
  const machine = machineFacts();
  const project = await TestProject.create();
  const seconds = new Map<string, number[]>();
  const steps: BareSteps[] = [];
  const note = (run: number, title: string, value: number) => {
    say(`${title}: ${value.toFixed(1)} s`);
    if (run > 0) seconds.set(title, [...(seconds.get(title) ?? []), value]);
  };
  try {
    const shop = shopStack(await freePort());
    const onDestroy = 'delete';
    project.writeStack(STACK, {
      ...shop,
      database: { ...shop.database, onDestroy },
      redis: { onDestroy },
      uploads: { onDestroy },
    });
    await project.up(STACK);
    const images = await imagesOf(project, STACK);
    const peers = await peersOf(project, images);
    // The first of each fills caches.
    for (let run = 0; run <= options.runs; run += 1) {
      const bare = await bareFirstStart(project, images);
      if (run > 0) steps.push(bare);
      note(run, BARE, bare.postgres + bare.migrations + bare.seed + bare.start);
      for (const { title, apply, remove } of peers) {
        note(run, title, await timed(apply));
        await remove();
      }
      // Last, so that the image is there for the others: the kit removes its own.
      await destroy(project);
      note(run, KIT, await timed(() => project.up(STACK)));
    }
  } finally {
    await project.cleanup();
  }
  const middle = (title: string) => median(seconds.get(title) ?? []);
  const ratio = middle(KIT) / middle(BARE);
  const reached = ratio <= MOST_TO_BARE;
  const text = [
    markdownTable(
      ['tool', 'median, s', 'from, to', 'to its steps'],
      [...seconds].map(([title, values]) => [
        title,
        median(values).toFixed(1),
        range(values, 1),
        title === BARE ? '' : `${(median(values) / middle(BARE)).toFixed(2)} ×`,
      ]),
    ),
    markdownTable(
      ['step', 'median, s'],
      (['postgres', 'migrations', 'seed', 'start'] as const).map((step) => [
        step,
        median(steps.map((each) => each[step])).toFixed(1),
      ]),
    ),
    `Medians of ${options.runs} runs in turn. OpenTofu ${versionOf('tofu')}, Docker Compose ${versionOf('docker-compose')}. ${machineText(machine)}.`,
    `- ${reached ? 'reached' : 'missed'}: at most ${MOST_TO_BARE} × of its steps: ${ratio.toFixed(2)} ×`,
  ].join('\n\n');
  const result = { machine, seconds: Object.fromEntries(seconds), steps };
  process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : text}\n`);
  if (options.writeReadme) writeReadme('first-up', text);
  return reached ? 0 : 1;
}

async function destroy(project: TestProject): Promise<void> {
  const { code, stderr } = await project.run(['destroy', '-s', STACK, '--yes']);
  if (code !== 0) throw new Error(`destroy exited ${code}\n${stderr}`);
}
