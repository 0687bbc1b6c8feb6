import { FILE_SUFFIX, SECRETS_FOLDER } from '../container/environment.ts';
import type { BackendPlan } from './backend.ts';
import type { EnvironmentEntry } from './environment.ts';
import { fillTemplate } from './template.ts';
import type { Template } from './template-parts.ts';

export interface SplitEnvironment {
  /** Variables of the container's configuration; none holds a secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Files under the secrets folder, by name. */
  readonly secretFiles: Readonly<Record<string, Template>>;
}

/** A backend's variables as its container gets them: plain ones, and files for the secret ones. */
export function splitEnvironment(
  backend: Pick<BackendPlan, 'environment' | 'shell'>,
): SplitEnvironment {
  const env: Record<string, string> = {};
  const secretFiles: Record<string, Template> = {};
  for (const entry of backend.environment) {
    if (!entry.secret) {
      env[entry.name] = plainValue(entry);
      continue;
    }
    secretFiles[entry.name] = entry.value;
    if (!backend.shell) env[`${entry.name}${FILE_SUFFIX}`] = `${SECRETS_FOLDER}/${entry.name}`;
  }
  return { env, secretFiles };
}

function plainValue(entry: EnvironmentEntry): string {
  return fillTemplate(entry.value, () => {
    throw new Error(`${entry.name} is not marked as secret, but its value holds one`);
  });
}
