import { describe, expect, test } from 'vitest';
import { EditRefused, editSecret } from '../../../src/stack/edit-secret.ts';

const edit = { version: 2, since: '2026-03-01' };
const rotate = (text: string, name = 'jwt') => editSecret(text, name, edit);

test('a flow map: the two values change, and not a byte beside', () => {
  const text = 'secrets:\n  jwt:   {version: 1 , since:  2025-01-01,maxAge: 90d} # ours\n';
  expect(rotate(text)).toBe(
    'secrets:\n  jwt:   {version: 2 , since:  2026-03-01,maxAge: 90d} # ours\n',
  );
});

test('a block map: comments, indentation, quotes and blank lines stay', () => {
  const text = [
    '# head',
    'secrets:',
    '    # why',
    '    jwt:',
    '        version: 1 # raised by rotate',
    '',
    '        maxAge: "90d"',
    "        since: '2025-01-01'   # a day",
    '    cookie: { version: 7 }',
    '# tail',
    '',
  ].join('\n');
  expect(rotate(text)).toBe(
    text.replace('version: 1 #', 'version: 2 #').replace("'2025-01-01'", "'2026-03-01'"),
  );
});

test('CRLF line endings stay, and added lines have them too', () => {
  expect(rotate('target: docker\r\nsecrets:\r\n  jwt:\r\n    maxAge: 90d # c\r\n')).toBe(
    'target: docker\r\nsecrets:\r\n  jwt:\r\n    maxAge: 90d # c\r\n    version: 2\r\n    since: 2026-03-01\r\n',
  );
  expect(rotate('target: docker\r\n')).toBe(
    'target: docker\r\nsecrets:\r\n  jwt: { version: 2, since: 2026-03-01 }\r\n',
  );
});

test('a byte order mark stays', () => {
  expect(rotate('\uFEFFsecrets:\n  cookie: { keep: 2 }\n')).toBe(
    '\uFEFFsecrets:\n  cookie: { keep: 2 }\n  jwt: { version: 2, since: 2026-03-01 }\n',
  );
  expect(rotate('\uFEFFtarget: docker\n')).toBe(
    '\uFEFFtarget: docker\nsecrets:\n  jwt: { version: 2, since: 2026-03-01 }\n',
  );
});

describe('what is missing is added in the style around it', () => {
  test('since beside version', () => {
    expect(rotate('secrets: { jwt: { version: 1 } }\n')).toBe(
      'secrets: { jwt: { version: 2, since: 2026-03-01 } }\n',
    );
    expect(rotate('secrets:\n  jwt:\n    version: 1\n    # next quarter\n')).toBe(
      'secrets:\n  jwt:\n    version: 2\n    since: 2026-03-01\n    # next quarter\n',
    );
  });

  test('version beside other keys, in flow maps of all shapes', () => {
    expect(rotate('secrets: { jwt: { maxAge: 90d, } }')).toBe(
      'secrets: { jwt: { maxAge: 90d, version: 2, since: 2026-03-01, } }',
    );
    expect(rotate('secrets:\n  jwt: {\n    length: 64, # c\n    maxAge: 90d # d\n  }\n')).toBe(
      'secrets:\n  jwt: {\n    length: 64, # c\n    maxAge: 90d, version: 2, since: 2026-03-01 # d\n  }\n',
    );
    for (const empty of ['{}', '{ }']) {
      expect(rotate(`secrets:\n  jwt: ${empty} # c\n`)).toBe(
        'secrets:\n  jwt: { version: 2, since: 2026-03-01 } # c\n',
      );
    }
    expect(rotate('secrets:\n  jwt: { # c\n  }\n')).toBe(
      'secrets:\n  jwt: { version: 2, since: 2026-03-01 # c\n  }\n',
    );
  });

  test('the entry, in a block, a flow map and an empty section', () => {
    expect(
      rotate('secrets:\n  stripe:\n    from:\n      command:\n        - pass\nredis: false\n'),
    ).toBe(
      'secrets:\n  stripe:\n    from:\n      command:\n        - pass\n  jwt: { version: 2, since: 2026-03-01 }\nredis: false\n',
    );
    expect(rotate('secrets: { a: { keep: 0 } }')).toBe(
      'secrets: { a: { keep: 0 }, jwt: { version: 2, since: 2026-03-01 } }',
    );
    expect(rotate('secrets: {} # none\n')).toBe(
      'secrets: { jwt: { version: 2, since: 2026-03-01 } } # none\n',
    );
    expect(rotate('secrets: # none\nedge: {}\n')).toBe(
      'secrets: { jwt: { version: 2, since: 2026-03-01 } } # none\nedge: {}\n',
    );
  });

  test.each(['jwt:', 'jwt: ~', 'jwt: null'])('an entry that is written as `%s`', (entry) => {
    expect(rotate(`secrets:\n  ${entry} # c\n  cookie: {}\n`)).toBe(
      'secrets:\n  jwt: { version: 2, since: 2026-03-01 } # c\n  cookie: {}\n',
    );
  });

  test('a value that is written as nothing', () => {
    expect(rotate('secrets:\n  jwt:\n    version:\n    since: # c\n')).toBe(
      'secrets:\n  jwt:\n    version: 2\n    since: 2026-03-01 # c\n',
    );
  });

  test('the section, set off by an empty line where the file has some', () => {
    expect(rotate('target: docker\n\nedge: { port: 1 }\n# end\n')).toBe(
      'target: docker\n\nedge: { port: 1 }\n# end\n\nsecrets:\n  jwt: { version: 2, since: 2026-03-01 }\n',
    );
    expect(rotate('target: docker')).toBe(
      'target: docker\nsecrets:\n  jwt: { version: 2, since: 2026-03-01 }',
    );
    expect(rotate('{ target: docker }\n')).toBe(
      '{ target: docker, secrets: { jwt: { version: 2, since: 2026-03-01 } } }\n',
    );
  });

  test('the last line has no line break', () => {
    expect(rotate('secrets:\n  jwt:\n    maxAge: 90d')).toBe(
      'secrets:\n  jwt:\n    maxAge: 90d\n    version: 2\n    since: 2026-03-01',
    );
  });
});

describe('aliases and merge keys: what the anchor names stays as it is', () => {
  test('an entry that is an alias', () => {
    expect(
      rotate('x-d: &d { version: 1, maxAge: 90d }\nsecrets:\n  jwt: *d # c\n  cookie: *d\n'),
    ).toBe(
      'x-d: &d { version: 1, maxAge: 90d }\nsecrets:\n  jwt: { <<: *d, version: 2, since: 2026-03-01 } # c\n  cookie: *d\n',
    );
  });

  test('a value that is an alias', () => {
    expect(rotate('x-v: &v 1\nsecrets:\n  jwt: { version: *v, since: 2025-01-01 }\n')).toBe(
      'x-v: &v 1\nsecrets:\n  jwt: { version: 2, since: 2026-03-01 }\n',
    );
  });

  test('a merge key, in block and flow style', () => {
    expect(rotate('x-d: &d { version: 1 }\nsecrets:\n  jwt:\n    <<: *d\n')).toBe(
      'x-d: &d { version: 1 }\nsecrets:\n  jwt:\n    <<: *d\n    version: 2\n    since: 2026-03-01\n',
    );
    expect(rotate('x-d: &d { version: 1 }\nsecrets: { jwt: { <<: *d } }\n')).toBe(
      'x-d: &d { version: 1 }\nsecrets: { jwt: { <<: *d, version: 2, since: 2026-03-01 } }\n',
    );
  });

  test('an anchor at the entry or the value itself stays', () => {
    expect(rotate('secrets:\n  jwt: &j { version: &v 1 }\n')).toBe(
      'secrets:\n  jwt: &j { version: &v 2, since: 2026-03-01 }\n',
    );
  });
});

test('keys in quotes and explicit keys', () => {
  expect(rotate('"secrets":\n  ? \'jwt\'\n  : { "version": 1 }\n')).toBe(
    '"secrets":\n  ? \'jwt\'\n  : { "version": 2, since: 2026-03-01 }\n',
  );
});

test('another entry of the same key elsewhere is left alone', () => {
  const text = 'jwt: { version: 1 }\nsecrets:\n  xjwt: { version: 1 }\n  jwt: { version: 1 }\n';
  expect(editSecret(text, 'jwt', { version: 2 })).toBe(
    'jwt: { version: 1 }\nsecrets:\n  xjwt: { version: 1 }\n  jwt: { version: 2 }\n',
  );
});

test.each([
  ['secrets: all of them\n', 'secrets holds a text, not a map'],
  ['secrets:\n  jwt: [1]\n', 'jwt.version is not of the kind that is expected'],
  ['secrets:\n  jwt:\n    version: |\n      1\n', 'the value is written as a block of text'],
  ['- a\n', 'the file is no map of sections'],
])('no map that could hold it: %j', (text, message) => {
  expect(() => rotate(text)).toThrow(new EditRefused(message));
});
