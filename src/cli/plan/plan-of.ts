import { derivePlan, type PlanOf } from '../../derive/derive.ts';
import { pinnedBackend } from '../../derive/images.ts';
import type { StackImages } from '../../derive/plan.ts';
import { readImageLock } from '../../images/lock-file.ts';
import { usedImages } from '../../images/offers.ts';
import { presumedImages } from '../../images/presumed-images.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import type { Project } from '../project.ts';

/** The plan of a stack; `chosen` is false while nothing decided where its images come from. */
export async function planOf<S extends StackFile>(
  project: Project,
  name: string,
  stack: S,
): Promise<{ plan: PlanOf<S>; chosen: boolean }> {
  const lock = await readImageLock(project.stacksDir, name);
  const chosen = lock && usedOf(stack, lock);
  const images = chosen ?? presumedImages(stack);
  return {
    plan: derivePlan(stack, { project: project.name, stack: name, images }),
    chosen: chosen !== undefined,
  };
}

/** What the target uses of them; undefined where some of it is not chosen, as after a change of the target. */
function usedOf(stack: StackFile, lock: StackImages): StackImages | undefined {
  const { source, images } = lock;
  const used = usedImages(stack);
  if (used.some((image) => images[image] === undefined)) return undefined;
  const pin = pinnedBackend(stack.backend.image, lock);
  return {
    source,
    images: Object.fromEntries(used.map((image) => [image, images[image]])),
    ...(pin ? { backend: pin } : {}),
  };
}
