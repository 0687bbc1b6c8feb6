import type { z } from 'zod';
import { documented, listField, oneOf, section, text } from '../fields.ts';
import { aws } from './aws/aws.ts';
import { backend } from './backend.ts';
import { cors } from './cors.ts';
import { database } from './database.ts';
import { edge } from './edge.ts';
import { images } from './images.ts';
import { modules, plugins } from './modules.ts';
import { redis } from './redis.ts';
import { secrets } from './secrets.ts';
import { uploads } from './uploads.ts';

const accepted = section(
  { about: 'An accepted rule.' },
  {},
  {
    rule: text({
      about: 'Name of the rule, as the issue shows it.',
      example: 'cors-strangers',
      pattern: /^[a-z]+(-[a-z]+)*$/,
      allowed: "a rule's name such as cors-strangers",
    }),
    reason: text({
      about: 'Why it is right for this stack.',
      example: 'Previews run under hosts that our provider names',
      pattern: /\S.{7,}/,
      allowed: 'a reason of at least 8 characters for who reads this next year',
    }),
  },
);

const ACCEPT = {
  about: 'Rules that this stack breaks on purpose, each with the reason.',
  implied: [],
  fallback: 'none',
  example: [{ rule: 'cors-strangers', reason: 'Previews run under hosts that our provider names' }],
  allowed: 'a list such as [{ rule: cors-strangers, reason: why }]',
} as const;
/** After loading: reasons by rule. */
const accept = documented(
  listField(accepted, ACCEPT).transform((list) =>
    Object.fromEntries(list.map(({ rule, reason }) => [rule, reason])),
  ),
  ACCEPT,
);

/** A whole stack file, after `extends` was merged. Its keys are the stack file's sections, in this order. */
export const stackSchema = section(
  { about: 'A stack file of medusa-infra: one environment.' },
  {
    extends: text({
      about: 'Another file of this folder, by name without .yaml: this file is laid over it.',
      fallback: 'none',
      example: 'base',
      pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      allowed: 'the name of another file of this folder, without .yaml, such as base',
    }),
    environment: oneOf(['development', 'staging', 'production'], {
      about:
        'How strict the checks and defaults are. `NODE_ENV` is `development` for the first and `production` for the others.',
      depends: true,
      example: 'production',
    }),
    images,
    backend,
    edge,
    database,
    redis,
    uploads,
    secrets,
    cors,
    modules,
    plugins,
    aws,
    accept,
  },
  {
    target: oneOf(['docker', 'aws'], {
      about: 'Where the stack runs. Required, here or in the file that this one extends.',
      example: 'docker',
    }),
  },
);

/** A stack file as written: valid in itself, before defaults and rules. */
export type RawStack = z.input<typeof stackSchema>;
