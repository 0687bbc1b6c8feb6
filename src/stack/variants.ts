import type { z } from 'zod';
import { metaOf, objectsIn, unwrap } from './schema-walk.ts';
import type { MapTree } from './tree.ts';

/** The schema of what is written at a key, in the first alternative that knows it. */
export function schemaOf(schema: z.ZodType | undefined, key: string): z.ZodType | undefined {
  if (!schema) return undefined;
  const written = unwrap(schema);
  if (written.def.type === 'record') {
    return (written as z.ZodRecord<z.ZodString, z.ZodType>).valueType;
  }
  for (const { shape } of objectsIn(written)) {
    if (Object.hasOwn(shape, key)) return shape[key];
  }
  return undefined;
}

/**
 * Keys of an extended file that a file drops because it chooses another variant of the section. What
 * the file writes itself is never among them.
 */
export function keysOfOtherVariants(schema: z.ZodType | undefined, over: MapTree): string[] {
  const variants = schema && metaOf(schema).variants;
  if (!variants) return [];
  const alternatives = objectsIn(schema).map(({ shape }) =>
    Object.entries(shape).map(([key, field]) => keyOf(key, field)),
  );
  const keys = alternatives.flat();
  const chosen = variants.find((name) =>
    keys.some((key) => key.variant === name && chooses(key, over)),
  );
  if (chosen === undefined) return [];
  const own = alternatives.filter((each) => each.some(({ variant }) => variant === chosen)).flat();
  const others = keys.filter(
    // The discriminator itself stays, for the schema to judge.
    ({ name, variant = chosen, literal }) =>
      literal === undefined && (variant !== chosen || !own.some((key) => key.name === name)),
  );
  return others.map(({ name }) => name).filter((name) => !over.entries.has(name));
}

interface Key {
  readonly name: string;
  readonly variant?: string;
  readonly chooses?: false;
  /** The values of a discriminator, which alone choose. */
  readonly literal?: readonly unknown[];
}

function keyOf(name: string, field: z.ZodType): Key {
  const { variant, chooses } = metaOf(field);
  const written = unwrap(field);
  const literal =
    written.def.type === 'literal' ? [...(written as z.ZodLiteral).values] : undefined;
  return { name, variant, chooses, literal };
}

function chooses({ name, chooses, literal }: Key, over: MapTree): boolean {
  const value = over.entries.get(name)?.value;
  if (!value || chooses === false) return false;
  if (value.kind !== 'scalar') return literal === undefined;
  return literal ? literal.includes(value.value) : value.value !== null;
}
