import { LOGIN_LIMIT_CONFIG_PATH, LOGIN_LIMIT_PATH } from '../../../src/container/paths.ts';
import type { ContainerFile } from '../../components/docker/container-args.ts';
import type { DockerTargetArgs } from './args.ts';

type Variables = Readonly<Record<string, string>>;

export interface LoginLimit {
  /** Path of the script in the container. */
  readonly preload?: string;
  readonly files: readonly ContainerFile[];
  readonly environment: Variables;
}

/**
 * What limits log-ins in a replica. Its settings are in a file: a variable could have the name of one that the store
 * uses, and would be in all processes.
 * @param variables those of the backend, which the environment contains
 */
export function loginLimit(
  { plan, loginLimitScript }: Pick<DockerTargetArgs, 'plan' | 'loginLimitScript'>,
  variables: Variables,
): LoginLimit {
  const { loginLimit: config, backend } = plan;
  if (!config) return { files: [], environment: variables };
  const files = [
    { path: LOGIN_LIMIT_PATH, content: loginLimitScript },
    { path: LOGIN_LIMIT_CONFIG_PATH, content: JSON.stringify(config) },
  ];
  // The shell adds to the options of the image, which nobody knows here.
  if (backend.shell) return { preload: LOGIN_LIMIT_PATH, files, environment: variables };
  const { NODE_OPTIONS: own } = variables;
  const options = [`--require=${LOGIN_LIMIT_PATH}`, ...(own ? [own] : [])].join(' ');
  return { files, environment: { ...variables, NODE_OPTIONS: options } };
}
