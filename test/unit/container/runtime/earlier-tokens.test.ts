import { createHmac } from 'node:crypto';
import { realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEarlierTokens } from '../../../../src/container/runtime/earlier-tokens.ts';
import { findLibraries } from '../../../../src/container/runtime/jwt-libraries.ts';
import { ConfigurationError } from '../../../../src/container/runtime/problems.ts';
import { readMedusaConfig } from '../../../../src/container/runtime/read-config.ts';
import { signingSecret } from '../../../../src/container/runtime/signing-secret.ts';
import type { Environment } from '../../../../src/container/runtime/variables.ts';
import { signToken } from '../../../../src/container/tokens.ts';
import { medusaProject, VERIFIER } from '../../../support/medusa-project.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { JWT, production } from '../../../support/unit/runtime-settings.ts';

const older = 'older-0123456789abcdef0123456789abcdef';
const oldest = 'oldest-0123456789abcdef0123456789abcdef';
const rotated = (changes: Environment = {}) =>
  production({ JWT_SECRET_PREVIOUS: JSON.stringify([older, oldest]), ...changes });

/** The library as a backend in `project` loads it; `by` is the path of a package below node_modules. */
function libraryOf(project: string, by = '@medusajs/medusa') {
  return createRequire(join(project, 'node_modules', by, 'index.js'))('jsonwebtoken');
}

function verified(
  library: { verify(...args: unknown[]): { user_id: string } },
  signedWith: string,
  secret = JWT,
): string {
  try {
    return library.verify(signToken({ user_id: 'usr_1' }, signedWith), secret).user_id;
  } catch (error) {
    return (error as Error).message;
  }
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('which secret a token is verified with', () => {
  const earlier = { secrets: [older, oldest] };
  const chosen = (token: unknown) => signingSecret(token, JWT, earlier);
  const signed = (header: unknown, hash: string, secret: string) => {
    const now = Math.floor(Date.now() / 1000);
    const text = [header, { iat: now }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const body = text.join('.');
    return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
  };

  test('the one that signed it, the current one otherwise', () => {
    expect(chosen(signToken({}, JWT))).toBe(JWT);
    expect(chosen(signToken({}, older))).toBe(older);
    expect(chosen(signToken({}, oldest))).toBe(oldest);
    expect(chosen(signToken({}, 'of a stranger'))).toBe(JWT);
  });

  test.each([
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ])('%s too', (alg, hash) => expect(chosen(signed({ alg }, hash, older))).toBe(older));

  test.each([
    ['none', { alg: 'none' }],
    ['RS256, with the secret as if it were a public key', { alg: 'RS256' }],
    ['a name of every object', { alg: 'constructor' }],
    ['a list', { alg: ['HS256'] }],
    ['no header at all', null],
  ])('never an earlier one for the algorithm %s', (_, header) =>
    expect(chosen(signed(header, 'sha256', older))).toBe(JWT),
  );

  test.each(['', '.', '..', 'a.b.c', `${signToken({}, older)}x`, undefined, 7, { split: 1 }])(
    'never an earlier one for %j',
    (token) => expect(chosen(token)).toBe(JWT),
  );

  test('never an earlier one for a changed payload', () => {
    const [header, , signature] = signToken({ user_id: 'usr_1' }, older).split('.');
    const payload = Buffer.from('{"user_id":"usr_2"}').toString('base64url');
    expect(chosen(`${header}.${payload}.${signature}`)).toBe(JWT);
  });
});

describe('what an earlier secret signs', () => {
  const day = 86_400_000;
  const ago = (days: number) => Date.now() - days * day;
  const signed = (claims: object, issuedAt: number, secret = older) =>
    signToken({ ...claims }, secret, { issuedAt });
  const counts = (token: string, untilDaysAgo?: number) => {
    const until = untilDaysAgo === undefined ? undefined : ago(untilDaysAgo);
    return signingSecret(token, JWT, { secrets: [older, oldest], until }) !== JWT;
  };
  const admin = { user_id: 'usr_1', domain: 'admin' };
  const customer = { customer_id: 'cus_1', domain: 'store' };

  test.each([
    ['of its own time', customer, 8, 7, true],
    ['made after the rotation', customer, 6, 7, false],
    ['made now', customer, 0, 7, false],
    ['of another earlier secret', customer, 8, 7, true, oldest],
    ['of an administrator of that day', admin, 0.9, 0.5, true],
    ['of an administrator, longer ago than Medusa lets one live', admin, 1.1, 0.5, false],
    ['of a customer, longer ago than Medusa lets one live', customer, 30.1, 7, false],
    ['of an invite', { invite_id: 'invite_1' }, 8, 7, true],
    ['made now, where the rotation has no date', customer, 0, undefined, true],
    ['of an administrator of last week, where it has none', admin, 7, undefined, false],
  ])('%s', (_, claims, issued, until, expected, secret = older) => {
    expect(counts(signed(claims, ago(issued), secret), until)).toBe(expected);
  });

  test.each([[{}], [{ iat: 'now' }], [{ iat: null }]])(
    'nothing without the time at which it was made: %j',
    (claims) => {
      const body = [{ alg: 'HS256' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const signature = createHmac('sha256', older).update(body).digest('base64url');
      expect(counts(`${body}.${signature}`)).toBe(false);
    },
  );
});

describe('the libraries that verify tokens', () => {
  const found = (project: string, plugins: string[] = []) =>
    findLibraries([project], plugins)?.map((file) =>
      file.replace(`${realpathSync(project)}/node_modules/`, ''),
    );

  test('one copy for all, as npm hoists it', () => {
    expect(found(medusaProject())).toEqual(['jsonwebtoken/index.js']);
  });

  test("every copy: Medusa's, its strategies', a plugin's and the project's own", () => {
    const project = medusaProject({
      '@medusajs/medusa': '',
      '@medusajs/medusa/node_modules/jsonwebtoken': VERIFIER,
      'passport-jwt': '',
      'passport-jwt/node_modules/jsonwebtoken': VERIFIER,
      'medusa-plugin-auth': '',
      'medusa-plugin-auth/node_modules/jsonwebtoken': VERIFIER,
      'medusa-payment-manual': '',
      jsonwebtoken: VERIFIER,
    });
    expect(found(project, ['medusa-plugin-auth', 'medusa-payment-manual', './local'])).toEqual([
      '@medusajs/medusa/node_modules/jsonwebtoken/index.js',
      'passport-jwt/node_modules/jsonwebtoken/index.js',
      'jsonwebtoken/index.js',
      'medusa-plugin-auth/node_modules/jsonwebtoken/index.js',
    ]);
  });

  test('through links, as pnpm lays them out', () => {
    const store = '.pnpm/medusa/node_modules';
    const project = medusaProject({
      [`${store}/@medusajs/medusa`]: '',
      [`${store}/passport-jwt`]: '',
      [`${store}/jsonwebtoken`]: VERIFIER,
      '@medusajs/other': '',
    });
    symlinkSync(
      join(project, 'node_modules', store, '@medusajs/medusa'),
      join(project, 'node_modules/@medusajs/medusa'),
    );
    expect(found(project)).toEqual([`${store}/jsonwebtoken/index.js`]);
  });

  test.each([
    ['Medusa', { jsonwebtoken: VERIFIER, 'passport-jwt': '' }],
    ["Medusa's strategies", { jsonwebtoken: VERIFIER, '@medusajs/medusa': '' }],
    ['the library', { '@medusajs/medusa': '', 'passport-jwt': '' }],
  ])('none, where %s cannot be found', (_, packages) => {
    expect(found(medusaProject(packages as unknown as Record<string, string>))).toBeUndefined();
  });
});

describe('defineMedusaConfig with JWT_SECRET_PREVIOUS', () => {
  const configure = (project: string, env = rotated(), elsewhere: string[] = []) =>
    readMedusaConfig(env, (config) => config, [project, ...elsewhere]);

  test('verifies tokens of the current and of all earlier secrets, and no others', () => {
    const project = medusaProject();
    const library = libraryOf(project);
    expect(verified(library, older)).toBe('invalid signature');
    configure(project);
    expect([JWT, older, oldest, 'other'].map((secret) => verified(library, secret))).toEqual([
      'usr_1',
      'usr_1',
      'usr_1',
      'invalid signature',
    ]);
  });

  test('verifies what was signed before JWT_SECRET_PREVIOUS_UNTIL alone', () => {
    const until = Date.now() - 3_600_000;
    const project = medusaProject();
    configure(project, rotated({ JWT_SECRET_PREVIOUS_UNTIL: new Date(until).toISOString() }));
    const answer = (issuedAt: number, secret = older) => {
      const token = signToken({ user_id: 'usr_1' }, secret, { issuedAt });
      try {
        return libraryOf(project).verify(token, JWT).user_id;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(answer(until)).toBe('usr_1');
    expect(answer(until + 1000)).toBe('invalid signature');
    expect(answer(Date.now(), JWT)).toBe('usr_1');
  });

  test('starts when the time of all earlier tokens has passed', () => {
    const project = medusaProject();
    const until = new Date(Date.now() - 31 * 86_400_000).toISOString();
    configure(project, rotated({ JWT_SECRET_PREVIOUS_UNTIL: until }));
    expect(verified(libraryOf(project), older)).toBe('invalid signature');
    expect(verified(libraryOf(project), JWT)).toBe('usr_1');
  });

  test('hands the answer to a callback, once', () => {
    const project = medusaProject();
    configure(project);
    const answers: unknown[] = [];
    const callback = (...answer: unknown[]) => answers.push(answer);
    libraryOf(project).verify(signToken({ user_id: 'usr_1' }, older), JWT, {}, callback);
    libraryOf(project).verify(signToken({}, 'other'), JWT, {}, callback);
    expect(answers).toEqual([
      [null, expect.objectContaining({ user_id: 'usr_1' })],
      [new Error('invalid signature'), undefined],
    ]);
  });

  test('leaves tokens alone that are verified with something else, as for a lost password', () => {
    const project = medusaProject();
    configure(project);
    const library = libraryOf(project);
    const hash = 'scrypt-hash-of-a-password';
    expect(verified(library, hash, hash)).toBe('usr_1');
    expect(verified(library, older, hash)).toBe('invalid signature');
    expect(verified(library, JWT, older)).toBe('invalid signature');
  });

  test('keeps jwt_secret one text, which signs: Medusa takes no list', () => {
    expect(configure(medusaProject()).projectConfig.jwt_secret).toBe(JWT);
  });

  test('overlaps with the secret that the project sets itself', () => {
    const project = medusaProject();
    const own = 'own-0123456789abcdef0123456789abcdef';
    const extend: Parameters<typeof readMedusaConfig>[1] = (config) => ({
      ...config,
      projectConfig: { ...config.projectConfig, jwt_secret: own },
    });
    readMedusaConfig(rotated(), extend, [project]);
    expect(verified(libraryOf(project), older, own)).toBe('usr_1');
    expect(verified(libraryOf(project), older)).toBe('invalid signature');
  });

  test('read again, knows the earlier secrets of the last time only, in one layer', () => {
    const project = medusaProject();
    configure(project);
    const { verify } = libraryOf(project);
    configure(project, rotated({ JWT_SECRET_PREVIOUS: JSON.stringify([older]) }));
    expect(libraryOf(project).verify).toBe(verify);
    expect(verified(libraryOf(project), older)).toBe('usr_1');
    expect(verified(libraryOf(project), oldest)).toBe('invalid signature');
  });

  test('touches nothing without earlier secrets', () => {
    const project = medusaProject();
    const { verify } = libraryOf(project);
    configure(project, production());
    expect(libraryOf(project).verify).toBe(verify);
  });

  test('covers the copies of plugins that the project adds itself', () => {
    const project = medusaProject({
      '@medusajs/medusa': '',
      'passport-jwt': '',
      jsonwebtoken: VERIFIER,
      'own-plugin': '',
      'own-plugin/node_modules/jsonwebtoken': VERIFIER,
    });
    readMedusaConfig(rotated(), (config) => ({ ...config, plugins: ['own-plugin'] }), [project]);
    expect(verified(libraryOf(project, 'own-plugin'), older)).toBe('usr_1');
  });

  test('refuses to start, with all other problems, where it cannot keep the promise', () => {
    const folder = temporaryFolder();
    expect(messageOf(() => configure(folder, rotated({ PORT: '0' }), ['/opt/store', folder]))).toBe(
      [
        'medusa-infra: the backend cannot start, 2 problems in its environment:',
        '  PORT: must be a port, 1 to 65535',
        `  JWT_SECRET_PREVIOUS: needs the jsonwebtoken that Medusa verifies tokens with, which was not found from ${folder} or /opt/store; start without it (secrets.jwt.keep: 0) where tokens signed before may end`,
      ].join('\n'),
    );
  });

  test.each([
    ['verifies in another way', 'exports.verify = async () => ({ probe: true });'],
    ['has no verify', 'exports.check = () => true;'],
    ['cannot be changed', 'module.exports = Object.freeze({ verify() {} });'],
    ['cannot be loaded', 'throw new Error("broken");'],
  ])('refuses to start where the library %s', (_, text) => {
    const project = medusaProject({
      '@medusajs/medusa': '',
      'passport-jwt': '',
      jsonwebtoken: text,
    });
    const file = join(realpathSync(project), 'node_modules/jsonwebtoken/index.js');
    expect(messageOf(() => configure(project))).toBe(
      [
        'medusa-infra: the backend cannot start, 1 problem in its environment:',
        `  JWT_SECRET_PREVIOUS: ${file} still refuses tokens of earlier secrets; start without it (secrets.jwt.keep: 0) where tokens signed before may end`,
      ].join('\n'),
    );
  });
});

describe('acceptEarlierTokens in a configuration that is written by hand', () => {
  test('gives the same overlap', () => {
    const project = medusaProject();
    readEarlierTokens(rotated(), [project]);
    expect(verified(libraryOf(project), oldest)).toBe('usr_1');
  });

  test('asks for nothing without earlier secrets, whatever else the environment holds', () => {
    expect(readEarlierTokens({ NODE_ENV: 'production', PORT: 'none' }, [])).toBeUndefined();
  });

  test.each([
    [{ JWT_SECRET: undefined }, 'JWT_SECRET: not set'],
    [{ NODE_ENV: undefined, JWT_SECRET: undefined }, 'JWT_SECRET: not set'],
    [
      { JWT_SECRET_PREVIOUS: '["supersecret"]' },
      'JWT_SECRET_PREVIOUS: holds the well-known "supersecret"',
    ],
    [
      { JWT_SECRET_PREVIOUS_UNTIL: 'tomorrow' },
      'JWT_SECRET_PREVIOUS_UNTIL: not a time such as 2026-01-31T00:00:00Z',
    ],
    [{ JWT_SECRET_PREVIOUS: '[""]' }, 'JWT_SECRET_PREVIOUS: must be a list of secrets'],
    [
      { JWT_SECRET_PREVIOUS: undefined, JWT_SECRET_PREVIOUS_FILE: '/nowhere' },
      'JWT_SECRET_PREVIOUS_FILE: names a file that cannot be read',
    ],
  ])('refuses %j', (changes: Environment, problem) => {
    expect(messageOf(() => readEarlierTokens(rotated(changes), [medusaProject()]))).toBe(
      `medusa-infra: the backend cannot start, 1 problem in its environment:\n  ${problem}`,
    );
  });
});
