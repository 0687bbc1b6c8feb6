import { machineFacts, machineText } from '../machine.ts';
import { median } from '../median.ts';
import type { InTurnOptions } from '../options.ts';
import { markdownTable, range, say, writeReadme } from '../report.ts';
import { type Measured, measurePreview, plannedTypes, processFacts } from './measure.ts';
import { type ProgramName, Programs } from './programs.ts';

interface Subject {
  readonly title: string;
  readonly program: ProgramName;
  /** Whether nothing is left of an earlier run that Pulumi's TypeScript support keeps. */
  readonly fresh: boolean;
}

/** What is measured, in turn. */
const SUBJECTS = {
  kit: { title: 'this kit', program: 'kit', fresh: false },
  modules: {
    title: 'by hand, JavaScript, the modules of its resources alone',
    program: 'modules',
    fresh: false,
  },
  whole: {
    title: "by hand, TypeScript, the whole of @pulumi/aws: a change's first run",
    program: 'whole',
    fresh: true,
  },
  again: { title: 'the same, run again unchanged', program: 'whole', fresh: false },
} as const satisfies Readonly<Record<string, Subject>>;
type SubjectName = keyof typeof SUBJECTS;
const NAMES = Object.keys(SUBJECTS) as SubjectName[];
/** How long the kit's preview may take, against the same resources by hand. */
const MOST_TIME = 1.05;
/** How many times less memory than a program that imports the whole provider. */
const LEAST_SAVING = 3;

/**
 * Previews production's stack on AWS in turn by the kit and by programs that were written for the same
 * resources without it.
 * @returns 0 where the promises on time and memory are kept, 1 otherwise
 */
export async function awsBench(options: InTurnOptions): Promise<number> {
  const machine = machineFacts();
  const programs = await Programs.create();
  const giveUp = (signal: NodeJS.Signals) => {
    say(`${signal}: removing all that was made`);
    void programs.close().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, giveUp);
  try {
    const resources = await sameResources(programs);
    const dockerModules = await loadedByDocker(programs);
    const measured: Record<SubjectName, Measured[]> = {
      kit: [],
      modules: [],
      whole: [],
      again: [],
    };
    for (let run = 0; run < options.runs; run += 1) {
      for (const name of NAMES) {
        const { program, fresh } = SUBJECTS[name];
        const one = await measurePreview(programs, program, fresh);
        measured[name].push(one);
        say(`${name}: ${one.seconds.toFixed(2)} s, ${one.mebibytes.toFixed(0)} MiB`);
      }
    }
    const result = { machine, resources, dockerModules, measured };
    const { text, kept } = report(result);
    process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : text}\n`);
    if (options.writeReadme) writeReadme('aws', text);
    return kept ? 0 : 1;
  } finally {
    await programs.close();
  }
}

/** That all of them would make the same: how many resources. It warms the caches of all as well. */
async function sameResources(programs: Programs): Promise<number> {
  const [kit = [], ...others] = await inTurn(['kit', 'modules', 'whole'] as const, (name) =>
    plannedTypes(programs, name),
  );
  for (const other of others) {
    if (JSON.stringify(other) !== JSON.stringify(kit)) {
      const missing = kit.filter((type) => !other.includes(type));
      throw new Error(`${other.length} resources, the kit has ${kit.length}; without ${missing}`);
    }
  }
  say(`all of them would make the same ${kit.length} resources`);
  return kit.length;
}

/** How many files of AWS's provider and SDK a program of target docker loads. */
async function loadedByDocker(programs: Programs): Promise<number> {
  const { awsModules } = await processFacts(programs, 'docker');
  say(`target docker: ${awsModules} files of AWS's provider and SDK loaded`);
  return awsModules;
}

interface Result {
  readonly machine: ReturnType<typeof machineFacts>;
  readonly resources: number;
  readonly dockerModules: number;
  readonly measured: Readonly<Record<SubjectName, readonly Measured[]>>;
}

function report({ machine, resources, dockerModules, measured }: Result) {
  const medians = (name: SubjectName) => ({
    seconds: median(measured[name].map(({ seconds }) => seconds)),
    mebibytes: median(measured[name].map(({ mebibytes }) => mebibytes)),
  });
  const kit = medians('kit');
  const rows = NAMES.map((name) => {
    const { seconds, mebibytes } = medians(name);
    const all = measured[name].map((one) => one.seconds);
    const ratios = [kit.seconds / seconds, mebibytes / kit.mebibytes].map((ratio) =>
      name === 'kit' ? '' : `${ratio.toFixed(2)} ×`,
    );
    return [
      SUBJECTS[name].title,
      seconds.toFixed(2),
      range(all, 2),
      ratios[0] ?? '',
      mebibytes.toFixed(0),
      ratios[1] ?? '',
    ];
  });
  const time = kit.seconds / medians('modules').seconds;
  const saving = medians('whole').mebibytes / kit.mebibytes;
  const promises = [
    promise(time <= MOST_TIME, `at most ${MOST_TIME} × the time by hand: ${time.toFixed(2)} ×`),
    promise(
      saving >= LEAST_SAVING,
      `at least ${LEAST_SAVING} × less memory than with the whole of @pulumi/aws: ${saving.toFixed(2)} ×`,
    ),
    promise(dockerModules === 0, `target docker loads nothing of AWS: ${dockerModules} files`),
  ];
  const text = [
    markdownTable(
      ['program', 'preview, s', 'from, to', "the kit's to it", 'memory, MiB', "its to the kit's"],
      rows,
    ),
    `Medians of ${measured.kit.length} previews of ${resources} resources each, in turn. ${machineText(machine)}.`,
    promises.map(({ line }) => line).join('\n'),
  ].join('\n\n');
  return { text, kept: promises.every(({ kept }) => kept) };
}

function promise(kept: boolean, line: string) {
  return { kept, line: `- ${kept ? 'kept' : 'broken'}: ${line}` };
}

async function inTurn<T, R>(all: readonly T[], one: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await one(each));
  return results;
}
