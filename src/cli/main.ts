import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { packageRoot } from '../../toolchain/package-root.ts';
import { messageOf } from '../error-text.ts';
import { UserError } from '../errors.ts';
import {
  type Context,
  exitCodes,
  Interrupted,
  note,
  printJson,
  processContext,
} from './context.ts';
import { buildProgram } from './program.ts';
import { systemProblem } from './system-problem.ts';

/** Runs the command line of this process, and ends it. */
export async function runCommand(): Promise<void> {
  // A reader of the results that went away (`| head`) ends the command quietly, as with other tools.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.unexpected);
  });
  // Nobody reads the progress any more: the command still finishes.
  process.stderr.on('error', () => {});
  const exitCode = await main(process.argv.slice(2), processContext());
  // What a program that failed still waits for must not hold the command. All that was printed is out: writing to a file,
  // a pipe or a terminal is synchronous.
  process.exit(exitCode);
}

/** Runs one command line and returns its exit code; never throws. */
export async function main(args: readonly string[], context: Context): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram(context, packageVersion(), (code) => {
    exitCode = code;
  });
  try {
    if (args.length === 0) {
      program.outputHelp();
      return exitCodes.ok;
    }
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(context, systemProblem(error) ?? error, {
      debug: args.includes('--debug'),
      json: args.includes('--json'),
    });
  }
}

function report(
  context: Context,
  error: unknown,
  { debug, json }: { debug: boolean; json: boolean },
): number {
  // Commander has already written its message; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof Interrupted) return exitCodes.interrupted;
  const { red, dim } = context.color.stderr;
  const message = messageOf(error);
  if (error instanceof UserError) {
    if (json) printJson(context, failureJson(error));
    note(context, red(message));
    // A list of problems has its own: the name of a rule, or a line that says what to do.
    if (error.problems.length === 0) {
      note(context, dim(`code: ${error.code} (docs/errors.md)`));
    }
    return exitCodes.userError;
  }
  if (json) printJson(context, { ok: false, error: message });
  note(context, red(`unexpected error: ${message}`));
  if (debug && error instanceof Error) note(context, dim(error.stack ?? ''));
  else note(context, 'This should not happen; --debug shows the stack trace.');
  return exitCodes.unexpected;
}

/** What `--json` prints of a failure. */
function failureJson({ message, code, problems }: UserError) {
  return {
    ok: false,
    error: message,
    code,
    ...(problems.length > 0 ? { problems } : {}),
  };
}

function packageVersion(): string {
  const file = join(packageRoot, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
