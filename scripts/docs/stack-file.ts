import { stringify } from 'yaml';
import type { z } from 'zod';
import { dependentDefaultText } from '../../src/stack/dependent-defaults.ts';
import { RULES } from '../../src/stack/rules/index.ts';
import { type Meta, metaOf, objectsIn, unwrap } from '../../src/stack/schema-walk.ts';
import { stackSchema } from '../../src/stack/sections/root.ts';

export const file = 'docs/stack-file.md';

interface Option {
  readonly path: string;
  readonly meta: Meta;
  /** Nothing is below it, or its row covers what is. */
  readonly leaf: boolean;
}

/** The reference of the stack file: every option with meaning, form, default and example. */
export function render(): string {
  const sections = Object.entries(stackSchema.shape as Record<string, z.ZodType>);
  const plain = sections.filter(([, schema]) => objectsIn(schema).length === 0 && !heldBy(schema));
  const maps = sections.filter(([name]) => !plain.some(([other]) => other === name));
  return [
    INTRO,
    '## Whole file\n',
    table(plain.map(([name, schema]) => ({ path: name, meta: metaOf(schema), leaf: true }))),
    ...maps.map(([name, schema]) => sectionText(name, schema)),
    rulesText(),
  ].join('\n');
}

function sectionText(name: string, schema: z.ZodType): string {
  const meta = metaOf(schema);
  const options = optionsOf(schema, name);
  const example = exampleOf(name, meta, options);
  const fallback = defaultText(meta, name);
  return [
    `## ${name}\n`,
    `${meta.description ?? ''}${fallback === '' ? '' : ` Default: ${fallback}.`}\n`,
    ...(example === undefined ? [] : [`\`\`\`yaml\n${example}\`\`\`\n`]),
    ...(options.length > 0 ? [table(options)] : []),
  ].join('\n');
}

/** All options below a schema, each path once, in the order of the schema. */
function optionsOf(schema: z.ZodType, path: string): Option[] {
  const found = new Map<string, Option>();
  for (const object of objectsIn(schema)) {
    for (const [key, field] of Object.entries(object.shape as Record<string, z.ZodType>)) {
      const below = `${path}.${key}`;
      const meta = metaOf(field);
      const inner = optionsOf(field, below);
      // The parent's example covers a reference such as { secret: name }.
      const covered = inner.length === 1 && inner[0]?.path.endsWith('.secret') === true;
      if (!found.has(below))
        found.set(below, { path: below, meta, leaf: inner.length === 0 || covered });
      if (!covered)
        for (const option of inner) if (!found.has(option.path)) found.set(option.path, option);
    }
  }
  const value = heldBy(schema);
  if (value) {
    for (const option of optionsOf(value.schema, `${path}${value.step}`))
      found.set(option.path, option);
  }
  return [...found.values()];
}

/** What a named map or a list holds, when that is a map with its own keys. */
function heldBy(schema: z.ZodType): { schema: z.ZodType; step: string } | undefined {
  const inner = unwrap(schema);
  if (inner.def.type === 'record') {
    const value = (inner as z.ZodRecord<z.ZodString, z.ZodType>).valueType;
    return objectsIn(value).length > 0 ? { schema: value, step: '.<name>' } : undefined;
  }
  if (inner.def.type === 'array') {
    const value = (inner as z.ZodArray<z.ZodType>).element;
    return objectsIn(value).length > 0 ? { schema: value, step: '[]' } : undefined;
  }
  return undefined;
}

function table(options: readonly Option[]): string {
  const rows = options.map(({ path, meta, leaf }) => {
    const example = leaf && meta.examples?.length ? inline(meta.examples[0]) : '';
    const cells = [
      `\`${path}\``,
      meta.description ?? '',
      meta.form ?? '',
      defaultText(meta, path),
      example,
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  const head = '| option | meaning | allowed | default | example |\n|---|---|---|---|---|';
  return [head, ...rows, ''].join('\n');
}

function defaultText(meta: Meta, path: string): string {
  if (meta.default !== undefined) return inline(meta.default);
  return (meta.depends ? dependentDefaultText(path) : meta.fallback) ?? '';
}

function inline(value: unknown): string {
  const text = stringify(value, {
    collectionStyle: 'flow',
    singleQuote: true,
    lineWidth: 0,
  }).trim();
  return `\`${text}\``;
}

const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\n/g, ' ');

/** A section's own example, or one put together from its options. */
function exampleOf(name: string, meta: Meta, options: readonly Option[]): string | undefined {
  const own = meta.examples?.[0];
  const example = own ?? assembled(name, options);
  if (example === undefined) return undefined;
  return stringify(
    { [name]: example },
    { singleQuote: true, lineWidth: 90, flowCollectionPadding: true },
  );
}

function assembled(name: string, options: readonly Option[]): unknown {
  const example: Record<string, unknown> = {};
  for (const { path, meta, leaf } of options) {
    const key = path.slice(name.length + 1);
    if (leaf && !key.includes('.') && meta.examples?.length) example[key] = meta.examples[0];
  }
  return Object.keys(example).length > 0 ? example : undefined;
}

function rulesText(): string {
  return [
    '## Rules across options\n',
    'They are checked together with everything else, even if other parts of the file are wrong. A rule marked',
    '"yes" may be broken on purpose: list it under `accept`, with the reason.\n',
    '| rule | requires | may be accepted |',
    '|---|---|---|',
    ...RULES.map(
      (rule) => `| \`${rule.name}\` | ${cell(rule.about)} | ${rule.acceptable ? 'yes' : ''} |`,
    ),
    '',
  ].join('\n');
}

const INTRO = `<!-- Generated from src/stack by scripts/docs/stack-file.ts; do not edit. Run: npm run docs -->
# The stack file

\`stacks/<stack>.yaml\` describes one environment. Only \`target\` is required; everything else has a default.
\`npx medusa-infra check stacks/dev.yaml\` reports all mistakes at once, each with its position and a fix.

- **YAML** 1.2 with merge keys (\`<<\`): \`off\`, \`yes\` and \`no\` are strings; \`true\` and \`false\` are booleans.
- **Root keys that begin with \`x-\`** are ignored; use them for YAML anchors.
- **\`extends: base\`** merges this file into \`base.yaml\` of the same folder: maps merge key by key, lists and single
  values replace, \`null\` removes. If a section has variants (a provisioned or an external server, a generated
  or a supplied secret), choosing another variant removes the options of the first.
- **Durations** are \`90s\`, \`15m\`, \`24h\`, \`90d\`; **sizes** \`512Mi\`, \`10Gi\` (powers of 1024); **CPU** \`500m\` or \`0.5\`.
- **Paths** are relative to the stack file's folder.
- **Secrets** are referenced by name, as \`{ secret: name }\`; the file never contains a value.
`;
