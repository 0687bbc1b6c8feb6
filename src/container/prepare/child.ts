import { spawn } from 'node:child_process';
import { PrepareFailure } from './failure.ts';
import { lineSplitter } from './output.ts';

/** Seconds from SIGTERM to SIGKILL for a command that ran too long. */
const GRACE_SECONDS = 5;
/** Lines of output that are kept for the end. */
const TAIL_LINES = 40;

export interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  /** Called with each line of stdout and stderr. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface CommandResult {
  /** undefined: ended by a signal. */
  readonly code: number | undefined;
  readonly endedBy: 'itself' | 'time limit' | 'abort';
  readonly signal: string | undefined;
  /** The last lines of its output, as they came. */
  readonly tail: readonly string[];
}

/**
 * Runs a command in its own process group, so that what it started ends with it.
 * @throws PrepareFailure when the command cannot be started
 */
export function runCommand(
  command: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const [file = '', ...args] = command;
  const tail: string[] = [];
  const onLine = (line: string) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    options.onLine(line);
  };
  return new Promise((resolve, reject) => {
    let endedBy: CommandResult['endedBy'] = 'itself';
    const child = spawn(file, args, {
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (signal: NodeJS.Signals) => {
      try {
        // The group: a shell or npm in front would leave its child running.
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // Already gone.
      }
    };
    const timers: NodeJS.Timeout[] = [];
    const stop = (reason: CommandResult['endedBy']) => {
      if (endedBy === 'itself') endedBy = reason;
      kill('SIGTERM');
      timers.push(setTimeout(() => kill('SIGKILL'), GRACE_SECONDS * 1000));
    };
    const onAbort = () => stop('abort');
    timers.push(setTimeout(() => stop('time limit'), options.timeoutSeconds * 1000));
    options.signal.addEventListener('abort', onAbort);
    if (options.signal.aborted) onAbort();

    const splitters = [child.stdout, child.stderr].map((stream) => {
      const splitter = lineSplitter(onLine);
      stream.setEncoding('utf8').on('data', (chunk: string) => splitter.push(chunk));
      return splitter;
    });
    const finish = () => {
      for (const timer of timers) clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish();
      const reason = error.code === 'ENOENT' ? 'there is no such program in the image' : error.code;
      reject(new PrepareFailure(`cannot run "${command.join(' ')}": ${reason}`));
    });
    // What the command left running would hold its output open for ever.
    child.on('exit', () => timers.push(setTimeout(() => kill('SIGKILL'), 1000)));
    child.on('close', (code, signal) => {
      kill('SIGKILL');
      finish();
      for (const splitter of splitters) splitter.end();
      resolve({ code: code ?? undefined, endedBy, signal: signal ?? undefined, tail });
    });
  });
}
