import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PrepareConfig } from '../../derive/plan.ts';
import { secretsInside } from '../../mask.ts';
import { withoutTimeouts } from '../database-url.ts';
import { ENVIRONMENT_TABLE, FILE_SUFFIX, SECRETS_FOLDER } from '../environment.ts';
import { PrepareFailure } from './failure.ts';

/** Seconds that PostgreSQL and Redis have to become reachable. */
const WAIT_SECONDS = 60;

export interface Inputs {
  readonly config: PrepareConfig & { readonly waitSeconds: number };
  /** The environment for the backend's own commands, with its secrets in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Every secret value that could show up in an output. */
  readonly secrets: ReadonlySet<string>;
}

/** Reads PREPARE_CONFIG, the files of `/run/secrets` and those that `<NAME>_FILE` variables name. */
export function readInputs(
  processEnv: Readonly<Record<string, string | undefined>>,
  secretsFolder = SECRETS_FOLDER,
): Inputs {
  const env: Record<string, string | undefined> = { ...processEnv };
  const secrets = new Set<string>();
  for (const name of filesOf(secretsFolder)) {
    const value = readValue(join(secretsFolder, name));
    secrets.add(value);
    env[name] ||= value;
  }
  for (const { name, secret } of ENVIRONMENT_TABLE) {
    const file = env[`${name}${FILE_SUFFIX}`];
    // For this script alone: the backend's commands read the file themselves.
    if (file && !env[name]) env[name] = readValue(file);
    if (secret && env[name]) secrets.add(env[name]);
  }
  const url = env['DATABASE_URL'];
  if (url && isUrl(url)) {
    // Migrations take as long as they need: prepare limits the whole of them, and a seed.
    env['DATABASE_URL'] = withoutTimeouts(url);
    secrets.add(env['DATABASE_URL']);
  }
  for (const secret of [...secrets]) for (const part of secretsInside(secret)) secrets.add(part);
  delete env['PREPARE_CONFIG'];
  // Medusa's Redis event bus takes events off the queue of the running release, unless it only serves:
  // there are no subscribers here, so each would be lost.
  env['MEDUSA_WORKER_MODE'] = 'server';
  return { config: parseConfig(processEnv['PREPARE_CONFIG']), env: forCommands(env), secrets };
}

/** Whether it is one at all: what is wrong with it is reported when it is used. */
function isUrl(text: string): boolean {
  try {
    return new URL(text) !== undefined;
  } catch {
    return false;
  }
}

/** `NAME` and `NAME_FILE` at once would be refused by the backend: the value stays, the file goes. */
function forCommands(env: Record<string, string | undefined>): Record<string, string | undefined> {
  for (const { name } of ENVIRONMENT_TABLE) if (env[name]) delete env[`${name}${FILE_SUFFIX}`];
  return env;
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter(
      (name) => /^[A-Za-z_]\w*$/.test(name) && statSync(join(folder, name)).isFile(),
    );
  } catch {
    return [];
  }
}

function readValue(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PrepareFailure(`the secret file ${file} cannot be read (${code})`);
  }
}

function parseConfig(text: string | undefined): Inputs['config'] {
  let config: Partial<Inputs['config']> | undefined;
  try {
    config = JSON.parse(text ?? '');
  } catch {
    throw new PrepareFailure('PREPARE_CONFIG is not set, or not JSON; the kit sets it');
  }
  const isCommand = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string');
  const isSeconds = (value: unknown) => typeof value === 'number' && value > 0;
  const { database, schema, redis, migrate, seed, timeoutSeconds, lockTimeoutSeconds } =
    config ?? {};
  const wrong = [
    database === 'sqlite' || (database === 'postgres' && schema) ? '' : 'database',
    typeof redis === 'boolean' ? '' : 'redis',
    isCommand(migrate) ? '' : 'migrate',
    seed === undefined || isCommand(seed) ? '' : 'seed',
    isSeconds(timeoutSeconds) ? '' : 'timeoutSeconds',
    isSeconds(lockTimeoutSeconds) ? '' : 'lockTimeoutSeconds',
  ].filter((name) => name !== '');
  if (wrong.length > 0) {
    throw new PrepareFailure(`PREPARE_CONFIG: ${wrong.join(', ')} missing or malformed`);
  }
  return { waitSeconds: WAIT_SECONDS, ...config } as Inputs['config'];
}
