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

/** Locks of a stack. Source: Pulumi's DIY backend, `.pulumi/locks/organization/<project>/<stack>/*.json`. */
export function readLocks(backendFolder: string, project: string, stack: string): Lock[] {
  const folder = join(backendFolder, 'locks', 'organization', project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as Lock];
      } catch {
        // It was taken away meanwhile.
        return [];
      }
    });
}

/** What is known of a process: gone, or its command if the system reports it. */
export type ProcessState = 'gone' | { readonly command?: string };

/**
 * Whether the run that held the lock is surely gone: it ran on this host, and its process is no more, or
 * its number now belongs to something that is not pulumi.
 */
export function isStale(
  lock: Lock,
  here: { readonly hostname: string; look(pid: number): ProcessState },
): boolean {
  if (lock.hostname !== here.hostname) return false;
  const found = here.look(lock.pid);
  if (found === 'gone') return true;
  return found.command !== undefined && !found.command.includes('pulumi');
}

/** This host, for `isStale`. */
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
