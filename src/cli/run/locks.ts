import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A lock that an update holds on a stack of a backend on this machine's disk. */
export interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * A lock file that no update can have written whole: the disk was full, or the power failed. Pulumi renames each into
 * its place once it is written, so none of them is still being written.
 */
export interface DamagedLock {
  /** Absolute. */
  readonly damagedFile: string;
}

/** Locks of a stack. Source: Pulumi's DIY backend, `.pulumi/locks/organization/<project>/<stack>/*.json`. */
export function readLocks(
  backendFolder: string,
  project: string,
  stack: string,
): (Lock | DamagedLock)[] {
  const folder = join(backendFolder, 'locks', 'organization', project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const file = join(folder, name);
      const text = contentOf(file);
      return text === undefined ? [] : [parseLock(text) ?? { damagedFile: file }];
    });
}

/** undefined where it was removed meanwhile. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseLock(text: string): Lock | undefined {
  try {
    const { pid, username, hostname: host, timestamp } = JSON.parse(text) as Partial<Lock>;
    const whole =
      Number.isInteger(pid) &&
      [username, host, timestamp].every((value) => typeof value === 'string') &&
      !Number.isNaN(Date.parse(timestamp ?? ''));
    return whole ? ({ pid, username, hostname: host, timestamp } as Lock) : undefined;
  } catch {
    return undefined;
  }
}

/** What is known of a process: gone, or its command if the system reports it. */
export type ProcessState = 'gone' | { readonly command?: string };

/**
 * The lock whose run may still be alive. It is surely gone where the lock is damaged, or where it ran on this host and
 * its process is no more, or its number now belongs to something that is not pulumi.
 */
export function aliveLock(
  locks: readonly (Lock | DamagedLock)[],
  here: Host = thisHost,
): Lock | undefined {
  return locks.find((lock): lock is Lock => !('damagedFile' in lock) && !isGone(lock, here));
}

interface Host {
  readonly hostname: string;
  look(pid: number): ProcessState;
}

function isGone(lock: Lock, here: Host): boolean {
  if (lock.hostname !== here.hostname) return false;
  const found = here.look(lock.pid);
  if (found === 'gone') return true;
  return found.command !== undefined && !found.command.includes('pulumi');
}

/** Where this process runs. */
export const thisHost = { hostname: hostname(), look: lookAtProcess };

function lookAtProcess(pid: number): ProcessState {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone';
  }
  try {
    // `123 (pulumi) S ...`; Z and X are dead, only not yet asked for by their parent (proc(5)).
    const [, command, state] =
      /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z' || state === 'X' ? 'gone' : { command };
  } catch {
    return {};
  }
}

/** `root@host, process 123, since 2026-01-01 10:00:00 UTC`. */
export function describeLock(lock: Lock): string {
  const since = new Date(lock.timestamp).toISOString().slice(0, 19).replace('T', ' ');
  return `${lock.username}@${lock.hostname}, process ${lock.pid}, since ${since} UTC`;
}
