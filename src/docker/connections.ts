import type Docker from 'dockerode';
import { execIn } from './exec.ts';

/** The state ESTABLISHED in the kernel's tables. */
const ESTABLISHED = '01';

/** Reads both tables; the second is missing where the kernel has no IPv6. */
const READ_TABLES = 'cat /proc/net/tcp; cat /proc/net/tcp6 2>/dev/null || true';

/** The remote ends of all open connections to one of a container's ports. */
export async function openConnections(
  container: Docker.Container,
  ports: readonly number[],
): Promise<Set<string>> {
  const { stdout } = await execIn(container, ['/bin/sh', '-c', READ_TABLES]);
  return parseConnections(stdout, ports);
}

/** The same, from the text of `/proc/net/tcp` and `/proc/net/tcp6`. */
export function parseConnections(tables: string, ports: readonly number[]): Set<string> {
  const wanted = new Set(ports.map((port) => port.toString(16).toUpperCase().padStart(4, '0')));
  const found = new Set<string>();
  for (const line of tables.split('\n')) {
    const [, local, remote, state] = line.trim().split(/\s+/);
    if (state !== ESTABLISHED || !local || !remote) continue;
    if (wanted.has(local.slice(local.lastIndexOf(':') + 1))) found.add(remote);
  }
  return found;
}
