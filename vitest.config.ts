import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Two cores: a third file has work for them while two wait for the engine. Each has names and ports of its own. */
const sideBySide = { maxWorkers: 3, sequence: { groupOrder: 2 } };

/** Milliseconds: a first image build is among what these wait for. */
const onTheEngine = {
  testTimeout: 600_000,
  hookTimeout: 900_000,
  setupFiles: ['test/support/properties.ts'],
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
          testTimeout: 10_000,
          // Half of the time would go into loading the same modules anew for each file. What a test changes
          // of the process it puts back.
          isolate: false,
          unstubEnvs: true,
          restoreMocks: true,
          // More than there are cores: some tests wait for a clock or for a process.
          maxWorkers: 3,
          setupFiles: ['test/support/properties.ts'],
        },
      },
      {
        test: {
          ...onTheEngine,
          name: 'integration-images',
          include: ['test/integration/images/**/*.test.ts'],
          // These take tags away from images that the others run: they go first, one by one.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...onTheEngine,
          ...sideBySide,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [
            'test/integration/images/**',
            'test/integration/aws/**',
            'test/integration/under-load/**',
          ],
        },
      },
      {
        test: {
          ...onTheEngine,
          ...sideBySide,
          name: 'integration-aws',
          include: ['test/integration/aws/**/*.test.ts'],
          // What these need may still be built, beside the ones above.
          hookTimeout: 3_600_000,
        },
      },
      {
        test: {
          ...onTheEngine,
          name: 'integration-under-load',
          include: ['test/integration/under-load/**/*.test.ts'],
          // Each of them needs the whole machine: a starved store lets requests wait until they fail.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
