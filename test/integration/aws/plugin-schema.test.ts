import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureToolchain } from '../../../toolchain/ensure.ts';
import { type Properties, readSdk } from '../../support/npm-sdk.ts';
import {
  inputsOf,
  outputsOf,
  type PluginSchema,
  pluginSchema,
  typesOf,
} from '../../support/plugin-schema.ts';

// The plugin in use (built here or the vendor's) must be what the npm SDK was generated for.

/** The classes and functions that the built plugin maps: `ec2/Vpc`, `index/getRegion`. */
const mapped = [
  ...readFileSync('toolchain/go/plugin-aws/aws/names.go', 'utf8').matchAll(
    /^\t"aws_\w+": +"(\w+\/\w+)",$/gm,
  ),
].flatMap(([, name]) => name ?? []);

const isFunction = (name: string) => path.basename(name).startsWith('get');
const lowerFirst = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
/** The module of the SDK that has it: `ec2/vpc`. */
const moduleOf = (name: string) =>
  path.posix.join(path.dirname(name).replace(/^index$/, '.'), lowerFirst(path.basename(name)));

const sdk = readSdk('aws', mapped.filter((name) => !isFunction(name)).map(moduleOf));

let schema: PluginSchema;

beforeAll(async () => {
  const toolchain = await ensureToolchain({
    log: (line) => console.error(line),
    parts: ['pulumi', 'plugin-aws'],
  });
  const part = toolchain.report.find((line) => line.part === 'plugin-aws');
  if (!part) throw new Error('no plugin aws in the report');
  schema = await pluginSchema(toolchain, part.path);
});

describe.each(Object.entries(sdk.resources))('%s', (_, resource) => {
  const found = () => {
    const declared = schema.resources[resource.token];
    if (!declared) throw new Error(`the plugin has no ${resource.token}`);
    return declared;
  };

  test('has the inputs of the npm SDK', () => {
    expect(inputsOf(found())).toEqual(resource.inputs);
  });

  test('has the outputs of the npm SDK', () => {
    expect(outputsOf(found())).toEqual(resource.outputs);
  });

  test('has the secret outputs of the npm SDK', () => {
    const secrets = Object.entries(found().properties ?? {}).filter(([, type]) => type.secret);
    expect(secrets.map(([property]) => property).sort()).toEqual(resource.secrets);
  });
});

/** The names of the object types that these properties are made of, however deep. */
function reached(
  properties: readonly Properties[],
  types: Readonly<Record<string, Properties>>,
): Set<string> {
  const names = new Set<string>();
  const open = [...properties];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const [, name = ''] of Object.values(next)
      .join(' ')
      .matchAll(/ref:([\w.]+)/g)) {
      if (names.has(name)) continue;
      names.add(name);
      open.push(types[name] ?? {});
    }
  }
  return names;
}

test.each(['input', 'output'] as const)('the %s types are those of the npm SDK', (direction) => {
  const declared = direction === 'input' ? sdk.inputTypes : sdk.outputTypes;
  const roots = Object.values(sdk.resources).map((resource) => resource[`${direction}s`]);
  const names = [...reached(roots, declared)].sort();
  const types = typesOf(schema, direction);
  const pick = (from: Readonly<Record<string, Properties>>) =>
    Object.fromEntries(names.map((name) => [name, from[name]]));
  expect(pick(types)).toEqual(pick(declared));
});

test('the functions are those of the npm SDK', () => {
  const functions = mapped.filter(isFunction).map((name) => {
    const module = path.dirname(name);
    return `aws:${module}/${path.basename(name)}:${path.basename(name)}`;
  });
  expect(functions.length).toBeGreaterThan(0);
  expect(Object.keys(schema.functions)).toEqual(expect.arrayContaining(functions));
});

test('the program uses only what the built plugin has', () => {
  const known = [...mapped.map(moduleOf), 'provider'];
  const used = new Set<string>();
  for (const file of readdirSync('infra', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join('infra', file), 'utf8');
    for (const match of text.matchAll(/import (type )?[^;]*?'@pulumi\/aws(?:\/([\w/]+)\.js)?'/g)) {
      if (!match[1]) used.add(match[2] ?? 'all of @pulumi/aws');
    }
  }
  expect([...used].filter((module) => !known.includes(module))).toEqual([]);
});
