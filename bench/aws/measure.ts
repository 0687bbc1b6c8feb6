import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgramName, Programs } from './programs.ts';

/** One preview of the whole stack in an empty account. */
export interface Measured {
  /** Of the whole `pulumi preview`, from start to end. */
  readonly seconds: number;
  /** The most that the process of the program held in memory. */
  readonly mebibytes: number;
}

/** What the process of a program had used when it ended. */
interface ProcessFacts {
  readonly maxRssKib: number;
  /** Files of `@pulumi/aws` and AWS's SDK that it loaded. */
  readonly awsModules: number;
}

/** @param fresh what Pulumi's TypeScript support keeps of an earlier run is not found */
export async function measurePreview(
  programs: Programs,
  name: ProgramName,
  fresh: boolean,
): Promise<Measured> {
  const began = performance.now();
  const { maxRssKib } = await processFacts(programs, name, fresh);
  return { seconds: (performance.now() - began) / 1000, mebibytes: maxRssKib / 1024 };
}

/** What the program's process says of itself at the end of a preview. */
export async function processFacts(
  programs: Programs,
  name: ProgramName | 'docker',
  fresh = false,
): Promise<ProcessFacts> {
  const folder = mkdtempSync(join(tmpdir(), 'mi-bench-facts-'));
  const facts = join(folder, 'facts');
  mkdirSync(facts);
  try {
    await programs.pulumi(name, ['preview'], {
      nodeOptions: `--require ${join(import.meta.dirname, 'process-facts.cjs')}`,
      env: { BENCH_FACTS: facts, ...(fresh ? { TMPDIR: folder } : {}) },
    });
    const [file, ...more] = readdirSync(facts);
    if (file === undefined || more.length > 0) {
      throw new Error(`${more.length + (file ? 1 : 0)} programs ran, expected one`);
    }
    return JSON.parse(readFileSync(join(facts, file), 'utf8')) as ProcessFacts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Types of the resources that a preview would make, components and the stack left out, sorted. */
export async function plannedTypes(programs: Programs, name: ProgramName): Promise<string[]> {
  const { steps } = JSON.parse(await programs.pulumi(name, ['preview', '--json'])) as {
    steps: readonly { readonly newState?: { readonly type: string; readonly custom: boolean } }[];
  };
  return steps.flatMap(({ newState }) => (newState?.custom ? [newState.type] : [])).sort();
}
