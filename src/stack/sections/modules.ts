import { z } from 'zod';
import { documented, listField, namedMap, section, text } from '../fields.ts';

/** An option of a module or plugin: JSON, where `{ env: NAME }` stands for a backend variable. */
export type OptionValue =
  | string
  | number
  | boolean
  | null
  | readonly OptionValue[]
  | { readonly [key: string]: OptionValue };

const packageName = (what: string, example: string) =>
  text({
    about: `The ${what}: a package of the backend, or a path in it.`,
    example,
    pattern: /^[@./A-Za-z0-9_-][^\s]*$/,
    allowed: `the name of a ${what} such as ${example}`,
  });

const options = documented(
  z.record(z.string(), z.unknown() as z.ZodType<OptionValue>, { error: 'a map of options' }),
  {
    about:
      'The options, as its documentation says. `{ env: NAME }` stands for the value of a backend variable.',
    fallback: 'none',
    example: { api_key: { env: 'STRIPE_API_KEY' } },
  },
);

/** A module or plugin: its package, and options where it has some. */
export interface Named {
  readonly resolve: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
}

const named = (what: string, example: string) =>
  z
    .union(
      [
        packageName(what, example),
        section(
          { about: `A ${what} with options.` },
          { options },
          { resolve: packageName(what, example) },
        ),
      ],
      { error: `the name of a ${what} such as ${example}, or { resolve: name, options: { } }` },
    )
    .transform((value): Named => {
      if (typeof value === 'string') return { resolve: value };
      const { resolve, options: given } = value;
      return given ? { resolve, options: given } : { resolve };
    });

export const modules = namedMap(
  {
    about: "Medusa's modules by name. null takes a default one away.",
    fallback:
      'cacheService and eventBus: the Redis ones with Redis, in-memory and local ones without',
    example: { cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: 30 } } },
  },
  { pattern: /^[A-Za-z][A-Za-z0-9_-]*$/, allowed: "a module's name such as cacheService" },
  named('module', '@medusajs/cache-redis').nullable(),
);

export const plugins = listField(named('plugin', 'medusa-payment-stripe'), {
  about: "Medusa's plugins, in order.",
  implied: [],
  fallback: 'none',
  example: [
    'medusa-fulfillment-manual',
    { resolve: 'medusa-payment-stripe', options: { api_key: { env: 'STRIPE_API_KEY' } } },
  ],
  allowed: 'a list of plugins such as [medusa-fulfillment-manual]',
});
