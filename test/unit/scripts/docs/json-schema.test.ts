import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { stackJsonSchema } from '../../../../scripts/docs/json-schema.ts';
import { loadStackFile } from '../../../../src/stack/load.ts';
import { draws } from '../../../support/draws.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { mutated } from '../../../support/unit/arbitrary-stack.ts';
import { FIXTURES, load, readCorpus } from '../../../support/unit/corpus.ts';

const accepts = new Ajv({
  strict: false,
  allErrors: true,
  formats: { date: /^\d{4}-\d\d-\d\d$/ },
}).compile(stackJsonSchema());
const read = (text: string) => parse(text, { merge: true, version: '1.2', logLevel: 'error' });
const stacks = fileURLToPath(new URL('../../../../stacks/', import.meta.url));

/** What JSON Schema judges as the loader does: kinds, forms, numbers in a range, names of keys. */
const sayableRules = new Set([
  'schema',
  'unknown-key',
  'key-name',
  'derived-variable',
  'extra-owned',
]);
/** Forms whose range a pattern cannot say; the extended file may say which type it is. */
const beyond =
  /not with this type|a size from|a duration from|a CPU share|a date such as|got nothing/;

function judge(text: string) {
  const { result } = load({ 'stack.yaml': text });
  const sayable = result.issues.filter(
    ({ rule, message }) => sayableRules.has(rule) && !beyond.test(message),
  );
  return { issues: result.issues, sayable, schema: accepts(read(text)) };
}

describe('schema.json', () => {
  test('on disk is the one that the code makes', () => {
    expect(JSON.parse(readFileSync(join(stacks, 'schema.json'), 'utf8'))).toEqual(
      stackJsonSchema(),
    );
  });

  test.each(
    readdirSync(stacks)
      .filter((name) => /^(base|dev|staging|prod)\.yaml$/.test(name))
      .map((name) => [name]),
  )('accepts stacks/%s, fragments included', (name) => {
    expect(
      accepts(read(readFileSync(join(stacks, name), 'utf8'))),
      JSON.stringify(accepts.errors),
    ).toBe(true);
  });

  test.each(readdirSync(join(FIXTURES, 'cases/good')).map((name) => [name]))(
    'accepts good/%s',
    (name) => {
      const text = readFileSync(join(FIXTURES, 'cases/good', name), 'utf8');
      expect(accepts(read(text)), JSON.stringify(accepts.errors)).toBe(true);
    },
  );

  test.each([
    ['a fragment without target', 'backend: { replicas: 2 }'],
    ['a part of an image', 'backend: { image: { dockerfile: Dockerfile.dev } }'],
    [
      'nulls that remove',
      'redis: null\nbackend: { env: { A: null, REDIS_URL: null }, seed: null }\nsecrets: { a: null }\nmodules: { eventBus: null }',
    ],
    ['root keys for anchors', 'x-small: &s { a: 1 }\nx-: 2'],
  ])('accepts %s', (_, text) =>
    expect(accepts(read(text)), JSON.stringify(accepts.errors)).toBe(true),
  );

  test.each([
    'target: dokcer',
    'target: docker\nreplicas: 2',
    'target: docker\nbackend: { replcas: 2 }',
    'target: docker\nbackend: { replicas: 0 }',
    'target: docker\nbackend: { cpu: half }',
    'target: docker\nbackend: { memory: 12 apples }',
    'target: docker\nbackend: { stopGrace: "30000" }',
    'target: docker\ndatabase: { schema: "shop; drop table users" }',
    'target: docker\nbackend: { env: { DATABASE_URL: x } }',
    'target: docker\ndatabase: { extra: { ssl: true } }',
    'target: docker\nsecrets: { jwt: supersecret }',
    'target: docker\nsecrets: { jwt: { from: config, length: 64 } }',
    'target: docker\ncors: { store: https://shop.example.com }',
    'target: docker\ncors: { store: [shop.example.com] }',
    'target: docker\ncors: { store: [https://shop.example.com/] }',
    "target: docker\ncors: { store: ['/example\\.{1,2}com/'] }",
    "target: docker\ncors: { store: ['/example/g'] }",
    "target: docker\ncors: { store: ['/example~'] }",
    'target: docker\nplugins: [{ options: {} }]',
    'target: docker\naccept: [{ rule: cors-strangers }]',
  ])('refuses %j', (text) => expect(accepts(read(text))).toBe(false));

  test('refuses every single-file case of the corpus that it can speak about, and no other', () => {
    const differences: string[] = [];
    for (const name of ['sections', 'rules', 'cors']) {
      for (const { title, files } of readCorpus(name)) {
        if (Object.keys(files).length > 1) continue;
        const { issues, sayable, schema } = judge(files['stack.yaml'] ?? '');
        if (sayable.length > 0 && schema) differences.push(`accepts: ${title}`);
        if (issues.length === 0 && !schema) differences.push(`refuses: ${title}`);
      }
    }
    expect(differences).toEqual([]);
  });

  test('agrees with the loader on generated files', () => {
    const base = read(readFileSync(join(FIXTURES, 'cases/good/full.yaml'), 'utf8'));
    delete base['x-defaults'];
    delete base.backend['<<'];
    const folder = temporaryFolder();
    const file = join(folder, 'stack.yaml');
    fc.assert(
      fc.property(mutated(base), (value) => {
        writeFileSync(file, stringify(value));
        const { issues } = loadStackFile(file);
        const sayable = issues.filter(
          ({ rule, message }) => sayableRules.has(rule) && !beyond.test(message),
        );
        const schema = accepts(value);
        const shown = `${stringify(value)}\n${JSON.stringify(issues)}\n${JSON.stringify(accepts.errors)}`;
        if (issues.length === 0) expect(schema, shown).toBe(true);
        if (sayable.length > 0) expect(schema, shown).toBe(false);
      }),
      { numRuns: draws(150) },
    );
  });
});
