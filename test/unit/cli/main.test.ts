import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wantsColor } from '../../../src/cli/context.ts';
import { commands } from '../../../src/cli/program.ts';
import { folderWith, projectFiles, run } from '../../support/unit/cli.ts';

test('without arguments the help, with examples', async () => {
  const { code, out } = await run([]);
  expect(code).toBe(0);
  expect(out).toContain('Usage: medusa-infra <command> [options]');
  expect(out).toContain('  medusa-infra logs backend --follow\n');
});

test.each(commands.map((command) => [command.name, command] as const))(
  'help of %s has its examples',
  async (name, text) => {
    const { code, out } = await run([...name.split(' '), '--help']);
    expect(code).toBe(0);
    for (const [command] of text.examples) expect(out).toContain(`  ${command}\n`);
  },
);

test('--version is that of the package', async () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('an unknown command: the nearest one, exit code 2', async () => {
  expect(await run(['chek'])).toEqual({
    code: 2,
    out: '',
    err: `error: unknown command 'chek'\n(Did you mean check?)\nRun "medusa-infra --help" for all commands.\n`,
  });
});

test('an unknown option: the nearest one, exit code 2', async () => {
  expect(await run(['up', '--yess'])).toEqual({
    code: 2,
    out: '',
    err: `error: unknown option '--yess'\n(Did you mean --yes?)\nRun "medusa-infra up --help" for its options and examples.\n`,
  });
});

test('check without a file is a wrong command line', async () => {
  const { code, err } = await run(['check']);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: missing required argument 'files'\n/);
});

test('a format that does not exist', async () => {
  const { code, err } = await run(['env', '--format', 'yaml']);
  expect(code).toBe(2);
  expect(err).toMatch(/Allowed choices are dotenv, json, shell\./);
});

test('an unknown stack: the nearest file of the stacks folder', async () => {
  const cwd = folderWith({ ...projectFiles, 'stacks/staging.yaml': 'target: docker\n' });
  expect(await run(['plan', '-s', 'stagin'], { cwd })).toEqual({
    code: 1,
    out: '',
    err: 'there is no stack "stagin" (stagin.yaml in stacks); did you mean "staging"?\ncode: stack-file-missing (docs/errors.md)\n',
  });
  expect((await run(['plan', '-s', 'qa'], { cwd })).err).toBe(
    'there is no stack "qa" (qa.yaml in stacks); available: dev, staging\ncode: stack-file-missing (docs/errors.md)\n',
  );
});

test('a file that is only extended is not offered as a stack', async () => {
  const files = {
    ...projectFiles,
    'stacks/base.yaml': 'target: docker\n',
    'stacks/staging.yaml': 'extends: base\n',
    'stacks/eu.yaml': 'extends: "staging" # as there\n',
    'stacks/live.yaml': 'target: docker\n',
    'stacks/live-2.yaml': 'extends: live\n',
    'stacks/Pulumi.live.yaml': 'encryptionsalt: v1:abc\n',
  };
  const cwd = folderWith(files);
  expect((await run(['plan', '-s', 'bsae'], { cwd })).err).toBe(
    'there is no stack "bsae" (bsae.yaml in stacks); available: dev, eu, live, live-2, staging\ncode: stack-file-missing (docs/errors.md)\n',
  );
  expect((await run(['plan', '-s', 'base'], { cwd })).code).toBe(0);
  expect((await run(['plan', '-s', '../stacks/dev'], { cwd })).code).toBe(1);
});

test.each([['up', '--yes'], ['start'], ['preview'], ['pulumi-env'], ['secrets', 'set', 'stripe']])(
  '%s %s of a file that is only extended creates no stack',
  async (...command) => {
    const cwd = folderWith({
      ...projectFiles,
      'stacks/base.yaml':
        'target: docker\nbackend: { env: { KEY: { secret: stripe } } }\nsecrets: { stripe: { from: config } }\n',
      'stacks/staging.yaml': 'extends: base\n',
    });
    expect(await run([...command, '-s', 'base'], { cwd })).toEqual({
      code: 1,
      out: '',
      err: `base: other stack files extend ${cwd}/stacks/base.yaml, so it is what they share and no stack itself; name one of dev, staging, or add a file with "extends: base" alone\ncode: stack-file-shared (docs/errors.md)\n`,
    });
  },
);

test('a name that Pulumi would refuse', async () => {
  const cwd = folderWith({ ...projectFiles, 'stacks/my stack.yaml': 'target: docker\n' });
  expect(await run(['plan', '-s', 'my stack'], { cwd })).toEqual({
    code: 1,
    out: '',
    err: 'stack "my stack": a stack name has at most 100 letters, digits, hyphens, underscores and periods; rename the file\ncode: stack-name-invalid (docs/errors.md)\n',
  });
});

test('outside of a project', async () => {
  const cwd = folderWith({});
  expect(await run(['plan'], { cwd })).toEqual({
    code: 1,
    out: '',
    err: `there is no Pulumi.yaml in ${cwd} or above it; run the command in a project\ncode: project-missing (docs/errors.md)\n`,
  });
});

test('with --json a failure is a document too', async () => {
  const cwd = folderWith(projectFiles);
  const { code, out, err } = await run(['plan', '--json', '-s', 'nothing'], { cwd });
  const message = 'there is no stack "nothing" (nothing.yaml in stacks); available: dev';
  expect(JSON.parse(out)).toEqual({ ok: false, error: message, code: 'stack-file-missing' });
  expect(err).toBe(`${message}\ncode: stack-file-missing (docs/errors.md)\n`);
  expect(code).toBe(1);
});

test('with --json the issues of a wrong stack file have their places', async () => {
  const cwd = folderWith({ ...projectFiles, 'stacks/dev.yaml': 'target: dokcer\n' });
  const { out, err } = await run(['plan', '--json'], { cwd });
  const file = `${cwd}/stacks/dev.yaml`;
  const message = 'docker or aws, got "dokcer"; did you mean "docker"?';
  expect(JSON.parse(out)).toEqual({
    ok: false,
    error: `${file}:1:9 target: ${message}`,
    code: 'stack-file-invalid',
    problems: [{ code: 'schema', path: 'target', file, line: 1, column: 9, message }],
  });
  expect(err).toBe(`${file}:1:9 target: ${message}\n`);
});

test.each(['up', 'destroy'])('%s without a terminal needs --yes', async (command) => {
  const cwd = folderWith(projectFiles);
  expect(await run([command], { cwd })).toEqual({
    code: 1,
    out: '',
    err: `${command} asks for confirmation, but there is no terminal; add --yes\ncode: confirmation-required (docs/errors.md)\n`,
  });
});

test('up with --json asks nothing, so it needs --yes also on a terminal', async () => {
  const cwd = folderWith(projectFiles);
  const { code, err } = await run(['up', '--json'], { cwd, interactive: true });
  expect(code).toBe(1);
  expect(err).toBe(
    'up asks for confirmation, but not with --json; add --yes\ncode: confirmation-required (docs/errors.md)\n',
  );
});

test.each(['up', 'preview', 'env', 'status', 'start'])(
  '%s of a wrong stack file stops before any tool is looked for',
  async (command) => {
    const cwd = folderWith({ ...projectFiles, 'stacks/dev.yaml': 'target: dokcer\n' });
    const { code, err } = await run([command], { cwd });
    expect(err).toBe(
      `${cwd}/stacks/dev.yaml:1:9 target: docker or aws, got "dokcer"; did you mean "docker"?\n`,
    );
    expect(code).toBe(1);
  },
);

test('NO_COLOR wins, then FORCE_COLOR, then the terminal', () => {
  const terminal = { write: () => true, isTTY: true };
  const pipe = { write: () => true };
  expect(wantsColor({}, terminal)).toBe(true);
  expect(wantsColor({}, pipe)).toBe(false);
  expect(wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, terminal)).toBe(false);
  expect(wantsColor({ NO_COLOR: '' }, terminal)).toBe(true);
  expect(wantsColor({ FORCE_COLOR: '1' }, pipe)).toBe(true);
  expect(wantsColor({ FORCE_COLOR: '0' }, terminal)).toBe(false);
  expect(wantsColor({ TERM: 'dumb' }, terminal)).toBe(false);
});
