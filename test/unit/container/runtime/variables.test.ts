import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RUNTIME_CJS, RUNTIME_ESM } from '../../../../src/bundle.ts';
import { bundle } from '../../../../src/bundle-sources.ts';
import { readVariables } from '../../../../src/container/runtime/variables.ts';
import { signToken } from '../../../../src/container/tokens.ts';
import { medusaProject } from '../../../support/medusa-project.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import {
  COOKIE,
  JWT,
  problemsOf,
  production,
  projectConfig,
} from '../../../support/unit/runtime-settings.ts';

function secretFile(value: string): string {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, value);
  return file;
}

describe('where variables come from', () => {
  test('a <NAME>_FILE names a file with the value, its last newline left out', () => {
    const { JWT_SECRET: _, ...env } = production();
    const JWT_SECRET_FILE = secretFile(`${JWT}\n`);
    expect(projectConfig({ ...env, JWT_SECRET_FILE }).jwt_secret).toBe(JWT);
  });

  test('a file in the secrets folder comes last', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'JWT_SECRET'), 'from the folder\n');
    writeFileSync(join(folder, 'PORT'), '1');
    const variables = readVariables({ PORT: '9000' }, folder);
    expect([variables.get('JWT_SECRET'), variables.get('PORT'), variables.get('NONE')]).toEqual([
      'from the folder',
      '9000',
      undefined,
    ]);
  });

  test('set twice, or a file that is not there, is one problem each', () => {
    const { COOKIE_SECRET: _, ...env } = production();
    const JWT_SECRET_FILE = secretFile(JWT);
    expect(problemsOf({ ...env, JWT_SECRET_FILE, COOKIE_SECRET_FILE: '/nowhere' })).toEqual([
      'JWT_SECRET: set twice, here and by JWT_SECRET_FILE; remove one of them',
      'COOKIE_SECRET_FILE: names a file that cannot be read',
    ]);
  });
});

describe('every problem at once', () => {
  const broken = {
    NODE_ENV: 'production',
    PORT: '99999',
    DATABASE_TYPE: 'mysql',
    DATABASE_URL: `postgres://u:${JWT}@h`,
    DATABASE_SCHEMA: 'pg_shop',
    DATABASE_EXTRA: `{"password":"${COOKIE}"`,
    REDIS_URL: `http://:${COOKIE}@redis`,
    REDIS_PREFIX: 'a b',
    JWT_SECRET: 'too-short-jwt',
    COOKIE_SECRET_PREVIOUS: '["supersecret"]',
    MEDUSA_BACKEND_URL: 'shop.example',
  };

  test('by name, in the order of the contract', () => {
    expect(problemsOf(broken)).toMatchInlineSnapshot(`
      [
        "PORT: must be a port, 1 to 65535",
        "DATABASE_TYPE: must be postgres or sqlite",
        "DATABASE_URL: names no database",
        "DATABASE_SCHEMA: a name that PostgreSQL keeps for itself",
        "DATABASE_EXTRA: not JSON",
        "REDIS_URL: not a URL such as redis://user:password@host:6379/0 (or rediss://)",
        "REDIS_PREFIX: must be letters, digits and . : _ - { }, at most 100 of them",
        "JWT_SECRET: shorter than 32 characters",
        "COOKIE_SECRET: not set",
        "COOKIE_SECRET_PREVIOUS: holds the well-known "supersecret"",
        "MEDUSA_BACKEND_URL: not an address such as https://shop.example.com",
      ]
    `);
  });

  test('never with a value', () => {
    const shown = problemsOf(broken).join('\n');
    for (const value of [JWT, COOKIE, 'too-short-jwt', '99999', 'a b']) {
      expect(shown).not.toContain(value);
    }
  });
});

describe('the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medusa-infra-unit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'runtime.cjs'), bundle(RUNTIME_CJS));
  writeFileSync(join(folder, 'runtime.mjs'), bundle(RUNTIME_ESM));
  const run = (script: string, env: Record<string, string | undefined>, cwd = folder) =>
    spawnSync(process.execPath, ['-e', script], { cwd, env, encoding: 'utf8' });

  test('is small, and equal each time', () => {
    const text = bundle(RUNTIME_CJS);
    expect(Buffer.byteLength(text)).toBeLessThan(100_000);
    expect(bundle(RUNTIME_CJS)).toBe(text);
  });

  test('loads by require and by import without any package', () => {
    const print = 'console.log(defineMedusaConfig().projectConfig.jwt_secret)';
    const env = production();
    expect(
      run(`const { defineMedusaConfig } = require('./runtime.cjs'); ${print}`, env),
    ).toMatchObject({ stdout: `${JWT}\n`, stderr: '' });
    expect(
      run(`import('./runtime.mjs').then(({ defineMedusaConfig }) => ${print})`, env),
    ).toMatchObject({ stdout: `${JWT}\n`, stderr: '' });
  });

  test.each(['runtime.cjs', 'runtime.mjs'])(
    'makes tokens of earlier secrets verify as %s, wherever its process works',
    (file) => {
      const project = medusaProject();
      copyFileSync(join(folder, file), join(project, file));
      const script = `const runtime = ${JSON.stringify(join(project, file))};
        const library = require(${JSON.stringify(join(project, 'node_modules/jsonwebtoken'))});
        import(runtime).then(({ defineMedusaConfig }) => {
          defineMedusaConfig();
          console.log(library.verify(process.env.TOKEN, process.env.JWT_SECRET).user_id);
        });`;
      const earlier = 'earlier-0123456789abcdef0123456789abcdef';
      const env = production({
        JWT_SECRET_PREVIOUS: JSON.stringify([earlier]),
        TOKEN: signToken({ user_id: 'usr_1' }, earlier),
      });
      for (const cwd of [project, tmpdir()]) {
        expect(run(script, env, cwd)).toMatchObject({ stdout: 'usr_1\n', stderr: '' });
      }
    },
  );

  test('writes the problems to stderr before it throws, so that no log can swallow them', () => {
    const script =
      "try { require('./runtime.cjs').defineMedusaConfig() } catch (e) { console.log(e.name) } ";
    const { JWT_SECRET: _, ...env } = production();
    expect(run(script, env)).toMatchObject({
      stdout: 'ConfigurationError\n',
      stderr:
        'medusa-infra: the backend cannot start, 1 problem in its environment:\n  JWT_SECRET: not set\n',
    });
  });
});
