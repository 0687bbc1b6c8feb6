import { UserError } from '../../errors.ts';
import type { SecretSpec, StackFile } from '../../stack/stack-file.ts';
import { nearest } from '../../stack/suggest.ts';

/** The declaration of a secret. @throws UserError with the nearest name if there is none */
export function declaredSecret(stack: StackFile, name: string): SecretSpec {
  const spec = Object.hasOwn(stack.secrets, name) ? stack.secrets[name] : undefined;
  if (!spec) throw new UserError(undeclared(stack, name), 'secret-unknown');
  return spec;
}

/** The message for a name that is not declared. */
export function undeclared(stack: StackFile, name: string): string {
  const names = Object.keys(stack.secrets);
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `available: ${names.join(', ')}`;
  return `there is no secret "${name}" under secrets; ${hint}`;
}

/** The day in UTC, as `since` is written. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
