import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bootTime, holdersOf, type ProcessSpace, thisSpace } from './lock-holder.ts';

/** A lock that an update holds on a stack of a backend on this machine's disk. */
export interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
  /** Where processes of that number ran that updated the stack; empty where plain `pulumi` did. */
  readonly holders: readonly ProcessSpace[];
}

/**
 * A lock file that no update can have written whole: the disk was full, or the power failed. Pulumi writes each under
 * a name that ends in `.tmp`, and then renames it.
 */
export interface DamagedLock {
  /** Absolute. */
  readonly damagedFile: string;
}

/** A lock is some 200 bytes: one that is not renamed by then was left behind, and Pulumi fails on it. */
const WRITTEN_WITHIN_MS = 1000;

/** Locks of a stack. Source: Pulumi's DIY backend, `.pulumi/locks/organization/<project>/<stack>/*.json`. */
export function readLocks(
  backendFolder: string,
  project: string,
  stack: string,
): (Lock | DamagedLock)[] {
  const folder = join(backendFolder, 'locks', 'organization', project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.json(\.[^.]+\.tmp)?$/.test(name))
    .flatMap((name): (Lock | DamagedLock)[] => {
      const file = join(folder, name);
      if (name.endsWith('.tmp')) return isLeftBehind(file) ? [{ damagedFile: file }] : [];
      const text = contentOf(file);
      if (text === undefined) return [];
      const lock = parseLock(text);
      if (!lock) return [{ damagedFile: file }];
      return [{ ...lock, holders: holdersOf(backendFolder, project, stack, lock.pid) }];
    });
}

function isLeftBehind(file: string): boolean {
  const written = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > WRITTEN_WITHIN_MS;
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

function parseLock(text: string): Omit<Lock, 'holders'> | undefined {
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
 * its process is no more, or its number now belongs to something that is not pulumi. Another machine or container may
 * have this host's name.
 */
export function aliveLock(
  locks: readonly (Lock | DamagedLock)[],
  here: Host = thisHost,
): Lock | undefined {
  return locks.find((lock): lock is Lock => !('damagedFile' in lock) && !isGone(lock, here));
}

interface Host {
  readonly hostname: string;
  readonly space: ProcessSpace;
  /** When it was started, in milliseconds since 1970. */
  readonly booted: number;
  look(pid: number): ProcessState;
}

function isGone(lock: Lock, here: Host): boolean {
  if (lock.hostname !== here.hostname) return false;
  if (lock.holders.some((holder) => isElsewhere(holder, lock, here))) return false;
  const found = here.look(lock.pid);
  if (found === 'gone') return true;
  return found.command !== undefined && !found.command.includes('pulumi');
}

/** Whether a process ran where this one cannot look for it, and not here before the machine was started again. */
function isElsewhere({ machine, boot, namespace }: ProcessSpace, lock: Lock, here: Host): boolean {
  const { space } = here;
  if (machine !== space.machine) return true;
  if (boot !== space.boot) return Date.parse(lock.timestamp) >= here.booted;
  return namespace !== space.namespace;
}

/** Where this process runs. */
export const thisHost: Host = {
  hostname: hostname(),
  get space() {
    return thisSpace();
  },
  get booted() {
    return bootTime();
  },
  look: lookAtProcess,
};

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
