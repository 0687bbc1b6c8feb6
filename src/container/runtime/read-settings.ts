import type * as z from 'zod/mini';
import type { DerivedName } from '../environment.ts';
import { formatPath } from './field.ts';
import { ConfigurationError } from './problems.ts';
import { isStrict, type Settings, settingsSchemas } from './settings.ts';
import type { ConfigurationProblem } from './types.ts';
import type { Variables } from './variables.ts';

/** Every variable, or every one of `only`, that is right; a problem for each of the others. */
export function readSettings(
  variables: Variables,
  problems: ConfigurationProblem[],
  only?: readonly DerivedName[],
): Settings {
  const schemas = settingsSchemas({
    strict: isStrict(variables.get('NODE_ENV')),
    sqlite: variables.get('DATABASE_TYPE') === 'sqlite',
  });
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    if (only && !only.includes(name as DerivedName)) continue;
    const text = variables.get(name);
    // An empty list of origins means none; any other empty variable means one that is not set.
    const value = text === '' && !name.endsWith('_CORS') ? undefined : text;
    const result = schema.safeParse(value);
    if (result.success) settings[name] = result.data;
    else problems.push(...result.error.issues.map((issue) => problemOf(name, issue)));
  }
  return settings;
}

function problemOf(name: string, issue: z.core.$ZodIssue): ConfigurationProblem {
  const variable = formatPath([name, ...issue.path]);
  const message =
    issue.code === 'unrecognized_keys'
      ? `has unknown keys: ${issue.keys.join(', ')}`
      : issue.message;
  return { variable, message };
}

/** Throws a ConfigurationError when there is any problem. */
export function refuseAny(variables: Variables, problems: readonly ConfigurationProblem[]): void {
  const all = [...variables.problems, ...problems];
  const unreadable = new Set(variables.problems.map(({ variable }) => variable));
  // A variable whose file cannot be read is reported as that, not as missing too.
  const shown = all.filter(
    ({ variable, message }) =>
      !(message.startsWith('not set') && unreadable.has(`${variable}_FILE`)),
  );
  if (shown.length > 0) throw new ConfigurationError(shown);
}
