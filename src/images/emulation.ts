import { existsSync, readdirSync } from 'node:fs';

/** QEMU's names for Go's names of architectures. */
const QEMU_NAMES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * Whether the engine may be able to run programs of another platform. Only this machine's own Linux
 * shows that it cannot; an engine in a virtual machine usually can.
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
