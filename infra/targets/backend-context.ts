import * as pulumi from '@pulumi/pulumi';
import { runtimeScript } from '../../src/bundle.ts';
import { lockedImage } from '../../src/derive/images.ts';
import type { Plan } from '../../src/derive/plan.ts';
import type { BuildContext } from '../../src/images/build-context.ts';

/** What the backend's image is built from; undefined if the stack file names an image. */
export async function backendContext(plan: Plan): Promise<BuildContext | undefined> {
  const { image } = plan.backend;
  if ('reference' in image) return undefined;
  const { prepareBuildContext } = await import('../../src/images/build-context.ts');
  const prepared = await prepareBuildContext(image, {
    nodeImage: lockedImage(plan.images, 'node'),
    runtimeBundle: runtimeScript(),
  });
  for (const note of prepared.notes) await pulumi.log.info(note);
  return prepared;
}
