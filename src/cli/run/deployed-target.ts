import { withPulumiHome } from '../../../toolchain/pulumi-home.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project.ts';
import { backendFolder, chosenBackend } from './state.ts';
import { readStateFile } from './state-file.ts';

/**
 * The target of a stack according to its state, for a stack whose file was renamed or removed.
 * @returns undefined where it has no resources, or its state is not on this machine's disk
 */
export function deployedTarget(
  { env }: Context,
  project: Project,
  stack: string,
): StackFile['target'] | undefined {
  const folder = backendFolder(chosenBackend(withPulumiHome(env)).backend, env);
  const state = folder ? readStateFile(folder, project.name, stack) : undefined;
  const types = (state?.deployment?.resources ?? []).map(({ type }) => type);
  if (types.length === 0) return undefined;
  return types.some((type) => /^(aws:|pulumi:providers:aws$)/.test(type)) ? 'aws' : 'docker';
}
