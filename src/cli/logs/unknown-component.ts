import { UserError } from '../../errors.ts';
import { nearest } from '../../stack/suggest.ts';

/** A component that a stack does not have: the nearest name, or all of them. */
export function unknownComponent(component: string, known: readonly string[]): UserError {
  const near = nearest(component, known);
  const hint = near ? `did you mean "${near}"?` : `available: ${known.join(', ')}`;
  return new UserError(`there is no component "${component}"; ${hint}`, 'component-unknown');
}
