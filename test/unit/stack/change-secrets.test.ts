import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changeSecrets, type SecretChange } from '../../../src/stack/change-secrets.ts';
import { isStackFileName } from '../../../src/stack/extends.ts';
import { loadStackFile } from '../../../src/stack/load.ts';
import { folderWith } from '../../support/unit/cli.ts';

const jwt: SecretChange = { name: 'jwt', version: 2, since: '2026-03-01' };

function change(files: Readonly<Record<string, string>>, changes: readonly SecretChange[] = [jwt]) {
  const folder = folderWith(files);
  try {
    return changeSecrets(join(folder, 'dev.yaml'), changes).map(({ file, after, alsoIn }) => ({
      file: file.slice(folder.length + 1),
      after,
      alsoIn,
    }));
  } finally {
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    }
  }
}

test('several secrets at once are one edit of one file', () => {
  expect(
    change({ 'dev.yaml': 'target: docker\nsecrets:\n  jwt: { version: 1 }\n' }, [
      jwt,
      { name: 'cookie', version: 2, since: '2026-03-01' },
    ]),
  ).toEqual([
    {
      file: 'dev.yaml',
      after:
        'target: docker\nsecrets:\n  jwt: { version: 2, since: 2026-03-01 }\n  cookie: { version: 2, since: 2026-03-01 }\n',
      alsoIn: [],
    },
  ]);
});

test('a version that a parent declares is changed there, and the other stacks that take it are named', () => {
  const files = {
    'base.yaml': 'target: docker\nsecrets: { jwt: { version: 1 } }\n',
    'dev.yaml': 'extends: base\nsecrets: { jwt: { maxAge: 90d } }\n',
    'qa.yaml': 'extends: base\n',
    'own.yaml': 'extends: base\nsecrets: { jwt: { version: 7, since: 2025-01-01 } }\n',
    'broken.yaml': 'extends: nothing\n',
    'else.yaml': 'target: docker\n',
  };
  expect(change(files)).toEqual([
    {
      file: 'base.yaml',
      after: 'target: docker\nsecrets: { jwt: { version: 2, since: 2026-03-01 } }\n',
      alsoIn: ['qa'],
    },
  ]);
});

test('no file declares the version: the stack’s own file does from now on', () => {
  expect(
    change({
      'base.yaml': 'target: docker\nsecrets: { jwt: { maxAge: 90d } }\n',
      'dev.yaml': 'extends: base\n',
    }),
  ).toEqual([
    {
      file: 'dev.yaml',
      after: 'extends: base\nsecrets:\n  jwt: { version: 2, since: 2026-03-01 }\n',
      alsoIn: [],
    },
  ]);
});

test('a date that stands nearer than the version is changed where it stands', () => {
  expect(
    change({
      'base.yaml': 'target: docker\nsecrets: { jwt: { version: 1 } }\n',
      'dev.yaml': 'extends: base\nsecrets: { jwt: { since: 2025-01-01 } }\n',
    }).map(({ file, after }) => [file, after]),
  ).toEqual([
    ['dev.yaml', 'extends: base\nsecrets: { jwt: { since: 2026-03-01 } }\n'],
    ['base.yaml', 'target: docker\nsecrets: { jwt: { version: 2 } }\n'],
  ]);
});

test('the date of a supplied secret goes into the stack’s own file', () => {
  expect(
    change(
      {
        'base.yaml': 'target: docker\nsecrets: { key: { from: config, since: 2025-01-01 } }\n',
        'dev.yaml': 'extends: base\n',
      },
      [{ name: 'key', since: '2026-03-01', ownFile: true }],
    ),
  ).toEqual([
    {
      file: 'dev.yaml',
      after: 'extends: base\nsecrets:\n  key: { since: 2026-03-01 }\n',
      alsoIn: [],
    },
  ]);
});

test('an anchor that another secret shares is not touched: refused with what to write', () => {
  expect(() =>
    change({
      'dev.yaml': 'target: docker\nsecrets: { jwt: &a { version: 1, keep: 1 }, cookie: *a }\n',
    }),
  ).toThrow(
    /dev\.yaml cannot be edited without touching something else, so nothing was written: secrets\.cookie\.version would change as well\nwrite this by hand, and run `up`:\n {2}secrets\.jwt: \{ version: 2, since: 2026-03-01 \}$/,
  );
});

test('what a null took away does not come back', () => {
  expect(() =>
    change({
      'base.yaml': 'target: docker\nsecrets: { key: { from: config } }\n',
      'dev.yaml': 'extends: base\nsecrets: ~\n',
    }),
  ).toThrow(/secrets\.key would change as well/);
});

test('an alias that one entry is, and a merge key', () => {
  const [edit] = change({
    'dev.yaml':
      'target: docker\nx-d: &d { version: 1, keep: 1 }\nsecrets:\n  jwt: *d\n  cookie: { <<: *d }\n',
  });
  expect(edit?.after).toBe(
    'target: docker\nx-d: &d { version: 1, keep: 1 }\nsecrets:\n  jwt: { <<: *d, version: 2, since: 2026-03-01 }\n  cookie: { <<: *d }\n',
  );
});

test('nothing to change is no edit', () => {
  const text = 'target: docker\nsecrets: { jwt: { version: 2, since: 2026-03-01 } }\n';
  expect(change({ 'dev.yaml': text })).toEqual([]);
});

const samples = ['stacks', 'test/fixtures/cases/good'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => isStackFileName(name) && name !== 'base.yaml')
    .map((name) => [folder, name] as const),
);

test.each(samples)(
  'all secrets of %s/%s at once: every line that was there before stays',
  (from, name) => {
    const files = readdirSync(from).filter(isStackFileName);
    const folder = folderWith(
      Object.fromEntries(files.map((file) => [file, readFileSync(join(from, file), 'utf8')])),
    );
    const { stack } = loadStackFile(join(folder, name));
    const changes = Object.entries(stack?.secrets ?? {}).flatMap(
      ([secret, spec]): SecretChange[] =>
        spec.from === 'generated'
          ? [{ name: secret, version: spec.version + 1, since: '2026-03-01' }]
          : [{ name: secret, since: '2026-03-01', ownFile: true }],
    );
    expect(changes.length).toBeGreaterThan(0);
    const edits = changeSecrets(join(folder, name), changes);
    expect(edits.length).toBeGreaterThan(0);
    for (const { before, after } of edits) {
      const kept = after.split('\n');
      const lost = before.split('\n').filter((line) => !kept.includes(line));
      // Lines that are gone are entries of the changed secrets, or the section itself where it was one line.
      const entries = new RegExp(
        `^(secrets:| *["']?(${changes.map((one) => one.name).join('|')})["']?:| *(version|since):)`,
      );
      expect(lost.filter((line) => !entries.test(line))).toEqual([]);
    }
  },
);
