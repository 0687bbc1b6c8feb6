import { describe, expect, test } from 'vitest';
import { findLeaks, generatedValues } from '../../support/leaks.ts';
import { isStale } from '../../support/project.ts';

// The integration tests trust this search: it must find what it looks for.
describe('findLeaks', () => {
  const values = { jwt: 'pa%ss"wörd/+0123456789' };
  const place = (text: string) => [{ place: 'here', text }];

  test.each([
    ['raw', `x${values.jwt}y`],
    ['percent-encoded', `postgres://u:${encodeURIComponent(values.jwt)}@db/x`],
    ['in JSON', JSON.stringify({ a: values.jwt })],
    ['base64', Buffer.from(values.jwt).toString('base64')],
    ['base64 after one byte', Buffer.from(`a${values.jwt}b`).toString('base64')],
    ['base64 after two bytes', Buffer.from(`ab${values.jwt}bcd`).toString('base64')],
    ['base64 after three bytes', Buffer.from(`abc${values.jwt}d`).toString('base64')],
  ])('finds a value %s', (_form, text) => {
    expect(findLeaks(values, place(text))).toEqual(['here holds jwt']);
  });

  test('finds nothing where nothing is', () => {
    expect(findLeaks(values, place('pa%ss"wörd and 0123456789'))).toEqual([]);
  });

  test('refuses a value that is too short to search for', () => {
    expect(() => findLeaks({ pin: '1234' }, [])).toThrow('pin: too short to search for');
  });
});

describe('generatedValues', () => {
  test('reads the plain text of each generated password', () => {
    const exported = JSON.stringify({
      deployment: {
        resources: [
          {
            urn: 'urn:pulumi:dev::p::t$random:index/randomPassword:RandomPassword::secret-jwt-v1',
            type: 'random:index/randomPassword:RandomPassword',
            outputs: { result: { plaintext: '"abcdefgh"' } },
          },
          {
            urn: 'urn:pulumi:dev::p::docker:index/network:Network::net',
            type: 'docker:index/network:Network',
          },
        ],
      },
    });
    expect(generatedValues(exported)).toEqual({ 'secret-jwt-v1': 'abcdefgh' });
  });
});

describe('isStale', () => {
  const now = Number.parseInt('tkd000', 36);
  test.each([
    [`it-${(now - 21_601).toString(36)}-0aff`, true],
    [`it-${(now - 21_599).toString(36)}-0aff`, false],
    ['it-shop', false],
    ['medusa-infra', false],
  ])('%s: %s', (name, stale) => {
    expect(isStale(name, now)).toBe(stale);
  });
});
