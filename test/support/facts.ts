import type { HostConfig } from 'dockerode';
import { LABELS } from '../../src/derive/labels.ts';
import { docker, execIn, runningOf } from './engine.ts';

/** Rows of a query as the superuser, whose only way in is the socket inside the container. */
export async function sql(
  project: string,
  stack: string,
  query: string,
  database = 'medusa',
): Promise<string[]> {
  const [container] = await runningOf(project, stack, 'database');
  const command = ['psql', '-X', '-U', 'postgres', '-d', database, '-Atc', query];
  const output = await execIn(container?.id ?? '', command);
  return output.trim().split('\n').filter(Boolean);
}

/** The environment of the backend's own process, as the kernel has it. */
export async function backendEnvironment(
  project: string,
  stack: string,
): Promise<Record<string, string>> {
  const [backend] = await runningOf(project, stack, 'backend');
  const script = `
    const fs = require('fs');
    const text = (pid, file) => fs.readFileSync('/proc/' + pid + '/' + file, 'utf8');
    const pid = fs.readdirSync('/proc').find((name) => /^[0-9]+$/.test(name) &&
      /^node\\0(\\S*\\/)?node_modules\\/\\S*medusa/.test(text(name, 'cmdline')));
    process.stdout.write(text(pid, 'environ'));`;
  const output = await execIn(backend?.id ?? '', ['node', '-e', script]);
  const pairs = output.split('\0').filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** What the kit promises of every container, in a form that a test can compare as a whole. */
export async function containerFacts(id: string) {
  const { HostConfig: host, Config, Mounts } = await docker.getContainer(id).inspect();
  return {
    // Empty is the engine's default: a namespace of the container's own.
    hostsNamespaces: [host.PidMode, host.UTSMode, host.UsernsMode, host.IpcMode].filter(
      (mode) => mode && mode !== 'private',
    ),
    devices: host.Devices ?? [],
    hostFolders: Mounts.filter(({ Type }) => Type !== 'volume').map(({ Source }) => Source),
    securityOpt: host.SecurityOpt,
    capDrop: host.CapDrop,
    capAdd: host.CapAdd ?? [],
    privileged: host.Privileged,
    restart: host.RestartPolicy?.Name,
    log: { driver: host.LogConfig?.Type, ...host.LogConfig?.Config },
    memoryLimited: (host.Memory ?? 0) > 0 && host.MemorySwap === host.Memory,
    cpuLimited: (host.CpuQuota ?? 0) > 0,
    processesLimited: (host.PidsLimit ?? 0) > 0,
    published: publishedPorts(host),
    labels: {
      project: Config.Labels[LABELS.project],
      stack: Config.Labels[LABELS.stack],
    },
  };
}

/** Address and port of the host, for each port that a container publishes. */
export function publishedPorts(host: HostConfig): string[] {
  const bindings = (host.PortBindings ?? {}) as Record<
    string,
    readonly { readonly HostIp: string; readonly HostPort: string }[]
  >;
  return Object.values(bindings)
    .flat()
    .map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`);
}

/**
 * Users that a container's processes really run as, sorted: not what is configured. Without the engine's
 * own starter (`runc:[2:INIT]`), which is root until it becomes the process of a health check.
 */
export async function processUsers(id: string): Promise<number[]> {
  const output = await execIn(id, [
    '/bin/sh',
    '-c',
    'cat /proc/[0-9]*/status | grep -E "^(Name|Uid):"',
  ]);
  const processes = [...output.matchAll(/^Name:\s+(.+)\nUid:\s+(\d+)/gm)];
  if (processes.length === 0) throw new Error(`no process in ${output}`);
  const uids = processes
    .filter(([, name]) => !name?.startsWith('runc:'))
    .map(([, , uid]) => Number(uid));
  return [...new Set(uids)].sort();
}
