import { UserError } from '../src/errors.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
  /** What to do when it fails, appended to the message. */
  readonly hint?: string;
  /** @default none */
  readonly timeoutMs?: number;
}

const SHOWN_LINES = 15;

/** Runs a command and returns its standard output. A failure is a UserError with the last lines of what it printed. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  // Loaded here: a run that finds everything in place starts nothing.
  const { execa } = await import('execa');
  const child = execa(command, args, {
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.timeoutMs ? { timeout: options.timeoutMs } : {}),
    all: true,
    stdin: 'ignore',
    reject: false,
  });
  if (options.onLine) {
    const onLine = options.onLine;
    const lines = (async () => {
      for await (const line of child.iterable({ from: 'all' })) onLine(String(line));
    })();
    // The same failure is reported below, from the result.
    lines.catch(() => undefined);
  }
  const result = await child;
  if (!result.failed) return result.stdout;
  const what = result.timedOut
    ? `did not end within ${(options.timeoutMs ?? 0) / 1000} s`
    : (result.originalMessage ??
      (result.signal
        ? `was ended by ${result.signal}`
        : `ended with exit code ${result.exitCode}`));
  const tail = (result.all ?? '').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n  ');
  throw new UserError(
    [
      `${[command, ...args.slice(0, 3)].join(' ')} ${what}`,
      ...(tail ? [`  ${tail}`] : []),
      ...(options.hint ? [options.hint] : []),
    ].join('\n'),
    'command-failed',
  );
}
