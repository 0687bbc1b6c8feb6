import { hasSecretForm } from '../found.ts';
import { nearest } from '../suggest.ts';
import type { Path } from '../tree.ts';
import { derivedFrom } from './derived.ts';
import { optionReferences } from './options.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';
import { isSet } from './rule.ts';

/** Names whose values the kit makes for its own servers. */
const SERVER_SECRETS: Readonly<Record<string, string>> = {
  database: 'database.external.url',
  redis: 'redis.external.url',
};
const RESERVED = ['jwt', 'cookie', 'database', 'redis'];

interface Reference {
  readonly secret: string;
  readonly path: Path;
}

/** Every `{ secret: name }` of the file. */
function references({ stack }: RuleContext): Reference[] {
  const found: Reference[] = [];
  for (const [name, value] of Object.entries(stack.backend.env)) {
    if (typeof value === 'object')
      found.push({ secret: value.secret, path: ['backend', 'env', name] });
  }
  if (stack.database.type === 'postgres' && stack.database.external) {
    found.push({
      secret: stack.database.external.url.secret,
      path: ['database', 'external', 'url'],
    });
  }
  const redis = stack.redis ? stack.redis.external : undefined;
  if (redis) found.push({ secret: redis.url.secret, path: ['redis', 'external', 'url'] });
  return found;
}

const secretDeclared: Rule = {
  name: 'secret-declared',
  about: 'A secret that is referenced is declared under secrets.',
  whole: true,
  check: (context) => {
    const declared = Object.keys(context.stack.secrets);
    // One that is declared wrongly has its own issue.
    const wrong = context.broken.filter((path) => path[0] === 'secrets').map((path) => path[1]);
    return references(context)
      .filter(
        ({ secret }) =>
          !declared.includes(secret) &&
          !wrong.includes(secret) &&
          !context.broken.some((path) => path.length === 1 && path[0] === 'secrets'),
      )
      .map(({ secret, path }) => {
        const near = nearest(
          secret,
          declared.filter((name) => !RESERVED.includes(name)),
        );
        const fix = RESERVED.includes(secret)
          ? `this stack owns no such server; remove the reference`
          : near
            ? `did you mean "${near}"?`
            : `add it: secrets: { ${secret}: { from: config } }`;
        // A value in place of a name is not repeated.
        const message = hasSecretForm(secret)
          ? 'the name of a secret that is declared under secrets, not its value'
          : `secret ${secret} is not declared under secrets; ${fix}`;
        return { path, at: ['secret'], message };
      });
  },
};

const secretUsed: Rule = {
  name: 'secret-used',
  about: 'A declared secret is used.',
  check: (context) => {
    const used = new Set(references(context).map(({ secret }) => secret));
    const { stack, broken } = context;
    if (broken.length > 0) return [];
    const needed = new Set(['jwt', 'cookie']);
    if (stack.database.type === 'postgres' && !stack.database.external) needed.add('database');
    if (stack.redis && !stack.redis.external) needed.add('redis');
    return Object.keys(stack.secrets)
      .filter((name) => !used.has(name) && !needed.has(name))
      .map((name) => ({
        path: ['secrets', name],
        message: `declared, but nothing uses it; reference it as { secret: ${name} }, or remove it`,
        level: 'warning' as const,
        atKey: true,
      }));
  },
};

const secretSource: Rule = {
  name: 'secret-source',
  about: "A secret is generated or supplied, not both; those of the stack's servers are generated.",
  check: (context) =>
    Object.entries(context.raw.secrets ?? {}).flatMap(([name, spec]): Finding[] => {
      const { from } = spec;
      if (from === undefined || from === null) return [];
      const path = ['secrets', name, 'from'];
      const server = Object.hasOwn(SERVER_SECRETS, name) ? SERVER_SECRETS[name] : undefined;
      if (server) {
        const message = `${name} is generated for the kit's own server; for your own, use ${server} with a secret of another name`;
        return [{ path, message }];
      }
      const findings: Finding[] = ['length', 'alphabet', 'version', 'keep']
        .filter((key) => isSet(context, ['secrets', name, key]))
        .map((key) => ({
          path: ['secrets', name, key],
          message: 'for generated secrets only, and this one has from; remove one of the two',
          atKey: true,
        }));
      const sources =
        typeof from === 'object' ? [from.env, from.command].filter(Boolean).length : 1;
      if (sources !== 1) {
        findings.push({ path, message: 'exactly one of { env: NAME } and { command: [words] }' });
      }
      return findings;
    }),
};

const databaseKeep: Rule = {
  name: 'database-keep',
  about: "Of the database's passwords the current one and the one before can be valid at a time.",
  check: ({ stack }) => {
    const spec = stack.secrets['database'];
    if (spec?.from !== 'generated' || spec.keep <= 1) return [];
    const message = `0 or 1, as two login roles alternate; got ${spec.keep}`;
    return [{ path: ['secrets', 'database', 'keep'], message }];
  },
};

const sinceDate: Rule = {
  name: 'since-date',
  about: 'The current value of a secret did not begin in the future.',
  check: ({ stack }) =>
    Object.entries(stack.secrets)
      // A day's room: the file may have been written ahead of UTC.
      .filter(([, { since }]) => since !== undefined && Date.parse(since) > Date.now() + 86_400_000)
      .map(([name, { since }]) => ({
        path: ['secrets', name, 'since'],
        message: `${since} is in the future; write the day on which the value began`,
        level: 'warning' as const,
      })),
};

const optionVariable: Rule = {
  name: 'option-variable',
  about: 'A variable that an option names is one that the backend has.',
  whole: true,
  check: (context) => {
    const { env } = context.stack.backend;
    const wrong = context.broken.filter((path) => path[0] === 'backend');
    return optionReferences(context.tree).flatMap(({ kind, name, path }): Finding[] => {
      if (kind === 'secret') {
        const message =
          'options read variables; write backend: { env: { NAME: { secret: name } } } and { env: NAME } here';
        return [{ path, message }];
      }
      const known =
        Object.hasOwn(env, name) ||
        derivedFrom(name) !== undefined ||
        wrong.some((p) => p.length === 1 || (p[1] === 'env' && (p.length === 2 || p[2] === name)));
      if (known) return [];
      if (!/^[A-Z][A-Z0-9_]*$/.test(name) || hasSecretForm(name)) {
        const message = 'the name of a variable of backend.env, such as { env: STRIPE_API_KEY }';
        return [{ path, message }];
      }
      const near = nearest(name, Object.keys(env));
      const fix = near ? `did you mean "${near}"?` : `add it under backend.env`;
      return [{ path, message: `variable ${name} is not set in backend.env; ${fix}` }];
    });
  },
};

export const secretRules: readonly Rule[] = [
  secretDeclared,
  secretUsed,
  secretSource,
  databaseKeep,
  sinceDate,
  optionVariable,
];
