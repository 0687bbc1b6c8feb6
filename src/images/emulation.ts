import { existsSync, readdirSync } from 'node:fs';

/** Names that QEMU has for what Go's names say. */
const QEMU_NAMES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * Whether the engine may run programs of another platform. Only of this machine's own Linux is it known
 * that it cannot; an engine in a virtual machine mostly can.
 * @param platform as Docker writes it, such as `linux/arm64`
 */
export function mayBeEmulated(platform: string): boolean {
  const host = process.env['DOCKER_HOST'];
  if (process.platform !== 'linux' || (host && !host.startsWith('unix:'))) return true;
  const [, architecture = ''] = platform.split('/');
  const handlers = '/proc/sys/fs/binfmt_misc';
  if (!existsSync(handlers)) return false;
  return readdirSync(handlers).some((name) =>
    name.includes(QEMU_NAMES[architecture] ?? architecture),
  );
}
