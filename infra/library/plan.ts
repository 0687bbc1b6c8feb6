import { derivePlan as derive, type PlanOf } from '../../src/derive/derive.ts';
import type { EnvironmentEntry, StackImages } from '../../src/derive/plan.ts';
import { presumedImages } from '../../src/images/presumed-images.ts';
import type { StackFile } from '../../src/stack/stack-file.ts';

export interface PlanOptions {
  /** Name of the Pulumi project, the first part of the names of all objects. */
  readonly project: string;
  /** Name of the stack, the second part. */
  readonly stack: string;
  /**
   * The images that the stack runs, as `images.lock.yaml` has them.
   * @default those that the stack file's versions and `images.source` would choose, without a reference: enough
   * for everything in a plan but `images`
   */
  readonly images?: StackImages;
}

/**
 * What a target has to create for a stack. Pure: nothing is read, no engine or cloud is asked, and the plan
 * holds no secret value.
 * @throws UserError for a version that the images do not have
 */
export function derivePlan<S extends StackFile>(stack: S, options: PlanOptions): PlanOf<S> {
  return derive(stack, { ...options, images: options.images ?? presumedImages(stack) });
}

/**
 * Every variable of the backend, sorted by name, with the key of the stack file that it comes from. A value is a
 * list of texts and references to secrets and outputs.
 */
export function deriveEnvironment(
  stack: StackFile,
  options: PlanOptions,
): readonly EnvironmentEntry[] {
  return derivePlan(stack, options).backend.environment;
}
