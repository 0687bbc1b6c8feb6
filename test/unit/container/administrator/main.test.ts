import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { administratorProgram } from '../../../../src/bundle.ts';
import type { AdministratorRequest } from '../../../../src/container/administrator/request.ts';
import { SEALED_REQUEST, seal } from '../../../../src/container/administrator/sealed.ts';
import { folderWith } from '../../../support/unit/cli.ts';

const request: AdministratorRequest = {
  action: 'create',
  schema: 'sh"op',
  email: 'ada@example.com',
  passwordHash: 'hash-of-a-password',
  id: 'usr_1',
  firstName: 'Ada',
};

/** A PostgreSQL client that writes down what it is asked, and answers as the variables say. */
const FAKE_PG = `
const { writeFileSync } = require('node:fs');
exports.Client = class {
  constructor(options) { this.seen = { options }; }
  on() {}
  async connect() {
    if (process.env.REFUSED) throw Object.assign(new Error('no login'), { code: '28P01' });
  }
  escapeIdentifier(name) { return '"' + name.replaceAll('"', '""') + '"'; }
  async query(text, values) {
    writeFileSync(process.env.SEEN, JSON.stringify({ ...this.seen, text, values }));
    if (process.env.PG_CODE) {
      throw Object.assign(new Error('of PostgreSQL'), { code: process.env.PG_CODE, detail: values.join() });
    }
    return { rowCount: Number(process.env.ROWS ?? 1) };
  }
  async end() {}
};`;
const HOISTED = { 'node_modules/pg/index.js': FAKE_PG };

async function run(
  asked: AdministratorRequest | undefined,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = HOISTED,
) {
  const cwd = folderWith({ 'package.json': '{}', url: 'postgres://here/medusa\n', ...files });
  const seen = join(cwd, 'seen.json');
  const [, ...args] = administratorProgram();
  const { exitCode, stdout, stderr } = await execa(process.execPath, args, {
    cwd,
    extendEnv: false,
    env: { SEEN: seen, DATABASE_URL: 'postgres://variable/medusa', ...env },
    input: asked ? JSON.stringify({ ...asked, urlFile: join(cwd, 'url') }) : '',
    reject: false,
  });
  const query = () => JSON.parse(readFileSync(seen, 'utf8'));
  return { exitCode, printed: `${stdout}${stderr}`, query };
}

test('adds the user with the URL in the file, and prints nothing', async () => {
  const { exitCode, printed, query } = await run(request);
  expect({ exitCode, printed }).toEqual({ exitCode: 0, printed: '' });
  const { options, text, values } = query();
  expect(options.connectionString).toBe('postgres://here/medusa');
  expect(text).toContain('INSERT INTO "sh""op"."user" (id, email, role, password_hash, first_name');
  expect(values).toEqual(['usr_1', 'ada@example.com', 'hash-of-a-password', 'Ada', null]);
});

test('replaces the hash of a user who is there', async () => {
  const { exitCode, query } = await run({ ...request, action: 'reset' });
  expect(exitCode).toBe(0);
  const { text, values } = query();
  expect(text).toContain('UPDATE "sh""op"."user" SET password_hash = $2');
  expect(values).toEqual(['ada@example.com', 'hash-of-a-password']);
});

test.each([
  ['create', { ROWS: '0' }, 81],
  ['create', { PG_CODE: '23505' }, 81],
  ['reset', { ROWS: '0' }, 82],
] as const)('%s, answered with %o, ends with %i', async (action, env, exitCode) => {
  expect(await run({ ...request, action }, env)).toMatchObject({ exitCode, printed: '' });
});

test('says why PostgreSQL refused, without the row', async () => {
  const { exitCode, printed } = await run(request, { PG_CODE: '23502' });
  expect({ exitCode, printed }).toEqual({ exitCode: 1, printed: 'of PostgreSQL' });
  expect(await run(request, { REFUSED: '1' })).toMatchObject({ exitCode: 1, printed: 'no login' });
});

test('finds the client of Medusa or of TypeORM, where a package manager does not hoist it', async () => {
  const medusa = {
    'node_modules/@medusajs/medusa/package.json': '{ "name": "@medusajs/medusa" }',
    'node_modules/@medusajs/medusa/node_modules/pg/index.js': FAKE_PG,
  };
  expect(await run(request, {}, medusa)).toMatchObject({ exitCode: 0, printed: '' });
  const typeorm = {
    'node_modules/typeorm/index.js': '',
    'node_modules/typeorm/node_modules/pg/index.js': FAKE_PG,
  };
  expect(await run(request, {}, typeorm)).toMatchObject({ exitCode: 0, printed: '' });
  const { exitCode, printed } = await run(request, {}, {});
  expect({ exitCode, printed }).toEqual({
    exitCode: 1,
    printed: expect.stringMatching(/^no package pg in \/.*, the working folder of the image$/),
  });
});

test('takes a sealed request, with the URL of its own environment', async () => {
  const sealed = seal(request, 'a-long-secret');
  expect(sealed).not.toContain(Buffer.from('ada@example.com').toString('base64').slice(0, 12));
  const env = { [SEALED_REQUEST]: sealed, JWT_SECRET: 'a-long-secret' };
  const { exitCode, printed, query } = await run(undefined, env);
  expect({ exitCode, printed }).toEqual({ exitCode: 0, printed: '' });
  expect(query().options.connectionString).toBe('postgres://variable/medusa');
});

test('refuses what was sealed with another secret', async () => {
  const env = { [SEALED_REQUEST]: seal(request, 'a-long-secret'), JWT_SECRET: 'another' };
  expect(await run(undefined, env)).toMatchObject({ exitCode: 83, printed: '' });
});

test('fits into what ECS takes as overrides of a task', () => {
  const long = { ...request, email: `${'a'.repeat(240)}@example.com`, firstName: 'A'.repeat(200) };
  const sealed = seal({ ...long, passwordHash: 'h'.repeat(128) }, 'a-long-secret');
  // Of AWS's guide: 8,192 characters for all of a RunTask's overrides.
  expect(JSON.stringify([...administratorProgram(), sealed]).length).toBeLessThan(7000);
});
