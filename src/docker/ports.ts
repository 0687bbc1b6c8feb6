import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Who listens on a port of this machine; undefined if the port is free, or if this user may not
 * listen on it and only the engine can find out.
 */
export async function portHolder(address: string, port: number): Promise<string | undefined> {
  const code = await tryToListen(address, port);
  if (code !== 'EADDRINUSE') return undefined;
  return processOn(port) ?? 'another program on this machine';
}

function tryToListen(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host: address, port, exclusive: true }, () =>
      server.close(() => resolve(undefined)),
    );
  });
}

/** Linux shows it in /proc, as far as this user may read it. */
function processOn(port: number): string | undefined {
  try {
    const inodes = new Set(
      ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(file, port)),
    );
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (holdsOne(pid, inodes)) {
        const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
        return `process ${pid} (${name})`;
      }
    }
  } catch {
    // Not Linux.
  }
  return undefined;
}

const LISTEN_STATE = '0A';

function listeningInodes(file: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hexPort}`) && columns[3] === LISTEN_STATE)
    .map((columns) => columns[9] ?? '');
}

function holdsOne(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
