import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'infra/**/*.ts', 'toolchain/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
      // The floor of the unit tests alone; what only the engine can show is tested in integration.
      thresholds: { statements: 73, branches: 71, functions: 75, lines: 73 },
    },
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 10_000 },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // One engine, two cores: the files run one after the other, each with names of its own.
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
