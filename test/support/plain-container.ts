import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import type { ImageLock } from '../../src/derive/plan.ts';
import { ensureImages } from '../../src/images/ensure.ts';
import { docker, logsOf } from './engine.ts';

/** The images of a stack that leaves everything to the kit. */
export function images(): Promise<ImageLock> {
  return ensureImages({ source: 'auto', wanted: {}, log: (line) => console.error(line) });
}

export interface ContainerOptions {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Path in the container -> content, read-only. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folder of this machine -> path in the container. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Volume of a stack -> path in the container; it stays. */
  readonly borrowed?: Readonly<Record<string, string>>;
  readonly tmpfs?: readonly string[];
  /** Paths that are volumes of the container's own, removed with it. */
  readonly volumes?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Root filesystem. @default false */
  readonly readOnly?: boolean;
  readonly aliases?: readonly string[];
}

/**
 * Containers and a network without Pulumi, for tests of what goes into one of them. All share one
 * random prefix; `close` removes everything.
 */
export class ContainerBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'medusa-infra-bench-'));
  readonly #name = `medusa-infra-bench-${randomBytes(4).toString('hex')}`;
  readonly #containers: Docker.Container[] = [];
  #network?: Promise<Docker.Network>;
  #count = 0;

  async start(options: ContainerOptions): Promise<Docker.Container> {
    this.#network ??= docker.createNetwork({ Name: this.#name });
    await this.#network;
    const container = await docker.createContainer({
      name: `${this.#name}-${++this.#count}`,
      Image: options.image,
      Cmd: options.command && [...options.command],
      Entrypoint: options.entrypoint && [...options.entrypoint],
      User: options.user,
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      Volumes: Object.fromEntries((options.volumes ?? []).map((path) => [path, {}])),
      HostConfig: {
        Sysctls: { ...options.sysctls },
        Binds: [
          ...this.#fileBinds(options.files ?? {}),
          ...this.#folderBinds(options),
          ...Object.entries(options.borrowed ?? {}).map(([volume, path]) => `${volume}:${path}`),
        ],
        Tmpfs: Object.fromEntries((options.tmpfs ?? []).map((path) => [path, 'mode=1777'])),
        ReadonlyRootfs: options.readOnly ?? false,
        CapDrop: ['ALL'],
        CapAdd: ['NET_BIND_SERVICE'],
      },
      NetworkingConfig: {
        EndpointsConfig: { [this.#name]: { Aliases: [...(options.aliases ?? [])] } },
      },
    });
    this.#containers.push(container);
    await container.start();
    return container;
  }

  /** Runs a container to its end. */
  async run(options: ContainerOptions): Promise<{ readonly code: number; readonly log: string }> {
    const container = await this.start(options);
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    return { code: StatusCode, log: await logsOf(container.id) };
  }

  /** All that were started so far. */
  containers(): readonly Docker.Container[] {
    return this.#containers;
  }

  /** Address of a container that this machine reaches. */
  async address(container: Docker.Container): Promise<string> {
    const { NetworkSettings } = await container.inspect();
    return NetworkSettings.Networks[this.#name]?.IPAddress ?? '';
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#containers.map((container) =>
        container.remove({ force: true, v: true }).catch(ignoreMissing),
      ),
    );
    await (await this.#network)?.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #fileBinds(files: Readonly<Record<string, string>>): string[] {
    const root = join(this.folder, `files-${this.#count}`);
    return Object.entries(files).map(([path, content]) => {
      const source = join(root, path);
      mkdirSync(dirname(source), { recursive: true });
      writeFileSync(source, content);
      return `${source}:${path}:ro`;
    });
  }

  #folderBinds({ folders = {} }: ContainerOptions): string[] {
    return Object.entries(folders).map(([name, path]) => {
      const source = join(this.folder, name);
      mkdirSync(source, { recursive: true });
      chmodSync(source, 0o777);
      return `${source}:${path}`;
    });
  }
}

function ignoreMissing(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error;
}
