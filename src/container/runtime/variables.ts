import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_SUFFIX, SECRETS_FOLDER } from '../environment.ts';
import type { ConfigurationProblem } from './types.ts';

/** The process environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Variables {
  /** The variable's text; undefined when it is set nowhere. */
  get(name: string): string | undefined;
  /** Files that were named but could not be read, and variables that are set twice. */
  readonly problems: ConfigurationProblem[];
}

/**
 * Reads variables from the environment, else from the file that `<NAME>_FILE` names, else from
 * `/run/secrets/<NAME>`: an image without a shell has nobody who exports its secrets.
 */
export function readVariables(env: Environment, secretsFolder = SECRETS_FOLDER): Variables {
  const problems: ConfigurationProblem[] = [];
  const seen = new Map<string, string | undefined>();

  function read(name: string): string | undefined {
    const direct = env[name];
    const file = env[`${name}${FILE_SUFFIX}`];
    if (direct !== undefined && direct !== '') {
      if (file) {
        const message = `set twice, here and by ${name}${FILE_SUFFIX}; remove one of them`;
        problems.push({ variable: name, message });
      }
      return direct;
    }
    if (file) {
      const content = readText(file);
      if (content === undefined) {
        const message = 'names a file that cannot be read';
        problems.push({ variable: `${name}${FILE_SUFFIX}`, message });
        // Reported once: a stand-in would be wrong, so the caller sees the problem, not a second one.
        return undefined;
      }
      return content;
    }
    return readText(join(secretsFolder, name)) ?? direct;
  }

  return {
    problems,
    get(name) {
      if (!seen.has(name)) seen.set(name, read(name));
      return seen.get(name);
    },
  };
}

/** The file's text without the one newline that editors and `echo` add. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
