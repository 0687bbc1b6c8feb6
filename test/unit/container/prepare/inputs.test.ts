import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withoutTimeouts } from '../../../../src/container/database-url.ts';
import { readInputs } from '../../../../src/container/prepare/inputs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const prepareConfig = {
  database: 'postgres',
  schema: 'shop',
  redis: true,
  migrate: ['node', 'medusa', 'migrations', 'run'],
  timeoutSeconds: 600,
  lockTimeoutSeconds: 300,
};

function secretsFolder(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Set for every command that prepare runs. */
const always = { MEDUSA_WORKER_MODE: 'server' };

const read = (env: Record<string, string>, files: Readonly<Record<string, string>> = {}) =>
  readInputs({ PREPARE_CONFIG: JSON.stringify(prepareConfig), ...env }, secretsFolder(files));

describe('inputs of prepare', () => {
  test('takes secrets from files; what the environment has wins', () => {
    const { env } = read({ JWT_SECRET: 'given' }, { JWT_SECRET: 'file', REDIS_URL: 'redis://r\n' });
    expect(env).toEqual({ ...always, JWT_SECRET: 'given', REDIS_URL: 'redis://r' });
  });

  test('leaves folders and names that are no variables alone', () => {
    const folder = secretsFolder({ 'not-a-name': 'x', GOOD: 'y' });
    mkdirSync(join(folder, 'FOLDER'));
    const { env } = readInputs({ PREPARE_CONFIG: JSON.stringify(prepareConfig) }, folder);
    expect(env).toEqual({ ...always, GOOD: 'y' });
  });

  test('reads <NAME>_FILE of an image without a shell, and passes one of the two on', () => {
    const file = join(secretsFolder({ jwt: 'from a file' }), 'jwt');
    const { env } = read({ JWT_SECRET_FILE: file });
    expect(env).toEqual({ ...always, JWT_SECRET: 'from a file' });
    expect(() => read({ JWT_SECRET_FILE: '/nowhere' })).toThrow(
      'the secret file /nowhere cannot be read (ENOENT)',
    );
  });

  test('knows every secret value, also inside of URLs and lists', () => {
    const { secrets } = read(
      { COOKIE_SECRET: 'plain', DATABASE_SCHEMA: 'shop' },
      { DATABASE_URL: 'postgres://u:p%40ss@h/d', COOKIE_SECRET_PREVIOUS: '["one","two"]' },
    );
    const url = 'postgres://u:p%40ss@h/d';
    const own = ['["one","two"]', 'one', 'p%40ss', 'p@ss', 'plain', url, 'two'];
    expect([...secrets].sort()).toEqual([...own, withoutTimeouts(url)].sort());
  });

  test('lets what it runs take its time, and keeps the URL that says so secret', () => {
    const { env, secrets } = read(
      {},
      { DATABASE_URL: 'postgres://u:p@h/d?options=-c%20search_path%3Dshop' },
    );
    const url =
      'postgres://u:p@h/d?options=-c%20search_path%3Dshop%20-c%20statement_timeout%3D0%20-c%20lock_timeout%3D0%20-c%20idle_in_transaction_session_timeout%3D0';
    expect(env['DATABASE_URL']).toBe(url);
    expect(secrets).toContain(url);
    expect(read({ DATABASE_URL: 'none' }).env['DATABASE_URL']).toBe('none');
  });

  test('takes no events off the queue, whatever the backend itself does', () => {
    expect(read({ MEDUSA_WORKER_MODE: 'worker' }).env).toEqual(always);
    expect(read({}, { MEDUSA_WORKER_MODE: 'shared' }).env).toEqual(always);
  });

  test('names every part of a configuration that is wrong', () => {
    const run = (text: string | undefined) => () =>
      readInputs({ PREPARE_CONFIG: text }, '/nowhere');
    expect(run(undefined)).toThrow('PREPARE_CONFIG is not set, or not JSON; the kit sets it');
    expect(run('{')).toThrow('PREPARE_CONFIG is not set, or not JSON; the kit sets it');
    expect(
      run('{"database":"postgres","redis":"yes","migrate":[],"seed":[1],"timeoutSeconds":0}'),
    ).toThrow(
      'PREPARE_CONFIG: database, redis, migrate, seed, timeoutSeconds, lockTimeoutSeconds missing or malformed',
    );
    expect(run(JSON.stringify(prepareConfig))().config).toEqual({
      ...prepareConfig,
      waitSeconds: 60,
    });
  });
});
