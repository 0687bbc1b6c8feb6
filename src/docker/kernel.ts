import type Docker from 'dockerode';

/** The first Linux with `net.ipv4.tcp_migrate_req`. */
const SINCE = [5, 14] as const;

/**
 * Kernel settings of the edge's network namespace. A reload of Caddy opens new listeners on its ports
 * and closes the old ones; connections that the kernel has accepted but Caddy has not would be reset.
 * With this setting they move to the new listeners. An older kernel does not have it, and a container
 * that names it does not start there.
 */
export async function edgeSysctls(engine: Docker): Promise<Readonly<Record<string, string>>> {
  const { KernelVersion } = (await engine.info()) as { KernelVersion?: string };
  return canMigrate(KernelVersion ?? '') ? { 'net.ipv4.tcp_migrate_req': '1' } : {};
}

/** @param version as `uname -r` prints it, such as `5.15.0-91-generic` */
export function canMigrate(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > SINCE[0] || (major === SINCE[0] && minor >= SINCE[1]);
}
