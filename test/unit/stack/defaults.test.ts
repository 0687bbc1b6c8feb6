import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEPENDENT_DEFAULTS } from '../../../src/stack/dependent-defaults.ts';
import { resolveStack } from '../../../src/stack/resolve.ts';
import { metaOf, schemasIn } from '../../../src/stack/schema-walk.ts';
import type { RawStack } from '../../../src/stack/sections/root.ts';
import { stackSchema } from '../../../src/stack/sections/root.ts';
import type { DraftStack } from '../../../src/stack/stack-file.ts';
import { parseCpuMillis, parseDurationSeconds, parseSizeBytes } from '../../../src/units.ts';

/** Every option of docs/stack-file.md with the default that it shows. */
const documentedDefaults: readonly (readonly [path: string, text: string])[] = [
  ...readFileSync(new URL('../../../docs/stack-file.md', import.meta.url), 'utf8').matchAll(
    /^\| `([^`]+)` \|(.*)\|$/gm,
  ),
].flatMap(([, path = '', rest = '']) => {
  const cells = rest.split(/(?<!\\)\|/).map((cell) => cell.trim());
  // Rows of the rules have fewer cells.
  return cells.length === 4 ? [[path, cells[2] ?? ''] as const] : [];
});

const text = (target: string, environment: string, more: string) => `
target: ${target}
environment: ${environment}
backend: { image: { build: ../backend } }
edge: { acme: {} }
plugins: [{ resolve: p }]
secrets: { cookie: {}, other: {}, supplied: { from: config } }
aws: { region: eu-central-1, backend: { autoscaling: { max: 4, schedule: [{ name: a, at: rate(1 day), min: 1, max: 2 }] } } }
${more}`;

const stacks: readonly { readonly written: object; readonly stack: DraftStack }[] = [
  'target: docker',
  'target: aws\naws: { region: eu-central-1, backend: { autoscaling: { max: 4 } } }',
  ...['docker', 'aws'].flatMap((target) =>
    ['development', 'staging', 'production'].flatMap((environment) =>
      [
        '',
        'redis: false',
        'database: { external: { url: { secret: u } } }',
        'database: { type: sqlite, onDestroy: delete }',
      ].map((more) => text(target, environment, more)),
    ),
  ),
].map((yaml) => {
  const written = parse(yaml);
  return { written, stack: resolveStack(written as RawStack, '/stacks') };
});

type Data = Record<string, unknown>;
interface Owner {
  readonly map: Data;
  readonly name: string;
}

/** The maps that hold the last step of a path. */
function ownersOf(data: unknown, [step = '', ...rest]: readonly string[], name = ''): Owner[] {
  if (data === null || typeof data !== 'object') return [];
  if (step === '') return [];
  if (rest.length === 0) return [{ map: data as Data, name }];
  if (step === '<name>') {
    return Object.entries(data).flatMap(([each, inner]) => ownersOf(inner, rest, each));
  }
  const below = (data as Data)[step];
  return rest[0] === '[]' && Array.isArray(below)
    ? below.flatMap((item) => ownersOf(item, rest.slice(1), name))
    : ownersOf(below, rest, name);
}

/** What the reference shows as code; `backend.replicas` is the name of another key. */
const codeIn = (shown: string) =>
  shown === '`backend.replicas`' ? undefined : /^`(.*)`$/.exec(shown)?.[1];

const stepsOf = (path: string) => path.replaceAll('[]', '.[]').split('.');

/** A documented value as loading gives it. */
function converted(path: string, value: unknown): unknown {
  if (path === 'backend.cpu') return parseCpuMillis(value as string);
  if (typeof value !== 'string') return value;
  return parseSizeBytes(value) ?? parseDurationSeconds(value) ?? value;
}

/** Nothing, however the reference puts it. */
const absent =
  /^(none|not published|not recorded|not used|made|a new one|generated|one of the stack in ECR|a key of the stack|Let's Encrypt's|the engine's own|the image's own|the system's CAs|the image's list of public authorities|the newest that the image source offers|the smallest that holds .*|none: you set the record yourself.*)$/;

/** Words that no rule reads. */
const wordsAsCode: Readonly<Record<string, (stack: DraftStack, name: string) => unknown>> = {
  'edge.port': ({ target, environment, edge }) =>
    target === 'docker' && environment === 'development'
      ? 9000
      : target === 'aws' && edge.tls === 'off'
        ? 80
        : 443,
  'edge.bind': ({ target, environment, edge }) => {
    if (target === 'aws') return undefined;
    return environment === 'development' || edge.tls === 'off' ? '127.0.0.1' : '0.0.0.0';
  },
  'edge.httpPort': ({ edge }) => (edge.tls !== 'off' && edge.port === 443 ? 80 : false),
  'database.ssl': ({ target, database }) =>
    target === 'docker' && !('external' in database && database.external) ? 'off' : 'verify-full',
  'secrets.<name>.keep': (_, name) => (['jwt', 'cookie'].includes(name) ? 1 : 0),
  'cors.admin': ({ environment }) =>
    environment === 'development' ? ['http://localhost:7000', 'http://localhost:7001'] : [],
  'cors.store': ({ environment }) =>
    environment === 'development' ? ['http://localhost:8000'] : [],
  'aws.database.storageMax': ({ database }) =>
    database.type === 'postgres' ? database.storage * 5 : 0,
  'aws.database.finalSnapshot': ({ database }) => database.onDestroy !== 'delete',
  'aws.redis.snapshotDays': ({ environment, redis }) =>
    environment === 'production' && redis && redis.persist ? 7 : 0,
  'aws.backend.autoscaling.min': ({ backend }) => backend.replicas,
  'aws.backend.autoscaling.cpu': () => 60,
};

/** `90 in production, 14 otherwise`, read as it says. */
function inWords(words: string, { target, environment }: DraftStack): unknown {
  for (const part of words.split(', ')) {
    const [, value = '', where] = /^(\S+) (?:(?:in|on) (\S+)|otherwise)$/.exec(part) ?? [];
    if (value === '') throw new Error(`no rule reads: ${words}`);
    if (where === undefined || where === target || where === environment) return parse(value);
  }
  throw new Error(`not complete: ${words}`);
}

function expected(path: string, shown: string, stack: DraftStack, name: string): unknown {
  const code = codeIn(shown);
  if (code !== undefined) return converted(path, parse(code));
  if (absent.test(shown)) return undefined;
  const known = wordsAsCode[path];
  return known ? known(stack, name) : converted(path, inWords(shown, stack));
}

/** Another variant of the section has the key. */
function isOtherVariant(path: string, { map }: Owner): boolean {
  const key = stepsOf(path).at(-1) ?? '';
  if (path.startsWith('database.') && map['type'] === 'sqlite') {
    return !['type', 'file', 'logging', 'onDestroy'].includes(key);
  }
  if (path === 'database.file') return true;
  return (
    path.startsWith('secrets.') && map['from'] !== 'generated' && !['since', 'maxAge'].includes(key)
  );
}

const isEmpty = (value: unknown) =>
  value === undefined ||
  value === false ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

describe('the documented default is the one that holds', () => {
  const withDefault = documentedDefaults.filter(([, shown]) => shown !== '');

  test('of every key', () => {
    expect(withDefault.length).toBeGreaterThan(90);
  });

  test.each(withDefault)('%s: %s', (path, shown) => {
    const steps = stepsOf(path);
    const key = steps.at(-1) ?? '';
    let compared = 0;
    for (const { written, stack } of stacks) {
      for (const owner of ownersOf(stack, steps)) {
        const { map, name } = owner;
        const given = ownersOf(written, steps).some(({ map: raw }) => raw[key] !== undefined);
        if (given || isOtherVariant(path, owner)) continue;
        const wanted = expected(path, shown, stack, name);
        // A default image is a folder from the stack file's.
        const held = path === 'backend.image' ? { build: '../backend' } : map[key];
        if (wanted === undefined)
          expect([path, isEmpty(held) || held === 'generated']).toEqual([path, true]);
        else expect(held).toEqual(wanted);
        compared++;
      }
    }
    // The stacks have every section.
    expect(compared, path).toBeGreaterThan(0);
  });
});

test('every key that says so has its default in the table, and no other', () => {
  const depending = [...schemasIn(stackSchema)]
    .filter(({ schema }) => metaOf(schema).depends !== undefined)
    .map(({ path }) => path.join('.').replaceAll('*', '<name>'));
  expect([...new Set(depending)].sort()).toEqual(DEPENDENT_DEFAULTS.map(({ path }) => path).sort());
});

test('schema.json shows the same defaults', () => {
  interface Node {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Node>>;
    readonly additionalProperties?: Node | boolean;
    readonly items?: Node;
    readonly anyOf?: readonly Node[];
  }
  const schema: Node = JSON.parse(
    readFileSync(new URL('../../../stacks/schema.json', import.meta.url), 'utf8'),
  );
  const at = (node: Node, [step, ...rest]: readonly string[]): Node[] => {
    if (step === undefined) return [node];
    const below =
      step === '<name>'
        ? node.additionalProperties
        : step === '[]'
          ? node.items
          : node.properties?.[step];
    return [
      ...(typeof below === 'object' ? at(below, rest) : []),
      ...(node.anyOf ?? []).flatMap((each) => at(each, [step, ...rest])),
    ];
  };
  for (const [path, shown] of documentedDefaults) {
    if (shown === '') continue;
    const code = codeIn(shown);
    const text = code === undefined ? shown : JSON.stringify(parse(code));
    const found = at(schema, stepsOf(path)).map(({ description }) => description ?? '');
    expect(
      found.some((each) => each.includes(`Default: ${text}.`)),
      `${path}: ${text}`,
    ).toBe(true);
  }
});
