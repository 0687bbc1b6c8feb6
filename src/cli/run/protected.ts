import { UserError } from '../../errors.ts';
import { nameOf } from './events.ts';
import type { StateResource } from './stack-state.ts';

/**
 * Refuses to destroy a stack that holds protected resources. Pulumi itself would remove all others
 * first and stop at these: the store would be down and its data still there.
 */
export function refuseProtected(stack: string, resources: readonly StateResource[]): void {
  const names = resources.filter(({ protect }) => protect === true).map(({ urn }) => nameOf(urn));
  if (names.length === 0) return;
  throw new UserError(
    `${stack}: ${names.join(', ')} are protected, because their data would be lost; nothing was removed. To remove them all the same, unprotect them first: eval "$(npx medusa-infra pulumi-env -s ${stack})" && pulumi state unprotect --all -s ${stack}`,
    'resources-protected',
  );
}
