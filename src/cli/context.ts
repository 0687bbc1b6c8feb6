import pc from 'picocolors';
import { UserError } from '../errors.ts';

/** Where a command writes; a `process.stdout`, or a collector in tests. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Everything that a command needs of the process in which it runs. */
export interface Context {
  /** For results: what a script reads. */
  readonly stdout: Output;
  /** For progress, warnings and errors. */
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether somebody can answer a question. */
  readonly interactive: boolean;
  /** Colours of `stdout` and `stderr`; off if NO_COLOR is set or the stream is not a terminal. */
  readonly color: { readonly stdout: Colors; readonly stderr: Colors };
  /** Asks a yes-or-no question; Ctrl-C rejects with `Interrupted`. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a secret without echo; Ctrl-C rejects with `Interrupted`. */
  askSecret(question: string): Promise<string>;
  /** All of standard input; undefined if that is a terminal. */
  readInput(): Promise<Buffer | undefined>;
  /** Calls back on each Ctrl-C (SIGINT) or SIGTERM until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
}

/** The user stopped the command; exit code 130, nothing printed. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/** Exit codes of every command. */
export const exitCodes = { ok: 0, userError: 1, usage: 2, unexpected: 70, interrupted: 130 };

/** The context of the running process. */
export function processContext(): Context {
  const { stdout, stderr, env } = process;
  return {
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    interactive: Boolean(process.stdin.isTTY && stderr.isTTY) && !env['CI'],
    color: {
      stdout: pc.createColors(wantsColor(env, stdout)),
      stderr: pc.createColors(wantsColor(env, stderr)),
    },
    confirm: async (question) => {
      const { confirm, isCancel } = await import('@clack/prompts');
      const answer = await confirm({ message: question, initialValue: false, output: stderr });
      if (isCancel(answer)) throw new Interrupted();
      return answer;
    },
    askSecret: async (question) => {
      const { isCancel, password } = await import('@clack/prompts');
      const answer = await password({ message: question, output: stderr });
      if (isCancel(answer)) throw new Interrupted();
      // Nothing was typed.
      return answer ?? '';
    },
    readInput: async () => {
      if (process.stdin.isTTY) return undefined;
      const { buffer } = await import('node:stream/consumers');
      return buffer(process.stdin);
    },
    onInterrupt: (handler) => {
      process.on('SIGINT', handler);
      process.on('SIGTERM', handler);
      return () => {
        process.off('SIGINT', handler);
        process.off('SIGTERM', handler);
      };
    },
  };
}

/** NO_COLOR (not empty) wins over FORCE_COLOR (`0` is off), which wins over whether this is a terminal. */
export function wantsColor(env: NodeJS.ProcessEnv, stream: Output): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return Boolean(stream.isTTY) && env['TERM'] !== 'dumb';
}

/** @throws UserError if the command cannot ask: without a terminal, or with --json, it needs `--yes` */
export function requireConsent(
  context: Context,
  command: string,
  options: { readonly yes?: boolean; readonly json?: boolean },
): void {
  if (options.yes || (context.interactive && !options.json)) return;
  const reason = options.json ? 'not with --json' : 'there is no terminal';
  throw new UserError(
    `${command} asks for confirmation, but ${reason}; add --yes`,
    'confirmation-required',
  );
}

/** Prints a line to stdout. */
export function print(context: Context, line = ''): void {
  context.stdout.write(`${line}\n`);
}

/** Prints a line to stderr. */
export function note(context: Context, line = ''): void {
  context.stderr.write(`${line}\n`);
}

/** Prints one JSON document to stdout. */
export function printJson(context: Context, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
