import { ENVIRONMENT_TABLE, FILE_SUFFIX } from '../../container/environment.ts';

/** Variable -> what it derives from. Secret ones have a second form that names a file. */
const DERIVED: ReadonlyMap<string, string> = new Map([
  ...ENVIRONMENT_TABLE.flatMap(({ name, secret, source }): [string, string][] =>
    secret
      ? [
          [name, source],
          [`${name}${FILE_SUFFIX}`, source],
        ]
      : [[name, source]],
  ),
  // Set by the kit for the prepare job, which has the backend's environment too.
  ['PREPARE_CONFIG', 'backend.migrate'],
]);

/** The stack file path that a variable derives from; undefined when users may set it. */
export function derivedFrom(name: string): string | undefined {
  return DERIVED.get(name);
}

/** Every variable that the stack file may not set. */
export function derivedNames(): string[] {
  return [...DERIVED.keys()];
}
