import { execa } from 'execa';
import { stateProblem } from './state-problem.ts';

/** The `pulumi` command, and a way to interrupt what it is doing. */
export interface PulumiCommand {
  /**
   * Runs `pulumi` in the project's folder.
   * @param variables in addition to the workspace's
   * @param started gets the number of its process
   * @returns its standard output
   * @throws UserError for the backend, the passphrase or a file; StackBusy, NoSuchStack or PulumiFailed for all else
   */
  run(
    args: readonly string[],
    variables?: Readonly<Record<string, string>>,
    started?: (pid: number) => void,
  ): Promise<string>;
  /** First call: pulumi ends in order, after the steps that are running. Second: at once. */
  interrupt(): void;
}

/** `pulumi` ended with an error; the message is what it wrote. */
export class PulumiFailed extends Error {
  override readonly name: string = 'PulumiFailed';
}

/** Another update holds the stack. */
export class StackBusy extends PulumiFailed {
  override readonly name = 'StackBusy';
}

/** The state has no such stack. */
export class NoSuchStack extends PulumiFailed {
  override readonly name = 'NoSuchStack';
}

/**
 * Runs `pulumi` in its own process group: a Ctrl-C on the terminal would reach it twice (from the terminal and from
 * us), and the second one makes it drop what it is doing.
 */
export function pulumiCommand(
  binary: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): PulumiCommand {
  const running = new Set<{ kill(signal: 'SIGINT'): boolean }>();
  return {
    run: async (args, variables = {}, started) => {
      const child = execa(binary, [...args, '--non-interactive'], {
        cwd: folder,
        env: { ...env, ...variables, PULUMI_AUTOMATION_API: 'true' },
        detached: true,
        // Killed along with us it would leave its lock behind.
        cleanup: false,
        stdin: 'ignore',
        reject: false,
      });
      running.add(child);
      if (child.pid !== undefined) started?.(child.pid);
      const { stdout, stderr, exitCode } = await child;
      running.delete(child);
      if (exitCode === 0) return stdout;
      throw stateProblem(stderr, { ...process.env, ...env }) ?? failureOf(stderr.trim());
    },
    interrupt: () => {
      for (const child of running) child.kill('SIGINT');
    },
  };
}

/** Pulumi has no codes for these, only texts. Source: `createCommandError` of @pulumi/pulumi/automation/errors. */
function failureOf(stderr: string): PulumiFailed {
  if (/no stack named.*found/.test(stderr)) return new NoSuchStack(stderr);
  const busy = /\[409\] Conflict: Another update is currently in progress\.|is currently locked by/;
  return busy.test(stderr) ? new StackBusy(stderr) : new PulumiFailed(stderr);
}
