import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const setupFiles = ['test/support/neutral-environment.ts', 'test/support/properties.ts'];

/** Two cores: a third file uses them while two wait for the engine. Each has its own names and ports. */
const sideBySide = { maxWorkers: 3, sequence: { groupOrder: 2 } };

/**
 * A starved store lets requests wait until they fail, which says nothing about a release: while it is under load, only
 * files that need little of the machine run, one at a time.
 */
const withLoad = { maxWorkers: 2, sequence: { groupOrder: 3 } };

/** These start no store: only single containers, or the command with a program of a few lines. */
const withoutStore = [
  'test/integration/cli/**/*.test.ts',
  'test/integration/derive/**/*.test.ts',
  'test/integration/docker/**/*.test.ts',
  'test/integration/toolchain/**/*.test.ts',
  'test/integration/stack/wrong-file.test.ts',
];

/** Milliseconds: a first image build is among what these wait for. */
const onTheEngine = {
  testTimeout: 600_000,
  hookTimeout: 900_000,
  setupFiles: ['test/support/engine-host.ts', ...setupFiles],
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'infra/**/*.ts', 'toolchain/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
      // The floor of the unit tests alone; what only the engine can show is tested in integration.
      thresholds: { statements: 73, branches: 71, functions: 75, lines: 73 },
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Two seconds of work are forty on a machine that is busy; no check is timed by this.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // These ask no engine, least of all one of the user's elsewhere.
          env: { DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_CONFIG: '/nonexistent' },
          // Half of the time would go into loading the same modules again for each file. A test restores what it
          // changes of the process.
          isolate: false,
          unstubEnvs: true,
          restoreMocks: true,
          // More than there are cores: some tests wait for a clock or for a process.
          maxWorkers: 3,
          setupFiles,
        },
      },
      {
        test: {
          ...onTheEngine,
          name: 'integration-images',
          include: ['test/integration/images/source.test.ts'],
          // It takes tags away from images that the others run: it goes first, alone.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...onTheEngine,
          ...sideBySide,
          name: 'integration',
          // Of the faults those of one short file, so that each run sees some of the table.
          include: ['test/integration/**/*.test.ts', 'test/faults/state.test.ts'],
          exclude: [
            'test/integration/images/source.test.ts',
            'test/integration/aws/**',
            'test/integration/under-load/**',
            ...withoutStore,
          ],
        },
      },
      {
        test: {
          ...onTheEngine,
          ...sideBySide,
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
        },
      },
      {
        test: {
          ...onTheEngine,
          ...sideBySide,
          name: 'audit',
          include: ['test/audit/**/*.test.ts'],
          // The plugin of @pulumi/aws may have to be built.
          hookTimeout: 3_600_000,
        },
      },
      {
        test: {
          ...onTheEngine,
          // What these need may still be being built: waiting for it, they would keep all others from running.
          ...(process.env['AWS_TESTS_LAST']
            ? { ...sideBySide, sequence: { groupOrder: 4 } }
            : sideBySide),
          name: 'integration-aws',
          include: ['test/integration/aws/**/*.test.ts'],
          hookTimeout: 3_600_000,
        },
      },
      {
        test: {
          ...onTheEngine,
          ...withLoad,
          name: 'integration-under-load',
          include: ['test/integration/under-load/**/*.test.ts'],
        },
      },
      {
        test: {
          ...onTheEngine,
          ...withLoad,
          name: 'integration-without-store',
          include: withoutStore,
        },
      },
    ],
  },
});
