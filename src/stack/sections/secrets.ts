import { z } from 'zod';
import type { Seconds } from '../../units.ts';
import {
  documented,
  duration,
  listField,
  namedMap,
  oneOf,
  SECRET_NAME,
  scalarText,
  section,
  text,
  VARIABLE_NAME,
  whole,
} from '../fields.ts';

const fromAllowed = 'config, { env: NAME } or { command: [words] }';

const from = documented(
  z.union(
    [
      z.literal('config'),
      section(
        { about: 'Reads the value where `up` runs; exactly one of the two.' },
        {
          env: text({
            about: 'Variable that holds the value.',
            example: 'STRIPE_API_KEY',
            ...VARIABLE_NAME,
          }),
          command: listField(scalarText('a word such as start'), {
            about:
              'Command that prints the value, also at a preview; `MEDUSA_INFRA_SECRET_COMMANDS=off` in the environment refuses it.',
            example: ['pass', 'show', 'shop/stripe'],
            allowed: 'a list of words such as [pass, show, shop/stripe]',
            min: 1,
          }),
        },
      ),
    ],
    { error: fromAllowed },
  ),
  {
    about:
      "Where the value comes from when the kit does not generate it: `config` (Pulumi's encrypted configuration), `{ env: NAME }` or `{ command: [...] }`.",
    fallback: 'generated',
    variant: 'supplied',
    allowed: fromAllowed,
    example: 'config',
  },
);

/** One shape for both kinds; the rule secret-source says which keys go together. */
const keys = section(
  {
    about:
      'A generated secret (`length`, `alphabet`, `version`, `keep`) or one that you supply (`from`).',
    allowed: 'a map such as { length: 64 } or { from: config }, never the value itself',
    variants: ['supplied', 'generated'],
  },
  {
    from,
    length: whole({
      about: 'Characters of a generated value. Another number holds from the next version on.',
      default: 64,
      example: 64,
      variant: 'generated',
      min: 32,
      max: 256,
    }),
    alphabet: oneOf(['alphanumeric', 'hex', 'base64url', 'symbols'], {
      about:
        'What a generated value is made of: letters and digits; `0-9a-f`; letters, digits, `-` and `_`; or letters, digits and ``!@#$%&*()=+[]{}<>:?``. Another one holds from the next version on.',
      default: 'alphanumeric',
      example: 'hex',
      variant: 'generated',
    }),
    version: whole({
      about: 'Number of the current value; a higher one makes a new value.',
      default: 1,
      example: 2,
      variant: 'generated',
      min: 1,
      max: 999_999,
    }),
    keep: whole({
      about: 'How many values before the current one stay valid.',
      depends: true,
      example: 1,
      variant: 'generated',
      min: 0,
      max: 10,
    }),
    since: documented(z.iso.date({ error: 'a date such as 2026-01-31' }), {
      about: 'Date on which the current value began.',
      fallback: 'not recorded',
      example: '2026-01-31',
    }),
    maxAge: duration({
      about: 'Age at which the value is due for a change.',
      fallback: 'none',
      example: '90d',
      min: '1h',
      max: '3650d',
    }),
  },
);

/** After loading each kind has its own keys. */
export const secret = keys.transform(({ from: source, since, maxAge, ...generated }) => {
  const age: { readonly since?: string; readonly maxAge?: Seconds } = { since, maxAge };
  if (source === 'config') return { from: source, ...age };
  if (source?.env) return { from: { env: source.env }, ...age };
  if (source?.command) return { from: { command: source.command }, ...age };
  return { from: 'generated' as const, ...generated, ...age };
});

export const secrets = namedMap(
  {
    about:
      'Secrets by name; a value never stands in this file. `jwt`, `cookie`, `database` and `redis` are reserved and generated without being listed.',
    fallback: 'the reserved ones',
    example: { jwt: { length: 64, version: 1, maxAge: '90d' }, stripeApiKey: { from: 'config' } },
  },
  SECRET_NAME,
  secret,
);
