import { execFileSync } from 'node:child_process';
import type { PlannedSecret } from '../src/derive/plan.ts';
import type { SuppliedValues } from './secrets.ts';

/** Where supplied secrets are looked up; an argument, so that tests need no Pulumi. */
export interface SecretSources {
  /** Stack whose configuration is meant, for messages. */
  readonly stack: string;
  /** Value of a key of the stack's Pulumi configuration, decrypted. */
  readonly config: (name: string) => string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

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
    if (secret.from === 'generated') continue;
    const found = read(secret, sources);
    if ('value' in found) values[secret.name] = found.value;
    else problems.push(`secrets.${secret.name}: ${found.problem}`);
  }
  return { values, problems };
}

type Found = { readonly value: string } | { readonly problem: string };

function read(secret: PlannedSecret & { from: unknown }, sources: SecretSources): Found {
  if (secret.from === 'config') {
    const value = sources.config(secret.name);
    return value
      ? { value }
      : {
          problem: `not set for ${sources.stack}; run: eval "$(npx medusa-infra pulumi-env -s ${sources.stack})" && pulumi config set --secret ${secret.name} -s ${sources.stack}`,
        };
  }
  if (secret.from === 'generated') throw new Error(`secret ${secret.name} is generated`);
  if ('env' in secret.from) {
    const value = sources.env[secret.from.env];
    return value
      ? { value }
      : {
          problem: `the environment variable ${secret.from.env} is not set; export it and run again`,
        };
  }
  return runCommand(secret.from.command);
}

function runCommand(command: readonly string[]): Found {
  const [program = '', ...args] = command;
  try {
    const output = execFileSync(program, args, {
      encoding: 'utf8',
      timeout: COMMAND_TIMEOUT_SECONDS * 1000,
      // Its messages may quote the secret: they reach nobody.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const value = output.replace(/\r?\n$/, '');
    return value ? { value } : { problem: `the command ${program} printed nothing` };
  } catch (error) {
    const { code, status, signal } = error as NodeJS.ErrnoException & {
      status?: number | null;
      signal?: string | null;
    };
    if (code === 'ENOENT') return { problem: `the command ${program} was not found` };
    if (code === 'ETIMEDOUT') {
      return {
        problem: `the command ${program} did not end within ${COMMAND_TIMEOUT_SECONDS} seconds`,
      };
    }
    const reason = signal ? `was ended by ${signal}` : `ended with exit code ${status}`;
    return { problem: `the command ${program} ${reason}; run it by hand to see why` };
  }
}
