import { isUtf8 } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import type { Plan, PlannedSecret } from '../src/derive/plan.ts';
import type { Problem } from '../src/errors.ts';

/** Where supplied secrets are looked up; an argument, so that tests need no Pulumi. */
export interface SecretSources {
  /** Name of the stack, for messages. */
  readonly stack: string;
  /** Value of a key of the stack's Pulumi configuration, decrypted. */
  readonly config: (name: string) => string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What sets a key of the configuration, for messages. @default SET_COMMAND */
  readonly setCommand?: string;
}

const SET_COMMAND = 'medusa-infra secrets set';

type SuppliedSecret = Exclude<PlannedSecret, { readonly from: 'generated' }>;

/**
 * Set to `off`, no command of a stack file is run: for a CI that previews what strangers propose. Any other value, or
 * none: they are.
 */
const COMMANDS_SWITCH = 'MEDUSA_INFRA_SECRET_COMMANDS';

/** A run waits this long for a command to print a secret, such as a password manager that asks a server. */
const COMMAND_TIMEOUT_SECONDS = 60;

/**
 * Reads every secret that the user supplies. `problems` has one for each that is not available, with its
 * fix; none of them shows a value.
 */
export function readSuppliedSecrets(
  secrets: readonly PlannedSecret[],
  sources: SecretSources,
): { readonly values: Readonly<Record<string, string>>; readonly problems: readonly Problem[] } {
  const values: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const secret of secrets) {
    if (!isSupplied(secret)) continue;
    const found = read(secret, sources);
    if ('value' in found) values[secret.name] = found.value;
    else problems.push({ path: ['secrets', secret.name], ...found });
  }
  return { values, problems };
}

function isSupplied(secret: PlannedSecret): secret is SuppliedSecret {
  return secret.from !== 'generated';
}

type ReadSecret = { readonly value: string } | Omit<Problem, 'path'>;

function read(secret: SuppliedSecret, sources: SecretSources): ReadSecret {
  const { name, from } = secret;
  const fix = howToSet(secret, sources.stack, sources.setCommand);
  if (from === 'config') {
    const value = sources.config(name);
    if (value) return { value };
    const state = value === undefined ? `not set for ${sources.stack}` : 'is empty';
    return { message: `${state}; ${fix}`, code: 'secret-missing' };
  }
  if ('env' in from) {
    const value = sources.env[from.env];
    if (value) return { value };
    const state = value === undefined ? 'not set' : 'empty';
    return {
      message: `the environment variable ${from.env} is ${state}; ${fix}`,
      code: 'secret-missing',
    };
  }
  if (sources.env[COMMANDS_SWITCH] === 'off') {
    return {
      message: `the command ${from.command[0]} is not run, because ${COMMANDS_SWITCH} is off; unset it where you trust the stack file`,
      code: 'secret-command-off',
    };
  }
  return runCommand(from.command);
}

/** How the user sets another value of a supplied secret. */
export function howToSetSecret(
  plan: Pick<Plan, 'secrets' | 'stack'>,
  name: string,
  setCommand?: string,
): string {
  const secret = plan.secrets.filter(isSupplied).find((candidate) => candidate.name === name);
  if (secret === undefined) throw new Error(`secret ${name} is not supplied`);
  return howToSet(secret, plan.stack, setCommand);
}

function howToSet(
  { name, from }: SuppliedSecret,
  stack: string,
  setCommand: string = SET_COMMAND,
): string {
  if (from === 'config') return `run: ${setCommand} ${name} -s ${stack}`;
  if ('env' in from) return `export ${from.env} and run again`;
  return `fix what the command ${from.command[0]} prints`;
}

/** Longest output of a command that is accepted as a secret, in bytes. */
const LONGEST_OUTPUT = 1024 ** 2;

function runCommand(command: readonly string[]): ReadSecret {
  const [program = '', ...args] = command;
  const problem = (what: string): ReadSecret => ({
    message: `the command ${program} ${what}`,
    code: 'secret-command-failed',
  });
  let output: Buffer;
  try {
    output = execFileSync(program, args, {
      timeout: COMMAND_TIMEOUT_SECONDS * 1000,
      maxBuffer: LONGEST_OUTPUT,
      // Its messages may quote the secret: they are shown to nobody.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    return problem(failure(error));
  }
  if (!isUtf8(output)) return problem('printed something that is not UTF-8 text');
  // `echo` and password managers add one line break.
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
      return 'printed more than 1 MiB, which is not a secret';
    default: {
      const reason = signal ? `was killed by ${signal}` : `ended with exit code ${status}`;
      return `${reason}; run it by hand to see why`;
    }
  }
}
