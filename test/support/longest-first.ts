import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest: begun last, one of them would go on alone while other workers have nothing to do. Those of
 * target aws come after the rest: on a new machine what they need is still being built.
 */
const LONGEST = [
  'under-load/release',
  'stack/rotation-killed',
  'stack/shop',
  'stack/lifecycle',
  'prepare/migrate',
  'stack/staging',
  'stack/uploads',
  'stack/neighbours',
  'stack/versions',
  'stack/tls',
  'aws/stack',
  'aws/cut-off',
  'aws/variants',
  'aws/task',
  'cli/command',
];

/** Vitest's own order, by size where nothing is known of earlier runs, after those that are known to take long. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((left, right) => group(left) - group(right) || rank(left) - rank(right));
  }
}

const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;

function rank({ moduleId }: TestSpecification): number {
  const found = LONGEST.findIndex((name) => moduleId.endsWith(`/integration/${name}.test.ts`));
  return found === -1 ? LONGEST.length : found;
}
