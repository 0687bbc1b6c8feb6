import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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

export async function measurePreview(programs: Programs, name: ProgramName): Promise<Measured> {
  const began = performance.now();
  const { maxRssKib } = await withProcessFacts((env) =>
    programs.pulumi(name, ['preview'], { env }),
  );
  return { seconds: (performance.now() - began) / 1000, mebibytes: maxRssKib / 1024 };
}

/** Runs pulumi with an environment in which the program's process leaves its facts. */
export async function withProcessFacts(
  run: (env: NodeJS.ProcessEnv) => Promise<unknown>,
): Promise<ProcessFacts> {
  const folder = mkdtempSync(join(tmpdir(), 'mi-bench-facts-'));
  try {
    const hook = join(import.meta.dirname, 'process-facts.cjs');
    await run({ NODE_OPTIONS: `--require ${hook}`, BENCH_FACTS: folder });
    const [file, ...more] = readdirSync(folder);
    if (file === undefined || more.length > 0) {
      throw new Error(`${more.length + (file ? 1 : 0)} programs ran, expected one`);
    }
    return JSON.parse(readFileSync(join(folder, file), 'utf8')) as ProcessFacts;
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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
