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

function describe(problems: readonly ConfigurationProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map(({ variable, message }) => `  ${variable}: ${message}`);
  return [`medusa-infra: the backend cannot start, ${count} in its environment:`, ...lines].join(
    '\n',
  );
}
