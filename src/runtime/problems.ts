import { writeSync } from 'node:fs';
import type { ConfigurationProblem } from './types.ts';

/** Every missing or malformed variable, by name; no value of any variable is in it. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    super(describe(problems));
    this.problems = problems;
  }
}

/**
 * Writes every problem to stderr, then throws. Written first and synchronously: Medusa's production
 * log drops the reason of a refused start, and it ends the process at once.
 */
export function refuse(problems: readonly ConfigurationProblem[]): never {
  const error = new ConfigurationError(problems);
  try {
    writeSync(2, `${error.message}\n`);
  } catch {
    // A closed stderr must not hide the error itself.
  }
  throw error;
}

function describe(problems: readonly ConfigurationProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map(({ variable, message }) => `  ${variable}: ${message}`);
  return [`medusa-infra: the backend cannot start, ${count} in its environment:`, ...lines].join(
    '\n',
  );
}
