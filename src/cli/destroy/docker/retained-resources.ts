import { dockerEngine, stackVolumes } from '../../../docker/client.ts';
import type { Context } from '../../context.ts';
import { nameOf } from '../../run/events.ts';
import type { StateResource } from '../../run/stack-state.ts';

/**
 * Names of the volumes that remain after a stack is destroyed: a volume that an earlier destroy left is no
 * longer in any state.
 * @param removed what Pulumi will remove
 */
export async function retainedVolumes(
  context: Context,
  stack: { readonly project: string; readonly name: string },
  removed: readonly StateResource[],
): Promise<string[]> {
  const gone = new Set(removed.map(objectName));
  const volumes = await stackVolumes(await dockerEngine(context.env), stack.project, stack.name);
  return volumes.filter((name) => !gone.has(name));
}

function objectName({ outputs, urn }: StateResource): string {
  return String(outputs?.['name'] ?? nameOf(urn));
}
