import { writeSync } from 'node:fs';
import { readEarlierTokens } from './earlier-tokens.ts';
import { ConfigurationError } from './problems.ts';
import { readMedusaConfig } from './read-config.ts';
import type { MedusaConfig } from './types.ts';
import type { Environment } from './variables.ts';

export type * from './types.ts';
export { ConfigurationError, type Environment };

/**
 * What `medusa-config.js` exports, read from the environment: `module.exports = defineMedusaConfig()`.
 *
 * A variable that is not set is read from the file that `<NAME>_FILE` names, then from
 * `/run/secrets/<NAME>`. Every missing or malformed variable is written to stderr by name, never by
 * value, before the error is thrown. With `JWT_SECRET_PREVIOUS` Medusa's verifiers accept tokens of
 * earlier secrets from then on.
 *
 * @param env the environment. @default process.env
 * @param extend changes or adds to the configuration, such as the project's own plugins; the Redis
 *   modules get their URL afterwards.
 * @throws ConfigurationError with all problems
 */
export function defineMedusaConfig(
  env: Environment = process.env,
  extend: (config: MedusaConfig) => MedusaConfig = (config) => config,
): MedusaConfig {
  return reporting(() => readMedusaConfig(env, extend));
}

/**
 * For a `medusa-config.js` that is written by hand: from then on Medusa's verifiers accept tokens
 * that were signed with one of `JWT_SECRET_PREVIOUS` wherever they ask for `JWT_SECRET`. Does nothing
 * without earlier secrets. `defineMedusaConfig` does this by itself.
 *
 * @param env the environment; files stand in as in `defineMedusaConfig`. @default process.env
 * @throws ConfigurationError with all problems, written to stderr before
 */
export function acceptEarlierTokens(env: Environment = process.env): void {
  reporting(() => readEarlierTokens(env));
}

function reporting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigurationError) report(error);
    throw error;
  }
}

/** Written at once: Medusa's production log drops the reason of a refused start, and the process ends. */
function report(error: ConfigurationError): void {
  try {
    writeSync(2, `${error.message}\n`);
  } catch {
    // A closed stderr must not hide the error itself.
  }
}
