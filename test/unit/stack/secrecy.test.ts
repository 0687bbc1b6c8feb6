import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { formatIssues } from '../../../src/stack/issues.ts';
import { draws } from '../../support/draws.ts';
import { loadText } from '../../support/unit/corpus.ts';

/** Values that a generator or a person would choose for a secret. */
const secretValue = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{12,40}$/),
  fc.stringMatching(/^sk_live_[A-Za-z0-9]{12,24}$/),
  fc.stringMatching(/^[a-z]{6,10}-[0-9]{4,6}!$/),
);

/** Places where people put a secret by mistake, each as a stack file. */
const places: readonly ((value: unknown) => object)[] = [
  (value) => ({ secrets: { jwt: value } }),
  (value) => ({ secrets: { jwt: { value } } }),
  (value) => ({ secrets: { jwt: { length: value, version: value, keep: value } } }),
  (value) => ({ secrets: { jwt: { from: value } } }),
  (value) => ({ secrets: { jwt: { from: { env: { [String(value)]: value } } } } }),
  (value) => ({ secrets: { jwt: { [String(value)]: null } } }),
  (value) => ({ secrets: { jwt: [value] } }),
  (value) => ({ secrets: { jwt: { from: { command: value } } } }),
  (value) => ({ backend: { env: { A: [value], JWT_SECRET: value, API_KEY: value } } }),
  (value) => ({ backend: { env: { A: { value }, B: { secret: { value } } } } }),
  (value) => ({ backend: { image: { build: '.', args: { TOKEN: [value] } } } }),
  (value) => ({ backend: { image: `https://me:${value}@ghcr.io/shop` } }),
  (value) => ({ images: { registry: `me:${value}@ghcr.io`, source: `https://me:${value}@x` } }),
  (value) => ({ edge: { host: `https://me:${value}@shop.example.com` } }),
  (value) => ({ database: { external: { url: `postgres://me:${value}@db/shop` } } }),
  (value) => ({ database: { external: { url: { secret: `postgres://me:${value}@db/shop` } } } }),
  (value) => ({ database: { extra: { password: value, ssl: { key: value } }, ssl: 'require' } }),
  (value) => ({ database: { extra: value } }),
  (value) => ({ redis: { password: value, external: { url: `redis://:${value}@cache` } } }),
  (value) => ({ redis: `redis://:${value}@cache` }),
  (value) => ({ cors: { store: [`https://me:${value}@shop.example.com/`] } }),
  (value) => ({ plugins: [{ resolve: 'p', options: { api_key: value, env: { env: value } } }] }),
  (value) => ({ plugins: [{ resolve: 'p', options: [value] }] }),
  (value) => ({ modules: { cacheService: { resolve: 'm', options: value } } }),
];

describe('no message holds a secret value', () => {
  test.each(places.map((place, index) => [index, place] as const))('place %d', (_, place) => {
    fc.assert(
      fc.property(
        secretValue,
        fc.constantFrom('development', 'production'),
        (value, environment) => {
          const text = stringify({ target: 'docker', environment, ...place(value) });
          const { result } = loadText(text);
          const said = formatIssues([...result.issues, ...result.warnings]);
          expect(said).not.toContain(value);
        },
      ),
      { numRuns: draws(8) },
    );
  });

  test('nor does one about broken YAML', () => {
    for (const text of [
      'target: docker\nbackend: { env: { PASSWORD: "hunter2\n',
      'target: docker\nsecrets: { jwt: hunter2 } hunter2\n',
      'target: docker\nsecrets:\n  jwt: @hunter2\n',
      'target: docker\nsecrets:\n  jwt: "\\hunter2"\n',
      'target: docker\nsecrets: hunter2: x: y\n',
      'target: docker\nsecrets:\n  jwt: |2hunter2\n   a\n',
      'target: docker\nsecrets:\n hunter2\nredis: false\n',
      'target: docker\nsecrets: { jwt: !hunter2 x }\n',
      '%hunter2\n---\ntarget: docker\n',
    ]) {
      const { result } = loadText(text);
      expect(result.issues.length, text).toBeGreaterThan(0);
      expect(formatIssues(result.issues), text).not.toContain('hunter2');
    }
  });
});
