import type { z } from 'zod';

/** The schema without the null and the absence that it allows. */
export function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner.def.type === 'optional' || inner.def.type === 'nullable') {
    inner = (inner as z.ZodOptional<z.ZodType>).unwrap();
  }
  return inner;
}

/** The maps with known keys that a schema allows, through null and alternatives. */
export function objectsIn(schema: z.ZodType): z.ZodObject[] {
  const inner = unwrap(schema);
  if (inner.def.type === 'object') return [inner as z.ZodObject];
  if (inner.def.type === 'union') {
    return (inner as z.ZodUnion<z.ZodType[]>).options.flatMap(objectsIn);
  }
  return [];
}
