import { expect, test } from 'vitest';
import { folderWith, run } from '../../../support/unit/cli.ts';

const wrong = 'target: dokcer\nenvironment: development\nbackend:\n  cpu: half\n';

test('one line an issue with the file as it was given, a summary on stderr, exit code 1', async () => {
  const folder = folderWith({ 'dev.yaml': wrong });
  const { code, out, err } = await run(['check', `${folder}/dev.yaml`]);
  expect(out.split('\n').map((line) => line.replace(/: .*/, ''))).toEqual([
    `${folder}/dev.yaml:1:9 target`,
    `${folder}/dev.yaml:4:8 backend.cpu`,
    '',
  ]);
  expect(err).toBe('1 file checked: 2 errors\n');
  expect(code).toBe(1);
});

const kept = (place: string) =>
  `note: ${place} uploads: uploaded files are kept in the volume <project>-<stack>-uploads at uploads; all replicas share it, releases and destroy keep it\n`;

test('a right file: only what becomes of uploaded files on stdout, exit code 0', async () => {
  const folder = folderWith({ 'dev.yaml': 'target: docker\n' });
  expect(await run(['check', `${folder}/dev.yaml`])).toEqual({
    code: 0,
    out: kept(`${folder}/dev.yaml:1:1`),
    err: '1 file checked: no errors\n',
  });
});

test('a warning cannot be taken for an error, and does not change the exit code', async () => {
  const folder = folderWith({
    'dev.yaml': 'target: docker\nsecrets:\n  unused: { from: config }\n',
  });
  const { code, out, err } = await run(['check', `${folder}/dev.yaml`]);
  expect(out).toMatch(/^warning: \S+dev\.yaml:3:\d+ secrets\.unused: /);
  expect(err).toBe('1 file checked: no errors, 1 warning\n');
  expect(code).toBe(0);
});

test('of a folder its stack files, without those of Pulumi and the lock', async () => {
  const folder = folderWith({
    'dev.yaml': 'target: docker\n',
    'staging.yaml': 'target: dokcer\n',
    'Pulumi.dev.yaml': 'encryptionsalt: v1\n',
    'images.lock.yaml': 'dev: {}\n',
    'schema.json': '{}',
  });
  const { code, out, err } = await run(['check', folder]);
  expect(out).toBe(
    `${kept(`${folder}/dev.yaml:1:1`)}${folder}/staging.yaml:1:9 target: docker or aws, got "dokcer"; did you mean "docker"?\n`,
  );
  expect(err).toBe('2 files checked: 1 error\n');
  expect(code).toBe(1);
});

test('a folder without a stack file is said to be one', async () => {
  const folder = folderWith({ 'Pulumi.dev.yaml': '' });
  expect(await run(['check', folder])).toEqual({
    code: 1,
    out: '',
    err: `${folder}: there is no stack file in this folder\ncode: stack-file-missing (docs/errors.md)\n`,
  });
});

test('a file that others extend may lack the target, one that none extends may not', async () => {
  const folder = folderWith({
    'base.yaml': 'backend: { cpu: 250m }\n',
    'dev.yaml': 'extends: base\ntarget: docker\n',
    'alone.yaml': 'backend: { cpu: 250m }\n',
  });
  expect((await run(['check', `${folder}/base.yaml`])).code).toBe(0);
  const alone = await run(['check', `${folder}/alone.yaml`]);
  expect(alone.out).toBe(`${folder}/alone.yaml:1:1 target: required, but missing: docker or aws\n`);
  expect(alone.code).toBe(1);
});

test('other mistakes of a parent are still told', async () => {
  const folder = folderWith({
    'base.yaml': 'backend: { replcas: 2 }\n',
    'dev.yaml': 'extends: base\ntarget: docker\n',
  });
  const { code, out } = await run(['check', `${folder}/base.yaml`]);
  expect(out).toBe(
    `${folder}/base.yaml:1:12 backend: unknown key "replcas"; did you mean "replicas"?\n`,
  );
  expect(code).toBe(1);
});

test('--json is one document with the rule of each issue', async () => {
  const folder = folderWith({ 'dev.yaml': 'target: dokcer\n' });
  const { code, out, err } = await run(['check', '--json', `${folder}/dev.yaml`]);
  expect(JSON.parse(out)).toEqual({
    ok: false,
    files: [
      {
        file: `${folder}/dev.yaml`,
        issues: [
          {
            file: `${folder}/dev.yaml`,
            line: 1,
            column: 9,
            path: 'target',
            message: 'docker or aws, got "dokcer"; did you mean "docker"?',
            rule: 'schema',
            code: 'schema',
          },
        ],
        warnings: [],
        notes: [],
      },
    ],
  });
  expect(err).toBe('');
  expect(code).toBe(1);
});
