import type { ContainerInspectInfo } from 'dockerode';
import { bytes } from '../../src/cli/units-text.ts';
import { containersOf, docker } from './engine.ts';
import { publishedPorts } from './facts.ts';

/** What a container of a stack may do, as the engine has it. */
interface AuditRow {
  readonly container: string;
  /** As it is started: another test sees that no process is root's. */
  readonly user: string;
  readonly root: string;
  readonly capabilities: string;
  readonly limits: string;
  readonly networks: string;
  readonly mounts: string;
  readonly published: string;
}

const TITLES: Readonly<Record<keyof AuditRow, string>> = {
  container: 'container',
  user: 'user',
  root: 'root filesystem',
  capabilities: 'capabilities',
  limits: 'limits',
  networks: 'networks',
  mounts: 'mounts',
  published: 'published',
};

/** `docs/containers.md`, from the containers of a stack; names of the project, its stack and its port are made general. */
export async function auditPage(project: string, stack: string, port: number): Promise<string> {
  const rows = await Promise.all(
    (await containersOf(project, stack)).map(({ id, component }) => auditRow(id, component)),
  );
  const keys = Object.keys(TITLES) as (keyof AuditRow)[];
  const lines = rows
    .sort((a, b) => (a.container < b.container ? -1 : 1))
    .map((row) => `| ${keys.map((key) => row[key]).join(' | ')} |`);
  const table = [
    `| ${keys.map((key) => TITLES[key]).join(' | ')} |`,
    `|${keys.map(() => '---').join('|')}|`,
    ...lines,
  ].join('\n');
  return PAGE.replace(
    'TABLE',
    table
      .replaceAll(`${project}-${stack}`, '<project>-<stack>')
      .replaceAll(`:${port}`, ':<edge.port>'),
  );
}

const PAGE = `# What each container may do

The containers of a development stack with PostgreSQL, Redis and the sample store (\`backend.cpu: 2\`), as \`docker inspect\` shows them. The test \`test/integration/stack/shop.test.ts\` writes this page from a running stack, and fails where one differs from it.

TABLE

All of them: \`no-new-privileges\`, not privileged, no device, no folder and no socket of the host, no namespace of the host or of another container, memory without swap, logs of three files of 10 MB. [docker.md](docker.md#privileges-of-the-containers) says why each is as it is.
`;

async function auditRow(id: string, component: string): Promise<AuditRow> {
  const info = await docker.getContainer(id).inspect();
  const { HostConfig: host } = info;
  return {
    container: component,
    user: info.Config.User || 'root',
    root: host.ReadonlyRootfs ? 'read-only' : "root's",
    capabilities: (host.CapAdd ?? []).join(', ') || 'none',
    limits: [
      `${(host.CpuQuota ?? 0) / (host.CpuPeriod ?? 1)} CPU`,
      bytes(host.Memory ?? 0),
      `${host.PidsLimit} processes`,
    ].join(', '),
    networks: Object.keys(info.NetworkSettings.Networks)
      .map((name) => `\`${name}\``)
      .join(', '),
    mounts: mountsOf(info).join(', '),
    published:
      publishedPorts(host)
        .map((address) => `\`${address}\``)
        .join(', ') || 'nothing',
  };
}

function mountsOf(info: ContainerInspectInfo): string[] {
  const volumes = info.Mounts.map(
    ({ Name = '', Destination, RW }) =>
      // Without a name it is the image's VOLUME, which nobody asked for.
      `${/^[0-9a-f]{64}$/.test(Name) ? 'a nameless volume' : `\`${Name}\``} at \`${Destination}\`${RW ? '' : ' (read-only)'}`,
  );
  const memory = Object.entries(info.HostConfig.Tmpfs ?? {}).map(([path, options]) => {
    const size = Number(/size=(\d+)/.exec(options)?.[1]);
    const closed = ['nosuid', 'nodev', 'noexec'].every((option) => options.includes(option));
    return `${bytes(size)} of memory at \`${path}\`${closed ? '' : ' (not nosuid, nodev, noexec)'}`;
  });
  return [...volumes.sort(), ...memory.sort()];
}
