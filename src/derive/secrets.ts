import type { Alphabet, SecretSpec, StackFile } from '../stack/stack-file.ts';

export type PlannedSecret =
  | {
      readonly name: string;
      readonly from: 'generated';
      readonly length: number;
      readonly alphabet: Alphabet;
      /** Versions alive, newest first; the first is the current one. */
      readonly versions: readonly number[];
    }
  | {
      readonly name: string;
      readonly from: 'config' | { readonly env: string } | { readonly command: readonly string[] };
    };

/** Secrets by name; the database's and Redis's own only where the stack owns the servers. */
export function planSecrets(stack: StackFile): readonly PlannedSecret[] {
  const needless = new Set<string>();
  if (stack.database.type !== 'postgres' || stack.database.external) needless.add('database');
  if (!stack.redis || stack.redis.external) needless.add('redis');
  return Object.entries(stack.secrets)
    .filter(([name]) => !needless.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, spec]) => planSecret(name, spec));
}

function planSecret(name: string, spec: SecretSpec): PlannedSecret {
  if (spec.from !== 'generated') return { name, from: spec.from };
  const alive = Math.min(spec.keep + 1, spec.version);
  const versions = Array.from({ length: alive }, (_, index) => spec.version - index);
  const { length, alphabet } = spec;
  return { name, from: 'generated', length, alphabet, versions };
}

/** Living versions of a generated secret, newest first. */
export function versionsOf(secrets: readonly PlannedSecret[], name: string): readonly number[] {
  const secret = secrets.find((candidate) => candidate.name === name);
  return secret?.from === 'generated' ? secret.versions : [1];
}
