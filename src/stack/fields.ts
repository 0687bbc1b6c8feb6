import { z } from 'zod';
import { parseCpuMillis, parseDurationSeconds, parseSizeBytes } from '../units.ts';

/** What the reference page and the editor show for an option. */
export interface FieldDoc {
  /** What it means, with its unit. */
  readonly about: string;
  /** The value that holds when it is left out. */
  readonly default?: unknown;
  /** The same in words, where the value depends on something. */
  readonly fallback?: string;
  readonly example?: unknown;
  /** What is allowed, where the list of keys does not say it well. */
  readonly allowed?: string;
}

/** Gives a schema its documentation. */
export function documented<T extends z.ZodType>(schema: T, doc: FieldDoc): T {
  return schema.meta({
    description: doc.about,
    ...(doc.default === undefined ? {} : { default: doc.default }),
    ...(doc.fallback === undefined ? {} : { fallback: doc.fallback }),
    ...(doc.allowed === undefined ? {} : { form: doc.allowed }),
    ...(doc.example === undefined ? {} : { examples: [doc.example] }),
  }) as T;
}

type Nullish<S extends z.ZodRawShape> = { [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K]>> };

/**
 * A map with known keys: the optional ones (null stands for left out), then those that must be there.
 * Its message for unknown keys is the list of known ones, from which validate.ts makes a suggestion.
 */
export function section<O extends z.ZodRawShape, R extends z.ZodRawShape = Record<never, never>>(
  doc: FieldDoc,
  optional: O,
  required: R = {} as R,
): z.ZodObject<Nullish<O> & R, z.core.$strict> {
  const shape = Object.fromEntries([
    ...Object.entries(required),
    ...Object.entries(optional).map(([key, field]) => [key, (field as z.ZodType).nullish()]),
  ]) as Nullish<O> & R;
  const keys = Object.keys(shape);
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? keys.join(' ')
        : (doc.allowed ?? `a map of ${listOf(keys, 'and')}`),
  });
  return documented(schema, doc) as unknown as z.ZodObject<Nullish<O> & R, z.core.$strict>;
}

/** A map with names of the user's own choice; `names` is what a name looks like. */
export function namedMap<V extends z.ZodType>(
  doc: FieldDoc,
  name: { readonly pattern: RegExp; readonly allowed: string },
  value: V,
): z.ZodRecord<z.ZodString, V> {
  const key = z.string().regex(name.pattern, { error: name.allowed });
  const schema = z.record(key, value, {
    error: (issue) =>
      issue.code === 'invalid_key' ? name.allowed : `a map, each key ${name.allowed}`,
  });
  return documented(schema, doc);
}

export function listField<T extends z.ZodType>(
  item: T,
  doc: FieldDoc & { readonly allowed: string; readonly min?: number },
): z.ZodArray<T> {
  return documented(
    z.array(item, { error: doc.allowed }).min(doc.min ?? 0, { error: doc.allowed }),
    doc,
  );
}

/** One of a few words. */
export function oneOf<const V extends readonly string[]>(
  values: V,
  doc: FieldDoc,
): z.ZodEnum<{ [K in V[number]]: K }> {
  return documented(z.enum(values, { error: listOf(values, 'or') }), {
    ...doc,
    allowed: listOf(values, 'or'),
  }) as never;
}

export function flag(doc: FieldDoc): z.ZodBoolean {
  return documented(z.boolean({ error: 'true or false' }), { ...doc, allowed: 'true or false' });
}

export function whole(doc: FieldDoc & { readonly min: number; readonly max: number }): z.ZodInt {
  const error = `a whole number from ${doc.min} to ${doc.max}`;
  return documented(z.int({ error }).min(doc.min, { error }).max(doc.max, { error }), {
    ...doc,
    allowed: error,
  });
}

export function port(doc: FieldDoc): z.ZodInt {
  return whole({ ...doc, min: 1, max: 65535 });
}

/** Text of a form; `allowed` is the message for anything else. */
export function text(
  doc: FieldDoc & { readonly pattern: RegExp; readonly allowed: string },
): z.ZodString {
  const error = doc.allowed;
  return documented(z.string({ error }).regex(doc.pattern, { error }), doc);
}

/** A duration such as `90s`, in a range written the same way. */
export function duration(
  doc: FieldDoc & { readonly min: string; readonly max: string },
): z.ZodString {
  const error = `a duration from ${doc.min} to ${doc.max} with its unit (s, m, h or d), such as ${doc.example}`;
  const least = parseDurationSeconds(doc.min) ?? 0;
  const most = parseDurationSeconds(doc.max) ?? 0;
  const inRange = (value: string) => {
    const seconds = parseDurationSeconds(value);
    return seconds !== undefined && seconds >= least && seconds <= most;
  };
  return documented(
    z
      .string({ error })
      .regex(/^\d{1,9}[smhd]$/, { error })
      .refine(inRange, { error }),
    { ...doc, allowed: error },
  );
}

/** A size such as `512Mi`, in a range written the same way. */
export function size(doc: FieldDoc & { readonly min: string; readonly max: string }): z.ZodString {
  const error = `a size from ${doc.min} to ${doc.max} with its unit (Ki, Mi, Gi or Ti), such as ${doc.example}`;
  const least = parseSizeBytes(doc.min) ?? 0;
  const most = parseSizeBytes(doc.max) ?? 0;
  const inRange = (value: string) => {
    const bytes = parseSizeBytes(value);
    return bytes !== undefined && bytes >= least && bytes <= most;
  };
  return documented(
    z
      .string({ error })
      .regex(/^\d{1,6}[KMGT]i$/, { error })
      .refine(inRange, { error }),
    { ...doc, allowed: error },
  );
}

/** A CPU share: `500m`, or a number of CPUs. */
export function cpu(doc: FieldDoc) {
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
  return documented(z.union([asText, asNumber], { error }), { ...doc, allowed: error });
}

/** `a, b or c`. */
export function listOf(words: readonly string[], last: 'or' | 'and'): string {
  return words.length < 2
    ? (words[0] ?? '')
    : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** A word of a command, or a variable's value: numbers and booleans count as the text that was written. */
export function scalarText(allowed: string) {
  return z.union([z.string(), z.number(), z.boolean()], { error: allowed });
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
