import { tmpdir } from 'node:os';
import { ConfigurationError } from '../../../src/container/runtime/problems.ts';
import { readMedusaConfig } from '../../../src/container/runtime/read-config.ts';
import type { MedusaConfig } from '../../../src/container/runtime/types.ts';
import type { Environment } from '../../../src/container/runtime/variables.ts';

type Extend = (config: MedusaConfig) => MedusaConfig;

/** Long enough for production, and easy to search for in outputs. */
export const JWT = 'jwt-0123456789abcdef0123456789abcdef';
export const COOKIE = 'cookie-0123456789abcdef0123456789abcdef';

/** A production environment as the kit derives it. */
export function production(changes: Environment = {}): Environment {
  return {
    NODE_ENV: 'production',
    PORT: '9000',
    HOME: tmpdir(),
    DATABASE_TYPE: 'postgres',
    DATABASE_URL:
      'postgres://medusa_a:p%40ss@database:5432/medusa?options=-c%20search_path%3Dshop%2Cextensions',
    DATABASE_SCHEMA: 'shop',
    REDIS_URL: 'redis://medusa:r%40dis@redis:6379/0',
    REDIS_PREFIX: 'acme-prod:',
    JWT_SECRET: JWT,
    COOKIE_SECRET: COOKIE,
    ...changes,
  };
}

/** A development environment with nothing but a database. */
export function development(changes: Environment = {}): Environment {
  return { NODE_ENV: 'development', DATABASE_URL: 'postgres://u:p@localhost/medusa', ...changes };
}

export function configOf(env: Environment, extend: Extend = (config) => config): MedusaConfig {
  return readMedusaConfig(env, extend);
}

export function projectConfig(env: Environment): MedusaConfig['projectConfig'] {
  return configOf(env).projectConfig;
}

/** `VARIABLE: message` of each problem; throws when there is none. */
export function problemsOf(env: Environment, extend?: Extend): string[] {
  try {
    configOf(env, extend);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ variable, message }) => `${variable}: ${message}`);
  }
  throw new Error('the environment was accepted');
}
