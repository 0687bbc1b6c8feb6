import { readdirSync, readFileSync } from 'node:fs';

/** Kills a process and all that it started, group or no group, as a machine that goes down would. */
export function killTree(root: number): void {
  const doomed = new Set([root]);
  // Stopped first, all at once: they do nothing more, and what one had just started the next look finds.
  for (let before = 0; before < doomed.size; ) {
    before = doomed.size;
    for (const pid of doomed) signal(pid, 'SIGSTOP');
    for (const pid of descendants(doomed)) doomed.add(pid);
  }
  for (const pid of doomed) signal(pid, 'SIGKILL');
}

function descendants(roots: ReadonlySet<number>): Set<number> {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const found = new Set(roots);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (parent && found.has(parent)) found.add(pid);
  }
  return found;
}

/** Field 4 of /proc/PID/stat; the name before it may hold spaces and brackets. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // It ended meanwhile.
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** `PID COMMAND` of each process whose environment holds a text; one that is dead has none any more. */
export function processesWith(text: string): string[] {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return ''; // It ended meanwhile, or belongs to somebody else.
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(name, 'environ').includes(text))
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ').trim()}`);
}
