import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotationMarker } from '../../../../src/cli/rotate/marker.ts';
import { rotationSteps, type StepSources } from '../../../../src/cli/rotate/steps.ts';
import { goBackText } from '../../../../src/cli/rotate/text.ts';
import type { SecretStatus } from '../../../../src/cli/secrets/status.ts';
import { writeEdits } from '../../../../src/cli/secrets/write-edits.ts';
import type { Plan } from '../../../../src/derive/plan.ts';
import { folderWith, run } from '../../../support/unit/cli.ts';

const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };
const stackFile = `target: docker # ours
backend: { env: { A: { secret: stripeApiKey }, B: { secret: taxKey }, C: { secret: mailKey } } }
secrets:
  jwt: { version: 3 }
  stripeApiKey: { from: config }
  taxKey: { from: { env: TAX } }
  mailKey: { from: { command: [pass, show, mail] } }
`;
const files = {
  'Pulumi.yaml': 'name: shop\nstackConfigDir: stacks\n',
  'stacks/dev.yaml': stackFile,
};

function project(more: Readonly<Record<string, string>> = {}) {
  const cwd = folderWith({ ...files, ...more });
  const env = { ...noEngine, HOME: cwd, PULUMI_BACKEND_URL: `file://${cwd}/state` };
  return { cwd, env };
}

test('rotate without a name, or with two ways of naming', async () => {
  const message =
    'name the secrets to rotate, or use --all or --due: exactly one of the three; medusa-infra secrets lists them\ncode: option-invalid (docs/errors.md)\n';
  for (const args of [[], ['jwt', '--all'], ['--all', '--due']]) {
    expect(await run(['rotate', ...args], project())).toEqual({ code: 1, out: '', err: message });
  }
});

test('rotate tells all wrong names at once, each with what to do', async () => {
  const names = ['jtw', 'stripeApiKey', 'taxKey', 'mailKey', 'jwt'];
  expect(await run(['rotate', ...names], project())).toEqual({
    code: 1,
    out: '',
    err: [
      'there is no secret "jtw" under secrets; did you mean "jwt"?',
      'secret stripeApiKey is supplied, not generated; run: medusa-infra secrets set stripeApiKey && medusa-infra up',
      'secret taxKey is supplied, not generated; change the environment variable TAX and run: medusa-infra up',
      'secret mailKey is supplied, not generated; change what pass prints and run: medusa-infra up',
      '',
    ].join('\n'),
  });
});

test('rotate --dry-run shows the edit and what users see, without an engine, and writes nothing', async () => {
  const { cwd, env } = project();
  const { code, out, err } = await run(['rotate', 'jwt', 'redis', '--dry-run'], { cwd, env });
  expect(code).toBe(0);
  const day = new Date().toISOString().slice(0, 10);
  expect(out).toContain(
    [
      '   4 -   jwt: { version: 3 }',
      `   4 +   jwt: { version: 4, since: ${day} }`,
      `   8 +   redis: { version: 2, since: ${day} }`,
    ].join('\n'),
  );
  expect(out).toMatch(/^jwt: version 4\n {2}changes: the key that signs bearer tokens/m);
  expect(out).toMatch(/^ {2}users see \(keep: 1\): Nothing: tokens that were issued before/m);
  expect(out).toMatch(/^redis: version 2\n/m);
  expect(err).toMatch(/^not known which versions run: no Docker engine answers at/m);
  expect(readFileSync(join(cwd, 'stacks/dev.yaml'), 'utf8')).toBe(stackFile);
});

test('rotate --dry-run --json', async () => {
  const { code, out } = await run(['rotate', 'jwt', '--dry-run', '--json'], project());
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    dryRun: true,
    stack: 'dev',
    secrets: [{ name: 'jwt', from: null, to: 4, resumed: false }],
    edits: [{ file: expect.stringMatching(/stacks\/dev\.yaml$/), alsoIn: [] }],
  });
});

test('rotate of a parent’s version names the other stacks that take it', async () => {
  const { cwd, env } = project({
    'stacks/base.yaml': 'target: docker\nsecrets: { jwt: { version: 1 } }\n',
    'stacks/dev.yaml': 'extends: base\n',
    'stacks/qa.yaml': 'extends: base\n',
  });
  const { out } = await run(['rotate', 'jwt', '--dry-run'], { cwd, env });
  expect(out).toMatch(
    /^qa extends \S+base\.yaml and takes the new version too, at the next up of each$/m,
  );
});

test('rotate --due with nothing due: exit code 0 without engine, state and terminal', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const { cwd, env } = project({
    'stacks/dev.yaml': `target: docker\nsecrets: { jwt: { since: ${day}, maxAge: 90d }, cookie: {} }\n`,
  });
  expect(await run(['rotate', '--due'], { cwd, env })).toEqual({
    code: 0,
    out: 'nothing is due\n',
    err: '',
  });
  const { code, out } = await run(['rotate', '--due', '--json'], { cwd, env });
  expect({ code, out: JSON.parse(out) }).toEqual({
    code: 0,
    out: { ok: true, stack: 'dev', secrets: [], overdue: [] },
  });
});

test('rotate --due with a supplied secret that is due: what to do, exit code 1', async () => {
  const { cwd, env } = project({
    'stacks/dev.yaml': stackFile.replace(
      '{ from: config }',
      '{ from: config, since: 2020-01-01, maxAge: 90d }',
    ),
  });
  expect(await run(['rotate', '--due', '--yes'], { cwd, env })).toEqual({
    code: 1,
    out: 'stripeApiKey is due; secret stripeApiKey is supplied, not generated; run: medusa-infra secrets set stripeApiKey && medusa-infra up\n',
    err: '',
  });
});

test('rotate without a terminal needs --yes, before anything is touched', async () => {
  const { cwd, env } = project({
    'stacks/dev.yaml': stackFile.replace('version: 3', 'since: 2020-01-01, maxAge: 90d'),
  });
  const { code, out, err } = await run(['rotate', '--due'], { cwd, env });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(
    'rotate asks for confirmation, but there is no terminal; add --yes\ncode: confirmation-required (docs/errors.md)\n',
  );
});

const plan = {
  secrets: [
    { name: 'cookie', from: 'generated', length: 64, versions: [2, 1] },
    { name: 'jwt', from: 'generated', length: 64, versions: [3, 2] },
    { name: 'key', from: 'config' },
  ],
} as unknown as Plan;
const sources = (more: Partial<StepSources> = {}): StepSources => ({
  plan,
  statuses: [{ name: 'jwt', due: true } as SecretStatus],
  serving: [{ cookie: 2, jwt: 3 }],
  pending: {},
  ...more,
});

test.each<[string, Parameters<typeof rotationSteps>[0], Partial<StepSources>, object[]]>([
  ['by name', ['jwt'], {}, [{ name: 'jwt', from: 3, to: 4, resumed: false }]],
  ['what is due', 'due', {}, [{ name: 'jwt', from: 3, to: 4, resumed: false }]],
  [
    'all generated ones',
    'all',
    {},
    [
      { name: 'cookie', from: 2, to: 3, resumed: false },
      { name: 'jwt', from: 3, to: 4, resumed: false },
    ],
  ],
  [
    'a replica that still runs with an older version: finished, not raised',
    ['jwt'],
    { serving: [{ jwt: 3 }, { jwt: 2 }] },
    [{ name: 'jwt', from: 2, to: 3, resumed: true }],
  ],
  [
    'only the proof is missing: finished, not raised',
    ['jwt'],
    { pending: { jwt: 3 } },
    [{ name: 'jwt', to: 3, resumed: true }],
  ],
  [
    'a note of a version that never reached the file',
    ['jwt'],
    { pending: { jwt: 4 } },
    [{ name: 'jwt', from: 3, to: 4, resumed: false }],
  ],
  [
    'what another run left unfinished is finished along with it',
    ['jwt'],
    { serving: [{ cookie: 1, jwt: 3 }] },
    [
      { name: 'cookie', from: 1, to: 2, resumed: true },
      { name: 'jwt', from: 3, to: 4, resumed: false },
    ],
  ],
  [
    'a file that was set back: a version that is new for the replicas too',
    ['jwt'],
    { serving: [{ jwt: 4 }] },
    [{ name: 'jwt', from: 4, to: 5, resumed: false }],
  ],
  ['nothing runs', ['jwt'], { serving: [] }, [{ name: 'jwt', to: 4, resumed: false }]],
])('steps: %s', (_, requested, more, steps) => {
  expect(rotationSteps(requested, sources(more))).toEqual(steps);
});

test('a note of what is pending: written, read, gone; half a note is none', () => {
  const home = folderWith({});
  const marker = new RotationMarker({ HOME: home }, 'shop', 'dev');
  expect(marker.read()).toEqual({});
  marker.write({ jwt: 2 });
  expect(marker.read()).toEqual({ jwt: 2 });
  expect(new RotationMarker({ HOME: home }, 'shop', 'qa').read()).toEqual({});
  marker.write({});
  expect(marker.read()).toEqual({});
  marker.write({});
});

test('edits keep the mode and follow links; a file that was changed meanwhile stays', () => {
  const folder = folderWith({ 'real.yaml': 'a: 1\n', 'other.yaml': 'b: 1\n' });
  const link = join(folder, 'dev.yaml');
  chmodSync(join(folder, 'real.yaml'), 0o640);
  symlinkSync('real.yaml', link);
  const edit = { file: link, before: 'a: 1\n', after: 'a: 2\n', alsoIn: [] };
  const stale = { file: join(folder, 'other.yaml'), before: 'b: 0\n', after: 'b: 2\n', alsoIn: [] };
  expect(() => writeEdits([edit, stale])).toThrow(
    `${stale.file} changed in the meantime, so nothing was written; run the command again`,
  );
  expect(readFileSync(link, 'utf8')).toBe('a: 1\n');
  writeEdits([edit]);
  expect(readFileSync(join(folder, 'real.yaml'), 'utf8')).toBe('a: 2\n');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(statSync(link).mode & 0o777).toBe(0o640);
});

test('how to go back after a failure: the lines to write', () => {
  const edit = { file: 'stacks/dev.yaml', before: 'a\nb: 1\n', after: 'a\nb: 2\nc\n', alsoIn: [] };
  const step = { name: 'jwt', from: 1, to: 2, resumed: false };
  expect(goBackText('dev', [step], [edit])).toMatchInlineSnapshot(`
    "The running replicas keep the previous values; the file keeps the new version.
    To continue, fix the failure and run the command again; versions are not raised twice.
    To go back, write this and run: medusa-infra up
      stacks/dev.yaml
         2 - b: 2
         3 - c
         2 + b: 1"
  `);
  expect(goBackText('qa', [{ ...step, resumed: true }], [])).toContain(
    'To go back, write this and run: medusa-infra up -s qa\n  secrets.jwt: { version: 1 }',
  );
});
