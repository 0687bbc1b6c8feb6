import type Docker from 'dockerode';
import { LABELS } from '../derive/labels.ts';
import { demultiplexed } from './container-logs.ts';
import { fileIn } from './image-files.ts';

/** Where clouds give a machine's credentials to every process on it, those in containers included. */
export const METADATA_ADDRESS = '169.254.169.254';

const RESOLVERS_FILE = '/etc/resolv.conf';

/**
 * Keeps the metadata address of a cloud from containers: it becomes theirs, so that a connection to it ends
 * in the container, where nothing listens. The engine sets a link-local address for a connection to a network
 * (`docker network connect --link-local-ip`), and again at each start of the container; no right is needed for it.
 */
export class MetadataBlock {
  readonly #engine: Docker;
  readonly #log: (line: string) => void;
  #usable: Promise<boolean> | undefined;

  constructor(engine: Docker, log: (line: string) => void) {
    this.#engine = engine;
    this.#log = log;
  }

  /**
   * Connects a container to a network that is there for this alone; idempotent, and what it is connected to otherwise goes on.
   * Where names are resolved at that address too, as on Google's and Oracle's machines, it does nothing but say so.
   * @param network its ID
   */
  async apply(container: Docker.ContainerInspectInfo, network: string): Promise<void> {
    const joined = Object.values(container.NetworkSettings.Networks);
    if (joined.some(({ NetworkID }) => NetworkID === network)) return;
    this.#usable ??= this.#isUsable(container);
    if (!(await this.#usable)) return;
    try {
      await this.#engine.getNetwork(network).connect({
        Container: container.Id,
        EndpointConfig: { IPAMConfig: { LinkLocalIPs: [METADATA_ADDRESS] } },
      });
    } catch (error) {
      // No reason to stop a release.
      this.#warn(`the engine refused the address ${METADATA_ADDRESS} (${messageOf(error)})`);
    }
  }

  async #isUsable(container: Docker.ContainerInspectInfo): Promise<boolean> {
    const resolvers =
      (await ownResolvers(this.#engine, container)) ??
      (await hostsResolvers(this.#engine, container).catch(() => undefined));
    if (resolvers !== undefined && !resolvers.includes(METADATA_ADDRESS)) return true;
    const why =
      resolvers === undefined
        ? "the engine's resolvers cannot be read"
        : `the engine's host resolves names at ${METADATA_ADDRESS}`;
    this.#warn(why);
    return false;
  }

  #warn(why: string): void {
    this.#log(
      `warning: ${why}, so the backend reaches the machine's metadata there; block its port 80 on that host: iptables -I DOCKER-USER -d ${METADATA_ADDRESS} -p tcp --dport 80 -j REJECT`,
    );
  }
}

/** The engine's own words, without dockerode's status line before them. */
function messageOf(error: unknown): string {
  const { json, message } = error as Error & { readonly json?: { readonly message?: string } };
  return json?.message ?? message;
}

/** The engine's note about its resolvers in a container that runs, since Docker 25. Exported for its test. */
export function resolversNoted(file: string): string[] | undefined {
  const noted = /^# ExtServers: \[(.*)\]$/m.exec(file)?.[1];
  // Those in `host(...)` are asked from the host's network.
  return noted?.split(' ').filter((server) => server !== '' && !server.startsWith('host('));
}

async function ownResolvers(
  engine: Docker,
  { Id, State }: Docker.ContainerInspectInfo,
): Promise<string[] | undefined> {
  if (!State.Running) return undefined;
  const file = await fileIn(engine.getContainer(Id), RESOLVERS_FILE);
  return file === undefined ? undefined : resolversNoted(file);
}

/** A container on the engine's default network has the resolvers of its host in the file. */
async function hostsResolvers(
  engine: Docker,
  { Image, Config }: Docker.ContainerInspectInfo,
): Promise<string[]> {
  const helper = await engine.createContainer({
    Image,
    Entrypoint: ['node', '-e', `process.stdout.write(fs.readFileSync('${RESOLVERS_FILE}'))`],
    Cmd: [],
    User: '65534:65534',
    Labels: { ...Config.Labels, [LABELS.component]: 'resolvers' },
    HostConfig: {
      NetworkMode: 'bridge',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
    },
  });
  try {
    await helper.start();
    await helper.wait();
    const file = demultiplexed(await helper.logs({ stdout: true, follow: false }));
    return [...file.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = '']) => server);
  } finally {
    await helper.remove({ force: true, v: true });
  }
}
