import { UserError } from '../errors.ts';
import type { StackFile } from '../stack/stack-file.ts';

/**
 * Refuses what a stack file may say but `up` cannot make yet, before anything is touched.
 * @throws UserError with what to write instead
 */
export function refuseUnbuilt(stack: StackFile, name: string): void {
  if (stack.target !== 'docker') {
    throw new UserError(
      `target: ${stack.target} is not built yet, only its plan is (medusa-infra plan -s ${name}); set target: docker`,
    );
  }
}
