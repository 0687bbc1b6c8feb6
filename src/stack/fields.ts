import { z } from 'zod';
import {
  type Bytes,
  type CpuMillis,
  parseCpuMillis,
  parseDurationSeconds,
  parseSizeBytes,
  type Seconds,
} from '../units.ts';
import { WrittenPath } from './written-path.ts';

/** All that is said about a key, once: the reference page, the editor and the loader read it here. */
export interface FieldDoc {
  /** What it means, with its unit. */
  readonly about: string;
  /** The value where the key is left out, as a file would write it. */
  readonly default?: unknown;
  /** The same where `fallback` describes it better, such as an empty list. */
  readonly implied?: unknown;
  /** The default depends on other keys; `dependent-defaults.ts` has it, in words and as code. */
  readonly depends?: true | 'sometimes';
  /** What holds where the key is left out, in words. */
  readonly fallback?: string;
  readonly example?: unknown;
  /** What is allowed, where the list of keys does not say it well. */
  readonly allowed?: string;
  /**
   * Variants of a section between which files of an `extends` chain may differ (see variants.ts). If a
   * file writes keys of several, the first of them counts.
   */
  readonly variants?: readonly string[];
  /** The variant that has this key. A file that writes it, or this value of a literal, chooses that one. */
  readonly variant?: string;
  /** The key has its variant, but does not choose it. */
  readonly chooses?: false;
}

/** What the schema's metadata has under the same name as FieldDoc. */
const IN_METADATA = [
  'default',
  'implied',
  'depends',
  'fallback',
  'variants',
  'variant',
  'chooses',
] as const;

/** Marks a type: after loading there always is a value, even where the file has none. */
export interface Given {
  readonly '~given': true;
}

type Field<T, D> = D extends { default: unknown } | { implied: unknown } | { depends: true }
  ? T & Given
  : T;

/** Gives a schema its documentation, and with it its default. */
export function documented<T extends z.ZodType, const D extends FieldDoc>(
  schema: T,
  doc: D,
): Field<T, D> {
  const { about, allowed, example, ...rest } = doc;
  return schema.meta({
    ...schema.meta(),
    description: about,
    ...pick(rest, IN_METADATA),
    ...(allowed === undefined ? {} : { form: allowed }),
    ...(example === undefined ? {} : { examples: [example] }),
  }) as unknown as Field<T, D>;
}

function pick(doc: object, keys: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(doc).filter(([key, value]) => keys.includes(key) && value !== undefined),
  );
}

/** Keys that may be left out, or null, which means the same. */
type Optional<S extends z.ZodRawShape> = {
  [K in keyof S]: S[K] extends Given
    ? z.ZodDefault<z.ZodType<z.output<S[K]>, z.input<S[K]> | null>>
    : z.ZodOptional<z.ZodType<z.output<S[K]>, z.input<S[K]> | null>>;
};

type Section<O extends z.ZodRawShape, R extends z.ZodRawShape> = z.ZodObject<
  Optional<O> & R,
  z.core.$strict
>;

/**
 * A map with known keys: the optional ones, then those that must be there. A map that is left out has
 * the defaults of its keys, unless it is `optional`.
 * Its message for unknown keys is the list of known ones, from which validate.ts makes a suggestion.
 */
export function section<
  O extends z.ZodRawShape,
  R extends z.ZodRawShape = Record<never, never>,
  const D extends FieldDoc & { readonly optional?: true } = FieldDoc,
>(
  doc: D,
  optional: O,
  required: R = {} as R,
): D extends { optional: true } ? Section<O, R> : Section<O, R> & Given {
  const shape = Object.fromEntries([
    ...Object.entries(required),
    ...Object.entries(optional).map(([key, field]) => [key, withDefault(field as z.ZodType)]),
  ]);
  const keys = Object.keys(shape);
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? keys.join(' ')
        : (doc.allowed ?? `a map of ${listOf(keys, 'and')}`),
  });
  return documented(schema, doc.optional ? doc : { ...doc, implied: {} }) as never;
}

/** The same schema where the key may be missing or null: then the default stands in. */
function withDefault(field: z.ZodType): z.ZodType {
  const { default: preset, implied = preset } = (field.meta() ?? {}) as Partial<FieldDoc>;
  return field
    .nullish()
    .transform((value) => value ?? (implied === undefined ? undefined : field.parse(implied)));
}

/** A map with names of the user's own choice; `name` is what a name looks like. */
export function namedMap<V extends z.ZodType>(
  doc: FieldDoc,
  name: { readonly pattern: RegExp; readonly allowed: string },
  value: V,
): z.ZodRecord<z.ZodString, V> & Given {
  const key = z.string().regex(name.pattern, { error: name.allowed });
  const schema = z.record(key, value, {
    error: (issue) =>
      issue.code === 'invalid_key' ? name.allowed : `a map, each key ${name.allowed}`,
  });
  return documented(schema.meta({ named: true }), { ...doc, implied: {} });
}

export function listField<
  T extends z.ZodType,
  const D extends FieldDoc & { readonly allowed: string; readonly min?: number },
>(item: T, doc: D): Field<z.ZodArray<T>, D> {
  return documented(
    z.array(item, { error: doc.allowed }).min(doc.min ?? 0, { error: doc.allowed }),
    doc,
  );
}

/** One of a few words. */
export function oneOf<const V extends readonly string[], const D extends FieldDoc>(
  values: V,
  doc: D,
): Field<z.ZodEnum<{ [K in V[number]]: K }>, D> {
  return documented(z.enum(values, { error: listOf(values, 'or') }), {
    ...doc,
    allowed: listOf(values, 'or'),
  }) as never;
}

export function flag<const D extends FieldDoc>(doc: D): Field<z.ZodBoolean, D> {
  return documented(z.boolean({ error: 'true or false' }), {
    ...doc,
    allowed: 'true or false',
  }) as never;
}

export function whole<const D extends FieldDoc & { readonly min: number; readonly max: number }>(
  doc: D,
): Field<z.ZodInt, D> {
  const error = `a whole number from ${doc.min} to ${doc.max}`;
  return documented(z.int({ error }).min(doc.min, { error }).max(doc.max, { error }), {
    ...doc,
    allowed: error,
  }) as never;
}

export function port<const D extends FieldDoc>(doc: D): Field<z.ZodInt, D> {
  return whole({ ...doc, min: 1, max: 65535 }) as never;
}

type TextDoc = FieldDoc & { readonly pattern: RegExp; readonly allowed: string };

/** Text of a form; `allowed` is the message for anything else. */
export function text<const D extends TextDoc>(doc: D): Field<z.ZodString, D> {
  const error = doc.allowed;
  return documented(z.string({ error }).regex(doc.pattern, { error }), doc);
}

/** A file or folder, from the stack file's folder; after loading absolute (see written-path.ts). */
export function path<const D extends TextDoc>(doc: D): Field<z.ZodType<string, string>, D> {
  const written = z
    .string({ error: doc.allowed })
    .regex(doc.pattern, { error: doc.allowed })
    .transform((value) => new WrittenPath(value) as unknown as string);
  return documented(written, doc);
}

type RangeDoc = FieldDoc & { readonly min: string; readonly max: string };

/** A duration such as `90s`, in a range written the same way; after loading in seconds. */
export function duration<const D extends RangeDoc>(doc: D): Field<z.ZodType<Seconds, string>, D> {
  const error = `a duration from ${doc.min} to ${doc.max} with its unit (s, m, h or d), such as ${doc.example}`;
  const form = { pattern: /^\d{1,9}[smhd]$/, parse: parseDurationSeconds, error };
  return documented(quantity(form, doc), { ...doc, allowed: error }) as never;
}

/** A size such as `512Mi`, in a range written the same way; after loading in bytes. */
export function size<const D extends RangeDoc>(doc: D): Field<z.ZodType<Bytes, string>, D> {
  const error = `a size from ${doc.min} to ${doc.max} with its unit (Ki, Mi, Gi or Ti), such as ${doc.example}`;
  const form = { pattern: /^\d{1,6}[KMGT]i$/, parse: parseSizeBytes, error };
  return documented(quantity(form, doc), { ...doc, allowed: error }) as never;
}

interface QuantityForm {
  readonly pattern: RegExp;
  readonly parse: (text: string) => number | undefined;
  readonly error: string;
}

function quantity({ pattern, parse, error }: QuantityForm, { min, max }: RangeDoc) {
  const least = parse(min) ?? 0;
  const most = parse(max) ?? 0;
  const inRange = (value: string) => {
    const parsed = parse(value);
    return parsed !== undefined && parsed >= least && parsed <= most;
  };
  return z
    .string({ error })
    .regex(pattern, { error })
    .refine(inRange, { error })
    .transform((value) => parse(value) ?? 0);
}

/** A CPU share: `500m`, or a number of CPUs; after loading in thousandths. */
export function cpu<const D extends FieldDoc>(
  doc: D,
): Field<z.ZodType<CpuMillis, string | number>, D> {
  const error = 'a CPU share from 10m to 128, such as 500m or 0.5';
  const inRange = (value: string | number) => {
    const millis = parseCpuMillis(value);
    return millis !== undefined && millis >= 10 && millis <= 128_000;
  };
  const asText = z
    .string()
    .regex(/^(\d{1,6}m|\d{1,3}(\.\d{1,3})?)$/, { error })
    .refine(inRange, { error });
  const asNumber = z.number().min(0.01, { error }).max(128, { error }).refine(inRange, { error });
  const share = z.union([asText, asNumber], { error }).transform((value) => parseCpuMillis(value));
  return documented(share, { ...doc, allowed: error }) as never;
}

/** `a, b or c`. */
export function listOf(words: readonly string[], last: 'or' | 'and'): string {
  return words.length < 2
    ? (words[0] ?? '')
    : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** A word of a command, or a variable's value: numbers and booleans count as the text that was written. */
export function scalarText(allowed: string): z.ZodType<string, string | number | boolean> {
  return z
    .union([z.string(), z.number(), z.boolean()], { error: allowed })
    .transform(String)
    .meta({ asWritten: true });
}

export const SECRET_NAME = {
  pattern: /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
  allowed: 'a name of up to 63 letters, digits, - and _ that begins with a letter',
};

export const VARIABLE_NAME = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  allowed: 'a variable name of letters, digits and _ that begins with no digit, such as LOG_LEVEL',
};

/** `{ secret: name }`. */
export function secretRef(about: string, example: string) {
  return section(
    {
      about,
      example: { secret: example },
      allowed: `{ secret: name }, such as { secret: ${example} }`,
    },
    {},
    {
      secret: text({
        about: 'Name of a secret under `secrets`, never its value.',
        example,
        pattern: SECRET_NAME.pattern,
        allowed: `the name of a secret, such as ${example}`,
      }),
    },
  );
}
