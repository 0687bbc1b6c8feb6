import type { z } from 'zod';

/** What is said about a key; undefined where nothing is. */
export interface Meta {
  readonly description?: string;
  readonly default?: unknown;
  readonly implied?: unknown;
  readonly depends?: true | 'sometimes';
  readonly fallback?: string;
  readonly form?: string;
  readonly examples?: readonly unknown[];
  /** A scalar counts as the text that was written. */
  readonly asWritten?: true;
  /** See FieldDoc. */
  readonly variants?: readonly string[];
  readonly variant?: string;
  readonly chooses?: false;
}

/** What a schema adds to an inner one (null, absence, a conversion), taken off one by one. */
function inner(schema: z.ZodType): z.ZodType | undefined {
  const { def } = schema as unknown as {
    def: { readonly type: string; readonly innerType?: z.ZodType; readonly in?: z.ZodType };
  };
  if (def.type === 'optional' || def.type === 'nullable') return def.innerType;
  return def.type === 'pipe' ? def.in : undefined;
}

/** The schema of the written value, without the null and the absence that it allows. */
export function unwrap(schema: z.ZodType): z.ZodType {
  const below = inner(schema);
  return below ? unwrap(below) : schema;
}

/** The documentation of a key, from the outermost schema that has one. */
export function metaOf(schema: z.ZodType): Meta {
  const own = schema.meta();
  if (own) return own as Meta;
  const below = inner(schema);
  return below ? metaOf(below) : {};
}

/** The maps with known keys that a schema allows, through null and alternatives. */
export function objectsIn(schema: z.ZodType): z.ZodObject[] {
  const written = unwrap(schema);
  if (written.def.type === 'object') return [written as z.ZodObject];
  if (written.def.type === 'union') {
    return (written as z.ZodUnion<z.ZodType[]>).options.flatMap(objectsIn);
  }
  return [];
}

/** Every schema below one with its path, each alternative apart; `*` stands for any name or index. */
export function* schemasIn(
  schema: z.ZodType,
  path: readonly string[] = [],
): Generator<{ readonly path: readonly string[]; readonly schema: z.ZodType }> {
  yield { path, schema };
  const written = unwrap(schema);
  switch (written.def.type) {
    case 'object':
      for (const [key, field] of Object.entries((written as z.ZodObject).shape)) {
        yield* schemasIn(field as z.ZodType, [...path, key]);
      }
      break;
    case 'union':
      for (const option of (written as z.ZodUnion<z.ZodType[]>).options) {
        yield* schemasIn(option, path);
      }
      break;
    case 'record':
      yield* schemasIn((written as z.ZodRecord<z.ZodString, z.ZodType>).valueType, [...path, '*']);
      break;
    case 'array':
      yield* schemasIn((written as z.ZodArray<z.ZodType>).element, [...path, '*']);
      break;
  }
}
