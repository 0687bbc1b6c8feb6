import { freePort } from '../../test/support/ports.ts';
import { TestProject } from '../../test/support/project.ts';
import { shopStack } from '../../test/support/stacks.ts';
import { machineFacts, machineText } from '../machine.ts';
import { median } from '../median.ts';
import type { InTurnOptions } from '../options.ts';
import { markdownTable, range, say, writeReadme } from '../report.ts';
import { timed } from '../timed.ts';
import { type Grown, growth } from './growth.ts';
import { peersOf } from './peers.ts';
import { imagesOf } from './store.ts';
import { versionOf } from './tools.ts';

export interface UpOptions extends InTurnOptions {
  /** Whether stacks of other sizes are timed too. */
  readonly growth: boolean;
}

const STACK = 'dev';
const KIT = 'this kit';
const PEER = 'OpenTofu';
/** What an `up` that changes nothing may take, to what OpenTofu takes for its apply. */
const MOST_TO_PEER = 0.8;
/** What it may take where many stacks are on the engine, to where it is alone. */
const MOST_GROWTH = 1.1;

/**
 * Deploys the same store with the kit, OpenTofu, Docker Compose and a hand-written Pulumi program, then lets each apply it
 * again in turn, without a change.
 * @returns 0 where the goals are reached, 1 otherwise
 */
export async function upBench(options: UpOptions): Promise<number> {
  const machine = machineFacts();
  const project = await TestProject.create();
  const seconds = new Map<string, number[]>();
  let grown: Grown[] = [];
  try {
    project.writeStack(STACK, shopStack(await freePort()));
    say(`deploying with ${KIT}`);
    await project.up(STACK);
    const peers = await peersOf(project, await imagesOf(project, STACK));
    for (const peer of peers) {
      say(`deploying with ${peer.title}`);
      await peer.apply();
    }
    const subjects = [
      { title: KIT, apply: () => project.up(STACK) },
      ...peers.map(({ title, apply }) => ({ title, apply })),
    ];
    // The first of each fills caches.
    for (let run = 0; run <= options.runs; run += 1) {
      for (const { title, apply } of subjects) {
        const one = await timed(apply);
        say(`${title}: ${one.toFixed(2)} s`);
        if (run > 0) seconds.set(title, [...(seconds.get(title) ?? []), one]);
      }
    }
    for (const peer of peers) await peer.remove();
    await project.run(['destroy', '-s', STACK, '--yes']);
    if (options.growth) grown = await growth(project, options.runs);
  } finally {
    await project.cleanup();
  }
  const rows = [...seconds].map(([title, values]) => ({
    title,
    median: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
  }));
  const goals = goalsOf(rows, grown);
  const text = [
    sideBySide(rows),
    `Medians of ${options.runs} runs in turn. OpenTofu ${versionOf('tofu')}, Docker Compose ${versionOf('docker-compose')}, Node ${process.versions.node}. ${machineText(machine)}.`,
    ...(grown.length > 0 ? [growthTable(grown)] : []),
    goals.map(({ line }) => `- ${line}`).join('\n'),
  ].join('\n\n');
  const result = { machine, rows, grown };
  process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : text}\n`);
  if (options.writeReadme) writeReadme('up', text);
  return goals.every(({ reached }) => reached) ? 0 : 1;
}

interface Row {
  readonly title: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

function sideBySide(rows: readonly Row[]): string {
  const kit = rows.find(({ title }) => title === KIT)?.median ?? Number.NaN;
  return markdownTable(
    ['tool', 'median, s', 'from, to', 'the kit to it'],
    rows.map(({ title, median: middle, least, most }) => [
      title,
      middle.toFixed(2),
      range([least, most], 2),
      title === KIT ? '' : `${(kit / middle).toFixed(2)} ×`,
    ]),
  );
}

function growthTable(grown: readonly Grown[]): string {
  return markdownTable(
    ['the kit, no change', 'size', 'median, s'],
    grown.map(({ what, size, median: middle }) => [what, String(size), middle.toFixed(2)]),
  );
}

function goalsOf(rows: readonly Row[], grown: readonly Grown[]) {
  const goal = (text: string, value: number, most: number) => {
    const reached = value <= most;
    return {
      reached,
      line: `${reached ? 'reached' : 'missed'}: ${text} at most ${most} ×: ${value.toFixed(2)} ×`,
    };
  };
  const of = (name: string) => rows.find(({ title }) => title === name)?.median ?? Number.NaN;
  const stacks = grown.filter(({ what }) => what.startsWith('stacks'));
  const [alone] = stacks;
  const last = stacks.at(-1);
  return [
    goal(`an \`up\` that changes nothing, to ${PEER}'s apply,`, of(KIT) / of(PEER), MOST_TO_PEER),
    ...(alone && last
      ? [
          goal(
            `the \`up\` of stack ${last.size}, to that of the first one when it was alone,`,
            last.median / alone.median,
            MOST_GROWTH,
          ),
        ]
      : []),
  ];
}
