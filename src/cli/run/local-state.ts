import { withPulumiHome } from '../../../toolchain/pulumi-home.ts';
import type { Context } from '../context.ts';
import { encryptedStacks, type Project } from '../project.ts';
import type { State } from './stack-state.ts';
import { backendFolder, stateSettings } from './state.ts';
import { decryptState, readStateFile } from './state-file.ts';

/**
 * The decrypted state of a stack, for this process alone, where it lies on this machine's disk: it takes no tools.
 * undefined where only Pulumi can read it, or there is none.
 * @throws UserError if the passphrase's file is missing and the project needs it
 */
export async function localState(
  context: Context,
  project: Project,
  stack: string,
): Promise<State | undefined> {
  const { backend, env } = stateSettings(withPulumiHome(context.env), encryptedStacks(project));
  const folder = backendFolder(backend, context.env);
  const sealed = folder ? readStateFile(folder, project.name, stack) : undefined;
  return sealed && (await decryptState(sealed, { ...context.env, ...env }))?.deployment;
}
