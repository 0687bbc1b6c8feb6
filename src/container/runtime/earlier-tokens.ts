import { acceptEarlier, findLibraries, projectFolders } from './jwt-libraries.ts';
import { ConfigurationError } from './problems.ts';
import { readSettings, refuseAny } from './read-settings.ts';
import type { Settings } from './settings.ts';
import type { EarlierSecrets } from './signing-secret.ts';
import type { ConfigurationProblem, PluginConfig } from './types.ts';
import { type Environment, readVariables } from './variables.ts';

const NAME = 'JWT_SECRET_PREVIOUS';
const UNTIL = 'JWT_SECRET_PREVIOUS_UNTIL';
const WITHOUT_OVERLAP = 'start without it (secrets.jwt.keep: 0) where tokens signed before may end';

/**
 * Makes Medusa's verifiers accept the tokens of earlier secrets, for a configuration that is written
 * by hand. Prints nothing.
 * @see acceptEarlierTokens
 */
export function readEarlierTokens(
  env: Environment,
  folders: readonly string[] = projectFolders(),
): void {
  const variables = readVariables(env);
  // Without earlier secrets, what such a configuration signs with is its own business.
  if (!variables.get(NAME) && variables.problems.length === 0) return;
  const problems: ConfigurationProblem[] = [];
  const settings = readSettings(variables, problems, ['JWT_SECRET', NAME, UNTIL]);
  if (settings.JWT_SECRET === undefined && problems.length === 0) {
    problems.push({ variable: 'JWT_SECRET', message: 'not set' });
  }
  const earlier = earlierSecrets(settings);
  const libraries = librariesOf(earlier, folders, [], problems);
  refuseAny(variables, problems);
  acceptTokensOf(earlier, settings.JWT_SECRET ?? '', libraries);
}

/** What the environment says of secrets that signed before. */
export function earlierSecrets(settings: Settings): EarlierSecrets {
  return { secrets: settings[NAME] ?? [], until: settings[UNTIL] };
}

/** Files of the libraries that verify tokens; none, and a problem, where Medusa is not found. */
export function librariesOf(
  { secrets }: EarlierSecrets,
  folders: readonly string[],
  plugins: readonly PluginConfig[],
  problems: ConfigurationProblem[],
): readonly string[] {
  if (secrets.length === 0) return [];
  const names = plugins.map((plugin) => (typeof plugin === 'string' ? plugin : plugin.resolve));
  const libraries = findLibraries(folders, names);
  if (!libraries) {
    const places = [...new Set(folders)].join(' or ');
    const message = `needs the jsonwebtoken that Medusa verifies tokens with, which was not found from ${places}; ${WITHOUT_OVERLAP}`;
    problems.push({ variable: NAME, message });
  }
  return libraries ?? [];
}

/** @throws ConfigurationError where a library still refuses a token of an earlier secret */
export function acceptTokensOf(
  earlier: EarlierSecrets,
  current: string,
  libraries: readonly string[],
): void {
  if (earlier.secrets.length === 0) return;
  const refusing = acceptEarlier(libraries, current, earlier);
  if (refusing === undefined) return;
  const message = `${refusing} still refuses tokens of earlier secrets; ${WITHOUT_OVERLAP}`;
  throw new ConfigurationError([{ variable: NAME, message }]);
}
