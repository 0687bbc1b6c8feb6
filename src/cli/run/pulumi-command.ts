import type { PulumiCommand } from '@pulumi/pulumi/automation/cmd.js';
import { execa } from 'execa';
import { parse } from 'semver';
import { stateProblem } from './state-problem.ts';

/** What the Automation API calls; hidden from its declarations. */
type Run = (
  args: string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  onOutput?: (text: string) => void,
  onError?: (text: string) => void,
) => Promise<Outcome>;

/** The `pulumi` command as the Automation API calls it, and a way to interrupt what it is doing. */
export interface InterruptibleCommand {
  readonly command: PulumiCommand;
  /** First call: pulumi ends in order, after the steps that are running. Second: at once. */
  interrupt(): void;
}

/**
 * Runs `pulumi` in its own process group. With Automation's own way a Ctrl-C on the terminal reaches
 * pulumi twice (from the terminal and from us), and the second one makes it drop what it is doing.
 * @param version of the binary, as the toolchain found it: asking it takes a fifth of a second
 */
export async function pulumiCommand(
  binary: string,
  version: string | undefined,
  env: Readonly<Record<string, string>>,
): Promise<InterruptibleCommand> {
  const running = new Set<{ kill(signal: 'SIGINT'): boolean }>();
  const createError = await loadCreateError();
  const run: Run = async (args, cwd, additionalEnv, onOutput, onError) => {
    const child = execa(binary, [...args, '--non-interactive'], {
      cwd,
      env: { ...env, ...additionalEnv, PULUMI_AUTOMATION_API: 'true' },
      detached: true,
      // Killed along with us it would leave its lock behind.
      cleanup: false,
      stdin: 'ignore',
      reject: false,
    });
    running.add(child);
    child.stdout.on('data', (data: Buffer) => onOutput?.(data.toString()));
    child.stderr.on('data', (data: Buffer) => onError?.(data.toString()));
    const { stdout, stderr, exitCode } = await child;
    running.delete(child);
    if (exitCode !== 0) {
      const outcome = { stdout, stderr, code: exitCode ?? -2 };
      throw stateProblem(stderr, { ...process.env, ...env }) ?? createError(outcome);
    }
    return { stdout, stderr, code: 0 };
  };
  const command = { command: binary, version: parse(version), run };
  return {
    command: command as unknown as PulumiCommand,
    interrupt: () => {
      for (const child of running) child.kill('SIGINT');
    },
  };
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Makes the errors of the Automation API, by whose classes it distinguishes failures. */
async function loadCreateError(): Promise<(outcome: Outcome) => Error> {
  const module: unknown = await import('@pulumi/pulumi/automation/errors.js');
  const { createCommandError } = module as { createCommandError(outcome: Outcome): Error };
  // The text of the error: what pulumi wrote, without Automation's frame around it.
  return (outcome) =>
    createCommandError({ ...outcome, toString: () => outcome.stderr.trim() } as Outcome);
}
