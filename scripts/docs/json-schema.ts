import { z } from 'zod';
import { dependentDefaultText } from '../../src/stack/dependent-defaults.ts';
import { EXTRA_OWNER } from '../../src/stack/rules/database.ts';
import { derivedNames } from '../../src/stack/rules/derived.ts';
import { metaOf } from '../../src/stack/schema-walk.ts';
import { stackSchema } from '../../src/stack/sections/root.ts';

/** A node of a JSON Schema, as far as it is worked on here. */
interface JsonSchema {
  type?: string | string[];
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  required?: string[];
  description?: string;
  default?: unknown;
  examples?: unknown[];
  if?: JsonSchema;
  then?: JsonSchema;
  not?: JsonSchema;
  // Our own, folded into the description.
  form?: string;
  fallback?: string;
  implied?: unknown;
  depends?: true | 'sometimes';
  asWritten?: true;
  variants?: unknown;
  variant?: unknown;
  chooses?: unknown;
  /** A map with names of the user's own choice: null takes an entry of the extended file away. */
  named?: true;
}

/**
 * The stack file's JSON Schema for editors (draft 7, which all of them know). It judges one file before
 * merging, so a key that a file may leave to the one that it extends is not required, and null is
 * allowed where it removes.
 */
export function stackJsonSchema(): object {
  const schema = z.toJSONSchema(stackSchema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    // Zod leaves them out of what is converted after parsing.
    override: ({ zodSchema, jsonSchema }) => {
      const { default: preset, examples } = metaOf(zodSchema as unknown as z.ZodType);
      if (preset !== undefined) jsonSchema.default = preset as typeof jsonSchema.default;
      if (examples) jsonSchema.examples = [...examples];
    },
  }) as JsonSchema;
  refine(schema, []);
  // Root keys for YAML anchors.
  schema.patternProperties = { '^x-': {} };
  onlyNull(schema, ['backend', 'env'], derivedNames());
  onlyNull(schema, ['database', 'extra'], Object.keys(EXTRA_OWNER));
  generatedOrSupplied(schema);
  corsEntries(schema);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'medusa-infra stack file',
    ...schema,
  };
}

/** Keys that a rule refuses in a named map; null still takes one of the extended file away. */
function onlyNull(schema: JsonSchema, path: readonly string[], keys: readonly string[]): void {
  for (const map of at([schema], path)) {
    map.properties = Object.fromEntries(keys.map((key) => [key, { type: 'null' }]));
  }
}

/** A secret with `from` is not generated, so it has none of a generated one's keys. */
function generatedOrSupplied(schema: JsonSchema): void {
  for (const secrets of at([schema], ['secrets'])) {
    const each = secrets.additionalProperties as JsonSchema;
    each.if = { required: ['from'], properties: { from: { not: { type: 'null' } } } };
    const none: JsonSchema = { type: 'null' };
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    each.then = { properties: { length: none, version: none, keep: none } };
  }
}

/** An origin or a delimited pattern, as far as a pattern can tell; rules/cors.ts says the rest. */
function corsEntries(schema: JsonSchema): void {
  const pattern =
    "^(?:[a-z][a-z0-9+.-]*:\\/\\/[a-z0-9_.:\\[\\]-]+|([\\/~@;%#'])[^\\s,]+\\1[imsu]*)$";
  for (const list of ['admin', 'store']) {
    for (const { items } of at([schema], ['cors', list])) if (items) items.pattern = pattern;
  }
}

/** The nodes at a path, in every alternative. */
function at(nodes: readonly JsonSchema[], path: readonly string[]): JsonSchema[] {
  const [key, ...rest] = path;
  const all = nodes.flatMap((node) => [node, ...(node.anyOf ?? [])]);
  if (key === undefined) return all;
  return at(
    all.flatMap((node) => node.properties?.[key] ?? []),
    rest,
  );
}

function refine(node: JsonSchema, path: readonly string[]): void {
  const isNamedMap = node.named === true;
  describe(node, path);
  if (node.oneOf) {
    // Alternatives by `type`, which may stand in the extended file: more than one may then fit.
    node.anyOf = node.oneOf;
    delete node.oneOf;
  }
  for (const option of node.anyOf ?? []) refine(option, path);
  flattenNull(node);
  for (const [name, property] of Object.entries(node.properties ?? {})) {
    refine(property, [...path, name]);
  }
  if (node.items) refine(node.items, [...path, '[]']);
  if (typeof node.additionalProperties === 'object') {
    refine(node.additionalProperties, [...path, '*']);
    if (isNamedMap) allowNull(node, node.additionalProperties);
  }
  // Lists replace, so an entry is complete; a reference is too. The rest may come from another file.
  const complete = path.includes('[]') || node.required?.join() === 'secret';
  if (!complete) delete node.required;
}

const OWN_KEYS = [
  'fallback',
  'form',
  'implied',
  'depends',
  'named',
  'asWritten',
  'variants',
  'variant',
  'chooses',
] as const;

function defaultText(path: readonly string[]): string | undefined {
  return dependentDefaultText(path.join('.').replaceAll('*', '<name>'));
}

/** One text for hover: meaning, form and default. */
function describe(node: JsonSchema, path: readonly string[]): void {
  const { fallback = node.depends && defaultText(path), form } = node;
  for (const own of OWN_KEYS) delete node[own];
  if (node.description === undefined) return;
  const lines = [node.description];
  if (form) lines.push(`Allowed: ${form}.`);
  if (fallback) lines.push(`Default: ${fallback}.`);
  else if (node.default !== undefined) lines.push(`Default: ${JSON.stringify(node.default)}.`);
  node.description = lines.join('\n\n');
}

/** `anyOf: [X, null]` as X with null among its types, which editors explain and complete better. */
function flattenNull(node: JsonSchema): void {
  const [inner, other, ...more] = node.anyOf ?? [];
  if (!inner || other?.type !== 'null' || more.length > 0) return;
  delete node.anyOf;
  Object.assign(node, inner);
  if (typeof node.type === 'string') node.type = [node.type, 'null'];
  else if (node.anyOf) node.anyOf = [...node.anyOf, { type: 'null' }];
  if (node.const !== undefined) {
    node.enum = [node.const];
    delete node.const;
  }
  if (node.enum) node.enum = [...node.enum, null];
}

function allowNull(parent: JsonSchema, value: JsonSchema): void {
  if (value.anyOf)
    value.anyOf = [...value.anyOf.filter((o) => o.type !== 'null'), { type: 'null' }];
  else if (Array.isArray(value.type)) value.type = [...new Set([...value.type, 'null'])];
  else if (value.type) value.type = [value.type, 'null'];
  else parent.additionalProperties = { anyOf: [value, { type: 'null' }] };
}
