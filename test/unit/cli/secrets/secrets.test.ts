import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderWith, run } from '../../../support/unit/cli.ts';

const stackFile = `target: docker
backend:
  env:
    STRIPE_API_KEY: { secret: stripeApiKey }
    TAX_KEY: { secret: taxKey }
    MAIL_KEY: { secret: mailKey }
secrets:
  jwt: { version: 3, since: 2026-01-01, maxAge: 90d }
  cookie: { maxAge: 30d }
  stripeApiKey: { from: config }
  taxKey: { from: { env: TAX } }
  mailKey: { from: { command: [pass, show, mail] } }
`;
const files = {
  'Pulumi.yaml': 'name: shop\nstackConfigDir: stacks\n',
  'stacks/dev.yaml': stackFile,
  'stacks/Pulumi.dev.yaml': 'config:\n  shop:stripeApiKey:\n    secure: v1:abc\n',
};
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

/** A local state in which the cookie's value was made this many days ago. */
function stateWith(days: number) {
  const created = new Date(Date.now() - days * 86_400_000 - 60_000).toISOString();
  const resources = [
    {
      urn: 'urn:pulumi:dev::shop::medusa-infra:index:StackSecrets$random:index/randomPassword:RandomPassword::secret-cookie-v1',
      type: 'random:index/randomPassword:RandomPassword',
      created,
      outputs: { result: 'must-not-be-shown' },
    },
  ];
  return {
    'state/.pulumi/stacks/shop/dev.json': JSON.stringify({
      version: 3,
      checkpoint: { latest: { resources } },
    }),
  };
}

test('secrets without an engine: what is known, what is not, and no value', async () => {
  const cwd = folderWith({ ...files, ...stateWith(12.5) });
  const env = {
    ...noEngine,
    HOME: cwd,
    PULUMI_BACKEND_URL: `file://${cwd}/state`,
    TAX: 'a tax key',
  };
  const { code, out, err } = await run(['secrets', '--json'], { cwd, env });
  expect(code).toBe(0);
  const { secrets, unknown } = JSON.parse(out);
  expect(unknown).toEqual([
    expect.stringMatching(
      /^which versions run: no Docker engine answers at tcp:\/\/127\.0\.0\.1:1/,
    ),
  ]);
  const byName = Object.fromEntries(secrets.map((one: { name: string }) => [one.name, one]));
  expect(byName['jwt']).toEqual({
    name: 'jwt',
    source: 'generated',
    from: null,
    set: null,
    version: 3,
    kept: [2],
    serving: null,
    since: '2026-01-01T00:00:00.000Z',
    sinceFrom: 'file',
    ageDays: expect.any(Number),
    maxAgeDays: 90,
    dueOn: '2026-04-01T00:00:00.000Z',
    due: true,
    usedBy: ['JWT_SECRET', 'JWT_SECRET_PREVIOUS'],
  });
  expect(byName['cookie']).toMatchObject({
    version: 1,
    ageDays: 12.5,
    sinceFrom: 'state',
    due: false,
  });
  expect(byName['database']).toMatchObject({
    version: 1,
    since: null,
    ageDays: null,
    maxAgeDays: null,
    usedBy: ['DATABASE_URL', 'database role medusa_a'],
  });
  expect(byName['redis'].usedBy).toEqual(['REDIS_URL', 'Redis user medusa_v1']);
  expect(byName['stripeApiKey']).toMatchObject({ source: 'config', set: true, version: null });
  expect(byName['taxKey']).toMatchObject({ source: 'env', from: 'TAX', set: true });
  expect(byName['mailKey']).toMatchObject({ source: 'command', from: 'pass', set: null });
  expect(out + err).not.toMatch(/must-not-be-shown|a tax key|v1:abc/);
});

test('secrets as a table, with what to do next', async () => {
  const cwd = folderWith({ ...files, ...stateWith(12.5), 'stacks/Pulumi.dev.yaml': '{}\n' });
  const env = { ...noEngine, HOME: cwd, PULUMI_BACKEND_URL: `file://${cwd}/state` };
  const { out, err } = await run(['secrets'], { cwd, env });
  const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual([
    ['secret', 'source', 'version', 'age', 'due', 'used by'],
    ['cookie', 'generated', '1', '12 days', 'in 17 days', 'COOKIE_SECRET'],
    ['database', 'generated', '1', 'unknown', '-', 'DATABASE_URL, database role medusa_a'],
    [
      'jwt',
      'generated',
      '3 (keeps 2)',
      expect.stringMatching(/^\d+ days$/),
      'now',
      'JWT_SECRET, JWT_SECRET_PREVIOUS',
    ],
    ['mailKey', 'command pass', '-', 'unknown', '-', 'MAIL_KEY'],
    ['redis', 'generated', '1', 'unknown', '-', 'REDIS_URL, Redis user medusa_v1'],
    ['stripeApiKey', 'config (not set)', '-', 'unknown', '-', 'STRIPE_API_KEY'],
    ['taxKey', 'env TAX (not set here)', '-', 'unknown', '-', 'TAX_KEY'],
    [''],
  ]);
  expect(err.split('\n').slice(1)).toEqual([
    'stripeApiKey has no value; run: medusa-infra secrets set stripeApiKey',
    'due: jwt; run: medusa-infra rotate --due',
    '',
  ]);
});

test.each([
  [
    'jwt',
    'secret-source-mismatch',
    'secret jwt is generated, so its value cannot be set; for a new value run: medusa-infra rotate jwt',
  ],
  ['jtw', 'secret-unknown', 'there is no secret "jtw" under secrets; did you mean "jwt"?'],
  [
    'taxKey',
    'secret-source-mismatch',
    "secret taxKey comes from the environment variable TAX; change it there and run: medusa-infra up (to keep it in Pulumi's configuration instead, declare it as { from: config })",
  ],
  [
    'mailKey',
    'secret-source-mismatch',
    "secret mailKey comes from the command pass; change it there and run: medusa-infra up (to keep it in Pulumi's configuration instead, declare it as { from: config })",
  ],
])('secrets set %s: only what is declared from config', async (name, code, message) => {
  const cwd = folderWith(files);
  const readInput = async () => {
    throw new Error('nothing is read for it');
  };
  expect(await run(['secrets', 'set', name], { cwd, readInput })).toEqual({
    code: 1,
    out: '',
    err: `${message}\ncode: ${code} (docs/errors.md)\n`,
  });
});

test('secrets set without a terminal and without input', async () => {
  const cwd = folderWith(files);
  expect((await run(['secrets', 'set', 'stripeApiKey'], { cwd })).err).toBe(
    'there is no terminal to ask in; pipe the value in: printf %s "$VALUE" | medusa-infra secrets set stripeApiKey\ncode: input-required (docs/errors.md)\n',
  );
});

test.each([
  ['', 'is empty'],
  ['\n', 'is empty'],
  [
    'key\n\n',
    'ends with a line break, which would be part of the value; set it again without (printf, not echo)',
  ],
  [' key\n', 'begins or ends with white space; set it again without'],
  ['changeme\r\n', 'is a well-known default value; set a random one'],
])('secrets set refuses %j before any tool is looked for', async (input, problem) => {
  const staging = stackFile
    .replace('target: docker', 'target: docker\nenvironment: staging')
    .concat('edge: { host: shop.localhost, tls: off, trustForwarded: true }\n');
  const cwd = folderWith({ ...files, 'stacks/staging.yaml': staging });
  for (const args of [
    ['secrets', 'set', 'stripeApiKey', '-s', 'staging'],
    ['secrets', '-s', 'staging', 'set', 'stripeApiKey'],
  ]) {
    const { code, out, err } = await run(args, { cwd, readInput: async () => Buffer.from(input) });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.split('\n').at(-2)).toBe(`secrets.stripeApiKey: ${problem}`);
  }
});

test('secrets set asks without echo on a terminal, and a value that is no text is refused', async () => {
  const cwd = folderWith(files);
  const asked: string[] = [];
  const askSecret = async (question: string) => {
    asked.push(question);
    return ' ';
  };
  const typed = await run(['secrets', 'set', 'stripeApiKey'], {
    cwd,
    interactive: true,
    askSecret,
  });
  expect(asked).toEqual(['Value of stripeApiKey for dev (not shown)']);
  expect(typed.err).toBe('secrets.stripeApiKey: holds nothing but white space\n');
  const readInput = async () => Buffer.from([0xff, 0xfe]);
  expect((await run(['secrets', 'set', 'stripeApiKey'], { cwd, readInput })).err).toBe(
    'secrets.stripeApiKey: the value is not UTF-8 text, so no variable can hold it\ncode: secret-value-invalid (docs/errors.md)\n',
  );
  expect(readFileSync(`${cwd}/stacks/dev.yaml`, 'utf8')).toBe(stackFile);
});
