import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A secret value in every form in which it could appear in a text. */
interface Needle {
  readonly name: string;
  readonly forms: readonly string[];
}

/** A place that was searched: what a finding names. */
export interface Haystack {
  readonly place: string;
  readonly text: string;
}

/** Forms of a value: as it is, percent-encoded, in JSON, and base64 at each of the three alignments. */
export function formsOf(value: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${' '.repeat(shift)}${value}`).toString('base64');
    // The first and the last group also depend on the neighbours.
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  const json = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, encodeURIComponent(value), json, ...base64])].filter(
    (form) => form.length >= 8,
  );
}

/** One needle a value; a value under eight characters would be found anywhere, so it is refused. */
export function needles(values: Readonly<Record<string, string>>): Needle[] {
  return Object.entries(values).map(([name, value]) => {
    if (value.length < 8) throw new Error(`${name}: too short to search for`);
    return { name, forms: formsOf(value) };
  });
}

/** `PLACE holds NAME` for each value that a place holds in any form; never the value itself. */
export function findLeaks(values: Readonly<Record<string, string>>, places: Haystack[]): string[] {
  const found: string[] = [];
  for (const { name, forms } of needles(values)) {
    for (const { place, text } of places) {
      if (forms.some((form) => text.includes(form))) found.push(`${place} holds ${name}`);
    }
  }
  return found;
}

/** Every file below a folder, as haystacks. */
export function filesBelow(folder: string): Haystack[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ place: file, text: readFileSync(file, 'latin1') }));
}

interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: { readonly result?: unknown };
}

/** The generated values of a stack, by logical name, from `pulumi stack export --show-secrets`. */
export function generatedValues(exported: string): Record<string, string> {
  const state = JSON.parse(exported) as { deployment: { resources?: ExportedResource[] } };
  const values: Record<string, string> = {};
  for (const resource of state.deployment.resources ?? []) {
    if (resource.type !== 'random:index/randomPassword:RandomPassword') continue;
    values[resource.urn.split('::').at(-1) ?? ''] = plaintext(resource.outputs?.result);
  }
  return values;
}

function plaintext(value: unknown): string {
  if (typeof value === 'string') return value;
  const wrapped = (value as { plaintext?: string } | undefined)?.plaintext;
  if (wrapped === undefined) throw new Error('a generated value without its plain text');
  const inner: unknown = JSON.parse(wrapped);
  if (typeof inner !== 'string') throw new Error('a generated value that is no text');
  return inner;
}
