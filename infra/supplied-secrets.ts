import { isUtf8 } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import type { Plan, PlannedSecret } from '../src/derive/plan.ts';
import type { SuppliedValues } from './secrets.ts';

/** Where supplied secrets are looked up; an argument, so that tests need no Pulumi. */
export interface SecretSources {
  /** Stack whose configuration is meant, for messages. */
  readonly stack: string;
  /** Value of a key of the stack's Pulumi configuration, decrypted. */
  readonly config: (name: string) => string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type SuppliedSecret = Exclude<PlannedSecret, { readonly from: 'generated' }>;

/** How long a command may take to print a secret. */
const COMMAND_TIMEOUT_SECONDS = 60;

/**
 * Reads every secret that the user supplies. `problems` names all that could not be had, each with
 * its mend; a value is in none of them.
 */
export function readSuppliedSecrets(
  secrets: readonly PlannedSecret[],
  sources: SecretSources,
): { readonly values: SuppliedValues; readonly problems: readonly string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const secret of secrets) {
    if (!isSupplied(secret)) continue;
    const found = read(secret, sources);
    if ('value' in found) values[secret.name] = found.value;
    else problems.push(`secrets.${secret.name}: ${found.problem}`);
  }
  return { values, problems };
}

function isSupplied(secret: PlannedSecret): secret is SuppliedSecret {
  return secret.from !== 'generated';
}

type Found = { readonly value: string } | { readonly problem: string };

function read(secret: SuppliedSecret, sources: SecretSources): Found {
  const { name, from } = secret;
  const mend = howToSet(secret, sources.stack);
  if (from === 'config') {
    const value = sources.config(name);
    if (value) return { value };
    const state = value === undefined ? `not set for ${sources.stack}` : 'is empty';
    return { problem: `${state}; ${mend}` };
  }
  if ('env' in from) {
    const value = sources.env[from.env];
    if (value) return { value };
    const state = value === undefined ? 'not set' : 'empty';
    return { problem: `the environment variable ${from.env} is ${state}; ${mend}` };
  }
  return runCommand(from.command);
}

/** What a person does so that a supplied secret of a plan gets another value. */
export function howToSetSecret(plan: Pick<Plan, 'secrets' | 'stack'>, name: string): string {
  const secret = plan.secrets.filter(isSupplied).find((candidate) => candidate.name === name);
  if (secret === undefined) throw new Error(`secret ${name} is not supplied`);
  return howToSet(secret, plan.stack);
}

function howToSet({ name, from }: SuppliedSecret, stack: string): string {
  if (from === 'config') return `run: medusa-infra secrets set ${name} -s ${stack}`;
  if ('env' in from) return `export ${from.env} and run again`;
  return `mend what the command ${from.command[0]} prints`;
}

/** Longest output of a command that is taken for a secret. */
const LONGEST_OUTPUT = 1024 ** 2;

function runCommand(command: readonly string[]): Found {
  const [program = '', ...args] = command;
  const problem = (what: string): Found => ({ problem: `the command ${program} ${what}` });
  let output: Buffer;
  try {
    output = execFileSync(program, args, {
      timeout: COMMAND_TIMEOUT_SECONDS * 1000,
      maxBuffer: LONGEST_OUTPUT,
      // Its messages may quote the secret: they reach nobody.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    return problem(failure(error));
  }
  if (!isUtf8(output)) return problem('printed something that is no UTF-8 text');
  // What `echo` and password managers add, and no more.
  const value = output.toString('utf8').replace(/\r?\n$/, '');
  return value ? { value } : problem('printed nothing');
}

function failure(error: unknown): string {
  const { code, status, signal } = error as NodeJS.ErrnoException & {
    status?: number | null;
    signal?: string | null;
  };
  switch (code) {
    case 'ENOENT':
      return 'was not found';
    case 'EACCES':
      return 'may not be run; make it executable';
    case 'ETIMEDOUT':
      return `did not end within ${COMMAND_TIMEOUT_SECONDS} seconds`;
    case 'ENOBUFS':
      return 'printed more than 1 MiB, which is no secret';
    default: {
      const reason = signal ? `was ended by ${signal}` : `ended with exit code ${status}`;
      return `${reason}; run it by hand to see why`;
    }
  }
}
