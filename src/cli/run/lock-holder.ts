import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';

/**
 * Where a process number means one process. Pulumi's locks have a host's name and a process number alone, and machines
 * can share a name: cloned ones, runners, containers. So each update notes where its `pulumi` runs, next to the state.
 */
export interface ProcessSpace {
  /** Of /etc/machine-id. Each text is empty where the system does not say it. */
  readonly machine: string;
  /** Changes with each start of the kernel. */
  readonly boot: string;
  /** Of process numbers: a container has its own. */
  readonly namespace: string;
}

/** Where this process runs. */
export function thisSpace(): ProcessSpace {
  return {
    machine: textOf(() => readFileSync('/etc/machine-id', 'utf8')),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    namespace: textOf(() => readlinkSync('/proc/self/ns/pid')),
  };
}

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/** When this machine was started, in milliseconds since 1970. */
export const bootTime = () => Date.now() - uptime() * 1000;

/**
 * Notes where the `pulumi` of an update runs. Without the right to write there the update itself fails, and says why.
 * @returns takes the note away
 */
export function noteHolder(
  backendFolder: string,
  project: string,
  stack: string,
  pid: number,
): () => void {
  const folder = folderOf(backendFolder, project, stack);
  const file = join(folder, `${pid}-${randomBytes(4).toString('hex')}.json`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(thisSpace()));
  } catch {
    return () => {};
  }
  return () => rmSync(file, { force: true });
}

/** Where processes of that number run, or ran, that updated the stack. */
export function holdersOf(
  backendFolder: string,
  project: string,
  stack: string,
  pid: number,
): ProcessSpace[] {
  const folder = folderOf(backendFolder, project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${pid}-`))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as ProcessSpace];
      } catch {
        // Taken away meanwhile, or not written whole.
        return [];
      }
    });
}

/** Takes all notes of a stack away, as its locks were. */
export function forgetHolders(backendFolder: string, project: string, stack: string): void {
  rmSync(folderOf(backendFolder, project, stack), { recursive: true, force: true });
}

function folderOf(backendFolder: string, project: string, stack: string): string {
  return join(backendFolder, 'medusa-infra', 'holders', project, stack);
}
