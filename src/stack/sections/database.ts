import { z } from 'zod';
import {
  documented,
  duration,
  listField,
  oneOf,
  path,
  secretRef,
  section,
  size,
  text,
  whole,
} from '../fields.ts';

const LOGGED = ['query', 'schema', 'error', 'warn', 'info', 'log', 'migration'] as const;
const loggingAllowed =
  'true, false, all, or a list of query, schema, error, warn, info, log and migration';

const logging = documented(
  z.union(
    [
      z.boolean(),
      z.literal('all'),
      listField(oneOf(LOGGED, { about: 'What to log.', example: 'error' }), {
        about: 'What to log.',
        example: ['error'],
        allowed: loggingAllowed,
      }),
    ],
    { error: loggingAllowed },
  ),
  {
    about: "What the database driver logs (Medusa's `database_logging`).",
    default: false,
    example: ['error', 'schema'],
    allowed: loggingAllowed,
  },
);

/** A limit of a session's time, or none. */
function limit<const D extends { about: string; default: string; min: string; max: string }>(
  doc: D,
) {
  const allowed = `false, or a duration from ${doc.min} to ${doc.max} with its unit (s, m, h or d), such as ${doc.default}`;
  return documented(
    z.union([z.literal(false), duration({ ...doc, example: doc.default })], { error: allowed }),
    { about: doc.about, default: doc.default, example: doc.default, allowed },
  );
}

const limits = section(
  {
    about:
      "What a session of the backend may take from the server: set on its login roles, for their new sessions. Migrations and the seed have prepare's own limits instead.",
    example: { statement: '2m', idleInTransaction: false },
  },
  {
    statement: limit({
      about:
        'Longest time of one statement. A store answers in milliseconds; exports and reports of a large one take seconds.',
      default: '60s',
      min: '1s',
      max: '1d',
    }),
    lock: limit({
      about:
        'Longest wait of a statement for a lock that another session holds. Less than `statement`, so that the error names the cause.',
      default: '30s',
      min: '1s',
      max: '1d',
    }),
    idleInTransaction: limit({
      about:
        'How long a transaction may stay open with nothing to do, after which its session is ended: it holds locks, and keeps old rows from being cleaned up. Medusa calls plugins inside of transactions, and they call services of others.',
      default: '5m',
      min: '1s',
      max: '1d',
    }),
  },
);

const ON_DESTROY = {
  about: 'What `destroy` does with the data. `delete` is refused in production.',
  default: 'keep',
  example: 'delete',
} as const;

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;
const identifierAllowed =
  'lower-case letters, digits and _ (at most 63), not beginning with a digit, such as';

const TYPE = {
  about: 'Which database Medusa uses; sqlite is for development with Medusa up to 1.11.',
  allowed: 'postgres or sqlite',
};

const postgres = section(
  { about: 'PostgreSQL: provisioned, or your own with `external`.' },
  {
    type: documented(z.literal('postgres'), {
      ...TYPE,
      default: 'postgres',
      example: 'postgres',
      variant: 'provisioned',
    }),
    version: whole({
      about: 'Major version of the provisioned server.',
      fallback: 'the newest that the image source offers',
      example: 17,
      variant: 'provisioned',
      min: 12,
      max: 99,
    }),
    name: text({
      about: 'Name of the database, and of the role that owns it.',
      default: 'medusa',
      example: 'medusa',
      pattern: IDENTIFIER,
      allowed: `a database name of ${identifierAllowed} medusa`,
    }),
    schema: text({
      about:
        "Schema that holds Medusa's tables: it becomes the search_path and `database_schema` alike. Changing it on a stack that is up begins an empty store; the old tables stay where they are.",
      default: 'medusa',
      example: 'shop',
      pattern: IDENTIFIER,
      allowed: `a schema name of ${identifierAllowed} shop`,
    }),
    extensionsSchema: text({
      about: 'Schema that holds extensions such as pg_trgm; on the search_path after `schema`.',
      default: 'extensions',
      example: 'extensions',
      pattern: IDENTIFIER,
      allowed: `a schema name of ${identifierAllowed} extensions`,
    }),
    storage: size({
      about: 'Disk of the provisioned server. Docker sets no limit from it; aws allocates it.',
      depends: true,
      example: '10Gi',
      variant: 'provisioned',
      min: '1Gi',
      max: '64Ti',
    }),
    pool: section(
      { about: 'Connections of one replica. Medusa has two pools: allow for 20 a replica.' },
      {
        min: whole({
          about: 'Minimum number of connections.',
          default: 0,
          example: 0,
          min: 0,
          max: 1000,
        }),
        max: whole({
          about: 'Maximum number of connections.',
          default: 10,
          example: 10,
          min: 1,
          max: 1000,
        }),
      },
    ),
    limits,
    logging,
    extra: documented(z.record(z.string(), z.unknown(), { error: 'a map of driver options' }), {
      about:
        'Further options of the PostgreSQL driver. What other keys decide (ssl, pool, the connection) is refused here.',
      implied: {},
      fallback: 'none',
      example: { application_name: 'shop' },
    }),
    ssl: oneOf(['off', 'require', 'verify-full'], {
      about:
        'TLS to the server. `verify-full` checks certificate and host name; `require` encrypts and verifies the certificate.',
      depends: true,
      example: 'verify-full',
    }),
    ca: path({
      about: "PEM file of the CA that `verify-full` trusts, from the stack file's folder.",
      fallback: "the system's CAs",
      example: './database-ca.pem',
      pattern: /^\S(.*\S)?$/,
      allowed: 'a PEM file such as ./database-ca.pem',
    }),
    external: section(
      {
        about: 'Your own server instead of a provisioned one.',
        optional: true,
        example: { url: { secret: 'databaseUrl' } },
        variant: 'external',
        allowed: '{ url: { secret: name } }',
      },
      {},
      {
        url: secretRef(
          'Secret with the URL: postgres://user:password@host:5432/name.',
          'databaseUrl',
        ),
      },
    ),
    onDestroy: oneOf(['keep', 'delete'], { ...ON_DESTROY, variant: 'provisioned', chooses: false }),
  },
);

const sqlite = section(
  { about: 'SQLite: one replica, development, Medusa up to 1.11.' },
  {
    file: text({
      about: "With sqlite: the database file, in the backend's working folder.",
      default: './medusa-db.sql',
      example: './medusa-db.sql',
      pattern: /^\S(.*\S)?$/,
      allowed: 'a file such as ./medusa-db.sql',
    }),
    logging,
    onDestroy: oneOf(['keep', 'delete'], ON_DESTROY),
  },
  {
    type: documented(z.literal('sqlite'), { ...TYPE, example: 'sqlite', variant: 'sqlite' }),
  },
);

export const database = documented(
  z.discriminatedUnion('type', [postgres, sqlite], {
    error: (issue) =>
      issue.code === 'invalid_union' ? 'postgres or sqlite' : 'a map such as { type: postgres }',
  }),
  {
    about: "Medusa's database.",
    variants: ['sqlite', 'external', 'provisioned'],
    implied: {},
    example: {
      version: 17,
      schema: 'shop',
      storage: '10Gi',
      pool: { min: 0, max: 10 },
      logging: ['error', 'schema'],
    },
  },
);
