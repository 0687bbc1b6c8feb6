import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { repository } from '../../test/support/project.ts';
import { say } from '../report.ts';

export interface PropertiesOptions {
  /** Of each property. */
  readonly draws: number;
  /** What the values are drawn by. @default another one each time, which is printed */
  readonly seed?: number;
}

/**
 * Runs the unit tests' properties with many more values than a test run has time for.
 * @returns 0 if all held; 1 otherwise, and fast-check has printed the smallest value that breaks one
 */
export async function propertiesBench({
  draws,
  seed = randomInt(2 ** 31),
}: PropertiesOptions): Promise<number> {
  const files = filesWithProperties();
  say(`${files.length} files, ${draws} draws of each property, seed ${seed}`);
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const { exitCode } = await execa(
    process.execPath,
    [vitest, 'run', '--project', 'unit', '--testTimeout', '0', ...files],
    {
      cwd: repository,
      env: { FAST_CHECK_RUNS: String(draws), FAST_CHECK_SEED: String(seed) },
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    },
  );
  return exitCode === 0 ? 0 : 1;
}

function filesWithProperties(): string[] {
  const folder = join(repository, 'test/unit');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .filter((file) => /from 'fast-check'/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(repository, file))
    .sort();
}
