import * as pulumi from '@pulumi/pulumi';
import { runtimeScript } from '../src/bundle.ts';
import type { Plan } from '../src/derive/plan.ts';
import type { BuildContext } from '../toolchain/images/build-context.ts';

/** What the backend's image is built from; nothing where the stack file names an image. */
export async function backendContext(plan: Plan): Promise<BuildContext | undefined> {
  const { image } = plan.backend;
  if ('reference' in image) return undefined;
  const { prepareBuildContext } = await import('../toolchain/images/build-context.ts');
  const prepared = await prepareBuildContext(image, {
    nodeImage: plan.images.images.node,
    runtimeBundle: runtimeScript(),
  });
  for (const note of prepared.notes) await pulumi.log.info(note);
  return prepared;
}
