import { expect, test } from 'vitest';
import { createIn } from '../../../../src/cli/admin/create.ts';
import type { ProgramEnd } from '../../../../src/cli/admin/store.ts';
import type { Context } from '../../../../src/cli/context.ts';
import type { AdministratorRequest } from '../../../../src/container/administrator/request.ts';
import { folderWith, projectFiles, run, testContext } from '../../../support/unit/cli.ts';

const wanted = { stack: 'staging', email: 'ada@example.com', schema: 'shop' };

/** What the command does with a store whose program ends so. */
async function create(
  options: Partial<Parameters<typeof createIn>[2]> = {},
  end: ProgramEnd = { exitCode: 0, said: '' },
  settings: Partial<Context> = {},
) {
  const { context, written } = testContext(settings);
  const requests: AdministratorRequest[] = [];
  const store = {
    run: async (request: (typeof requests)[number]) => {
      requests.push(request);
      return end;
    },
  };
  const code = await createIn(context, store, { ...wanted, ...options }).catch((error) => error);
  return { code, ...written, requests };
}

const piped = (text: string) => ({ readInput: async () => Buffer.from(text) });

test('prints the password alone to standard output; the store gets its hash', async () => {
  const { code, out, err, requests } = await create({ firstName: 'Ada' });
  expect(code).toBe(0);
  expect(out).toMatch(/^[A-Za-z2-9]{24}\n$/);
  expect(err).toBe(
    'ada@example.com is an administrator of staging now\nthe password, which is kept nowhere and shown only this once:\n',
  );
  expect(requests).toEqual([
    {
      action: 'create',
      schema: 'shop',
      email: 'ada@example.com',
      passwordHash: expect.stringMatching(/^c2NyeXB0AA8/),
      id: expect.stringMatching(/^usr_[0-9A-HJKMNP-TV-Z]{26}$/),
      firstName: 'Ada',
    },
  ]);
  expect(JSON.stringify(requests)).not.toContain(out.trim());
});

test('--json has the password in its document, once', async () => {
  const { out, err } = await create({ json: true });
  expect(JSON.parse(out)).toEqual({
    ok: true,
    stack: 'staging',
    email: 'ada@example.com',
    reset: false,
    password: expect.stringMatching(/^[A-Za-z2-9]{24}$/),
  });
  expect(err).toBe('');
});

test('--reset sends no more than the address and the hash', async () => {
  const { out, err, requests } = await create({ reset: true });
  expect(out).toMatch(/^[A-Za-z2-9]{24}\n$/);
  expect(err).toContain('has a new password in staging; sessions that are open stay open\n');
  expect(requests.map((request) => Object.keys(request))).toEqual([
    ['action', 'schema', 'email', 'passwordHash'],
  ]);
});

test('--ask asks twice on a terminal, and prints nothing of it', async () => {
  const questions: string[] = [];
  const typed = async (question: string) => {
    questions.push(question);
    return 'a long enough one';
  };
  const settings = { interactive: true, askSecret: typed };
  const { code, out, err } = await create({ ask: true }, undefined, settings);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: '',
    err: 'ada@example.com is an administrator of staging now\n',
  });
  expect(questions).toEqual(['Password of ada@example.com (not shown)', 'The same again']);
});

test('--ask without a terminal reads standard input', async () => {
  const { code, out, requests } = await create(
    { ask: true },
    undefined,
    piped('a long enough one\r\n'),
  );
  expect({ code, out, sent: requests.length }).toEqual({ code: 0, out: '', sent: 1 });
});

test('two passwords that differ change nothing', async () => {
  const answers = ['a long enough one', 'a long enough on'];
  const settings = { interactive: true, askSecret: async () => answers.shift() ?? '' };
  const { code, requests } = await create({ ask: true }, undefined, settings);
  expect(code).toMatchObject({
    code: 'input-required',
    message: 'the two passwords differ, so nothing was changed; run the command again',
  });
  expect(requests).toEqual([]);
});

test.each([
  ['elevenchars', 'has 11 characters, fewer than 12'],
  ['', 'has 0 characters, fewer than 12'],
  [
    'a long enough one\nand another',
    'holds a line break or another character that no login form takes',
  ],
  [' a long enough one', 'begins or ends with white space'],
])('refuses the password %j', async (text, problem) => {
  const { code, out, err, requests } = await create({ ask: true }, undefined, piped(text));
  expect(code).toMatchObject({
    code: 'administrator-password-weak',
    message: `the password ${problem}; choose another one, or leave out --ask, which generates one`,
  });
  expect({ out, err, requests }).toEqual({ out: '', err: '', requests: [] });
});

test('refuses the address as its own password', async () => {
  const { code } = await create({ ask: true }, undefined, piped('Ada@Example.com'));
  expect(code).toMatchObject({ message: expect.stringMatching(/^the password is the address/) });
});

test('--ask with nothing to read', async () => {
  const { code } = await create({ ask: true });
  expect(code).toMatchObject({
    code: 'input-required',
    message:
      '--ask has no terminal to ask in; pipe the password in, or leave out --ask, which generates one',
  });
});

test.each([
  [
    81,
    false,
    'administrator-exists',
    'ada@example.com is a user of staging already, and nothing was changed; for a new password run: medusa-infra admin create ada@example.com -s staging --reset',
  ],
  [
    82,
    true,
    'administrator-missing',
    'ada@example.com is no user of staging, so there is no password to reset; to create the user run: medusa-infra admin create ada@example.com -s staging',
  ],
  [
    1,
    false,
    'administrator-failed',
    'the store of staging did not create the administrator (null value in column "store_id"); its table of users is not as Medusa made it, so use its own commands instead',
  ],
  [
    137,
    true,
    'administrator-failed',
    'the store of staging did not change the password (null value in column "store_id"); its table of users is not as Medusa made it, so use its own commands instead',
  ],
])('a program that ends with %i prints no password', async (exitCode, reset, code, message) => {
  const end = { exitCode, said: 'null value in column "store_id"' };
  const failed = await create({ reset }, end);
  expect(failed).toMatchObject({ code: { code, message }, out: '', err: '' });
});

test('an end without a word names the exit code', async () => {
  const { code } = await create({}, { exitCode: 127, said: '' });
  expect(code).toMatchObject({
    message:
      'the store of staging did not create the administrator (exit code 127); see medusa-infra status -s staging, and run the command again',
  });
});

test.each(['ada', 'ada@localhost', 'a@b.example com', '@example.com', ''])(
  'refuses the address %j before anything else',
  async (address) => {
    expect(await run(['admin', 'create', address, '-s', 'nowhere'])).toEqual({
      code: 1,
      out: '',
      err: `${JSON.stringify(address)} is not an e-mail address such as you@example.com\ncode: email-invalid (docs/errors.md)\n`,
    });
  },
);

test('a name cannot be given with --reset', async () => {
  const args = ['admin', 'create', 'ada@example.com', '--reset', '--first-name', 'Ada'];
  expect(await run(args)).toMatchObject({
    code: 2,
    err: expect.stringContaining(
      "option '--first-name <name>' cannot be used with option '--reset'",
    ),
  });
});

test('a store with sqlite is one of development, which a seed fills', async () => {
  const cwd = folderWith({
    ...projectFiles,
    'stacks/dev.yaml': 'target: docker\ndatabase: { type: sqlite }\nredis: false\n',
  });
  expect(await run(['admin', 'create', 'ada@example.com'], { cwd })).toMatchObject({
    code: 1,
    err: expect.stringContaining('code: administrator-unsupported'),
  });
});

test('`admin` alone shows what there is', async () => {
  const { code, err } = await run(['admin']);
  expect(code).toBe(2);
  expect(err).toContain('create [options] <email>');
});
