import { execa } from 'execa';
import { freePort } from '../../test/support/ports.ts';
import { repository, TestProject } from '../../test/support/project.ts';
import { shopStack } from '../../test/support/stacks.ts';
import { machineFacts, machineText } from '../machine.ts';
import { median } from '../median.ts';
import type { InTurnOptions } from '../options.ts';
import { markdownTable, range, say, writeReadme } from '../report.ts';
import { timed } from '../timed.ts';

const STACK = 'dev';

/**
 * What a command costs in seconds of the clock, at most; those without a goal are there to compare. Plain Pulumi writes
 * the whole state again, so the `up` after it refreshes: the one that need not comes after another.
 */
const SUBJECTS: readonly { readonly args: readonly string[]; readonly goal?: number }[] = [
  { args: ['up', '-s', STACK, '--yes', '--refresh'] },
  { args: ['up', '-s', STACK, '--yes'], goal: 2 },
  { args: ['--version'] },
  { args: ['check', `stacks/${STACK}.yaml`], goal: 0.2 },
  { args: ['plan', '-s', STACK], goal: 0.2 },
  { args: ['secrets', '-s', STACK], goal: 0.35 },
  { args: ['status', '-s', STACK], goal: 0.35 },
  { args: ['env', '-s', STACK], goal: 0.35 },
];

const NODE = 'node -e 0';
const PULUMI = 'pulumi up --yes --skip-preview';

/**
 * Deploys a store, then runs in turn each command that changes nothing, Node itself, and plain Pulumi with the same
 * program.
 * @returns 0 where each goal is reached, 1 otherwise
 */
export async function commandsBench(options: InTurnOptions): Promise<number> {
  const machine = machineFacts();
  const project = await TestProject.create();
  try {
    project.writeStack(STACK, shopStack(await freePort()));
    say('deploying the store');
    await project.up(STACK);
    const seconds = new Map<string, number[]>();
    const note = (name: string, value: number) => {
      seconds.set(name, [...(seconds.get(name) ?? []), value]);
      say(`${name}: ${value.toFixed(2)} s`);
    };
    const plain = await plainPulumi(project);
    // The first of each fills caches.
    for (let run = 0; run <= options.runs; run += 1) {
      const counts = run > 0;
      const one = await timed(plain);
      if (counts) note(PULUMI, one);
      const node = await timed(() => execa(process.execPath, ['-e', '0']));
      if (counts) note(NODE, node);
      for (const { args } of SUBJECTS) {
        const one = await timed(() => command(project, args));
        if (counts) note(`medusa-infra ${args.join(' ')}`, one);
      }
    }
    const rows = [...seconds].map(([name, values]) => {
      const { goal } = SUBJECTS.find(({ args }) => name.endsWith(args.join(' '))) ?? {};
      return {
        name,
        goal,
        median: median(values),
        least: Math.min(...values),
        most: Math.max(...values),
      };
    });
    const text = [
      markdownTable(
        ['command', 'median, s', 'from, to', 'goal, s'],
        rows.map(({ name, goal, median: middle, least, most }) => [
          `\`${name}\``,
          middle.toFixed(2),
          range([least, most], 2),
          goal === undefined ? '' : `${goal}: ${middle <= goal ? 'reached' : 'missed'}`,
        ]),
      ),
      `Medians of ${options.runs} runs in turn, Node ${process.versions.node}. ${machineText(machine)}.`,
    ].join('\n\n');
    process.stdout.write(
      `${options.json ? JSON.stringify({ machine, rows }, undefined, 2) : text}\n`,
    );
    if (options.writeReadme) writeReadme('commands', text);
    return rows.every(({ goal, median: middle }) => goal === undefined || middle <= goal) ? 0 : 1;
  } finally {
    await project.cleanup();
  }
}

async function command(project: TestProject, args: readonly string[]): Promise<void> {
  const { code, stderr } = await project.run(args);
  if (code !== 0) throw new Error(`${args.join(' ')} exited ${code}\n${stderr}`);
}

/** Plain `pulumi up`, without the time that finding its environment takes. */
async function plainPulumi(project: TestProject): Promise<() => Promise<void>> {
  const { stdout } = await execa(
    process.execPath,
    [`${repository}/bin/medusa-infra.js`, 'pulumi-env', '-s', STACK],
    { cwd: project.folder, env: project.env(), extendEnv: false },
  );
  const script = `${stdout}\nexec pulumi up --yes --skip-preview --non-interactive -s ${STACK}`;
  return async () => {
    await execa('bash', ['-c', script], {
      cwd: project.folder,
      env: project.env(),
      extendEnv: false,
    });
  };
}
