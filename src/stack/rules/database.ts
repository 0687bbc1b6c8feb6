import type { PostgresSection, SqliteSection } from '../stack-file.ts';
import { databaseNameProblem, schemaNameProblem } from './identifiers.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';
import { isSet, when } from './rule.ts';

type Check<T> = (database: T, context: RuleContext) => readonly Finding[];

const onPostgres = (check: Check<PostgresSection>) => (context: RuleContext) =>
  context.stack.database.type === 'postgres' ? check(context.stack.database, context) : [];

const onSqlite = (check: Check<SqliteSection>) => (context: RuleContext) =>
  context.stack.database.type === 'sqlite' ? check(context.stack.database, context) : [];

const sqliteReplicas: Rule = {
  name: 'sqlite-replicas',
  about: 'sqlite serves one replica.',
  check: onSqlite((_, { stack }) =>
    when(stack.backend.replicas > 1, () => ({
      path: ['backend', 'replicas'],
      message: `1 with sqlite, got ${stack.backend.replicas}; use database.type postgres for more`,
    })),
  ),
};

const sqliteDevelopment: Rule = {
  name: 'sqlite-development',
  about: 'sqlite is for development on docker.',
  check: onSqlite((_, { stack }) => {
    const where = stack.target === 'aws' ? 'on aws' : `in ${stack.environment}`;
    return when(stack.target === 'aws' || stack.environment !== 'development', () => ({
      path: ['database', 'type'],
      message: `postgres ${where}; sqlite is for development on docker`,
    }));
  }),
};

const schemaName: Rule = {
  name: 'schema-name',
  about: 'Schema names are free in PostgreSQL: unreserved, not its own.',
  check: onPostgres((database) =>
    (['schema', 'extensionsSchema'] as const).flatMap((key) => {
      const problem = schemaNameProblem(database[key]);
      return when(problem !== undefined, () => ({
        path: ['database', key],
        message: `another schema name such as shop: ${problem}`,
      }));
    }),
  ),
};

const schemaApart: Rule = {
  name: 'schema-apart',
  about: "Extensions live in their own schema, apart from Medusa's tables.",
  check: onPostgres((database, context) =>
    when(database.schema === database.extensionsSchema, () => {
      const key = isSet(context, ['database', 'extensionsSchema']) ? 'extensionsSchema' : 'schema';
      const other = key === 'schema' ? 'extensionsSchema (by default "extensions")' : 'schema';
      return {
        path: ['database', key],
        message: `another name than database.${other}; choose another`,
      };
    }),
  ),
};

const databaseName: Rule = {
  name: 'database-name',
  about: 'The database name is free in PostgreSQL, as a role too.',
  check: onPostgres((database) => {
    const problem = databaseNameProblem(database.name);
    return when(problem !== undefined, () => ({
      path: ['database', 'name'],
      message: `another database name such as medusa: ${problem}`,
    }));
  }),
};

const poolOrder: Rule = {
  name: 'pool-order',
  about: 'The pool keeps no more connections open than it may have.',
  check: onPostgres(({ pool }, context) =>
    when(pool.min > pool.max, () => ({
      path: ['database', 'pool', isSet(context, ['database', 'pool', 'min']) ? 'min' : 'max'],
      message: `min is at most max, got min ${pool.min} and max ${pool.max}`,
    })),
  ),
};

/** Driver options that another key of the stack file decides, and which. */
export const EXTRA_OWNER: Readonly<Record<string, string>> = {
  ssl: 'database.ssl and database.ca',
  sslmode: 'database.ssl',
  min: 'database.pool.min',
  max: 'database.pool.max',
  poolSize: 'database.pool.max',
  pool: 'database.pool',
  schema: 'database.schema',
  search_path: 'database.schema',
  options: 'database.schema',
  database: 'database.name',
  user: 'the database',
  password: 'secrets.database',
  host: 'the database',
  port: 'the database',
  connectionString: 'the database',
};

const extraOwned: Rule = {
  name: 'extra-owned',
  about: 'Driver options do not contradict ssl, pool and the connection, which other keys decide.',
  check: onPostgres(({ extra }, context) =>
    Object.keys(extra).flatMap((key) => {
      const owner = Object.hasOwn(EXTRA_OWNER, key) ? EXTRA_OWNER[key] : undefined;
      const contradicts = key === 'ssl' && isSet(context, ['database', 'ssl']);
      return when(owner !== undefined, () => ({
        path: ['database', 'extra', key],
        message: `${contradicts ? 'contradicts database.ssl, which decides alone' : `decided by ${owner}`}; remove it here`,
      }));
    }),
  ),
};

const caUsed: Rule = {
  name: 'ca-used',
  about: 'A CA is given where certificates are verified.',
  check: onPostgres(({ ca, ssl }) =>
    when(ca !== undefined && ssl === 'off', () => ({
      path: ['database', 'ca'],
      message: 'a CA goes with ssl: verify-full, got ssl: off; set ssl, or remove the CA',
    })),
  ),
};

const provisionedTls: Rule = {
  name: 'provisioned-tls',
  about:
    "The server that the kit provisions on docker is reached over the stack's private network, without TLS.",
  check: onPostgres(({ ssl, external, extra }, { stack }) =>
    // Where extra.ssl contradicts it, which of the two was meant is the first question.
    when(stack.target === 'docker' && !external && ssl !== 'off' && !('ssl' in extra), () => ({
      path: ['database', 'ssl'],
      message: `off for the provisioned server on docker's private network, got ${ssl}; remove it, or name your own server under external`,
    })),
  ),
};

const externalOwned: Rule = {
  name: 'external-owned',
  about: 'What describes a provisioned server is not said about your own.',
  check: (context) =>
    [
      { section: 'database', keys: ['version', 'storage', 'onDestroy'] },
      { section: 'redis', keys: ['version', 'memory', 'persist', 'allow', 'onDestroy'] },
    ].flatMap(({ section, keys }) =>
      isSet(context, [section, 'external'])
        ? keys
            .filter((key) => isSet(context, [section, key]))
            .map((key) => ({
              path: [section, key],
              message: `not with ${section}.external: that server is your own; remove one of the two`,
              atKey: true,
            }))
        : [],
    ),
};

const externalName: Rule = {
  name: 'external-name',
  about: 'The URL of an external server names its database.',
  check: onPostgres(({ external }, context) =>
    when(external !== undefined && isSet(context, ['database', 'name']), () => ({
      path: ['database', 'name'],
      message: 'unused: the URL in database.external names the database; remove it',
      level: 'warning',
      atKey: true,
    })),
  ),
};

const externalPlain: Rule = {
  name: 'external-plain',
  about: 'Outside development your own server is reached over TLS.',
  acceptable: true,
  check: onPostgres(({ external, ssl }, { stack }) =>
    when(stack.environment !== 'development' && external !== undefined && ssl === 'off', () => ({
      path: ['database', 'ssl'],
      message: `off sends data and password in the clear in ${stack.environment}; write verify-full`,
      level: 'warning',
    })),
  ),
};

const deleteProduction: Rule = {
  name: 'delete-production',
  about: 'Production data outlives destroy.',
  check: ({ stack }) =>
    (['database', 'redis', 'uploads'] as const).flatMap((key) => {
      const section = stack[key];
      const deletes = section !== false && section.onDestroy === 'delete';
      return when(stack.environment === 'production' && deletes, () => ({
        path: [key, 'onDestroy'],
        message: 'delete is refused in production; keep it, or take the volume away by hand',
      }));
    }),
};

const awsStorage: Rule = {
  name: 'aws-storage',
  about: 'RDS allocates 20Gi or more.',
  check: onPostgres(({ storage, external }, { stack }) =>
    when(stack.target === 'aws' && !external && storage < 20 * 1024 ** 3, () => ({
      path: ['database', 'storage'],
      message: 'RDS allocates at least 20Gi; write 20Gi or more',
      level: 'warning',
    })),
  ),
};

export const databaseRules: readonly Rule[] = [
  sqliteReplicas,
  sqliteDevelopment,
  schemaName,
  schemaApart,
  databaseName,
  poolOrder,
  extraOwned,
  caUsed,
  provisionedTls,
  externalOwned,
  externalName,
  externalPlain,
  deleteProduction,
  awsStorage,
];
