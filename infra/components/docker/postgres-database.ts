import type { Container } from '@pulumi/docker/container.js';
import { Volume } from '@pulumi/docker/volume.js';
import * as pulumi from '@pulumi/pulumi';
import { LABELS } from '../../../src/derive/labels.ts';
import type { ContainerRuntime } from '../../../src/docker/container-runtime.ts';
import { POSTGRES_START_SECONDS, SERVER_PROBE } from '../../../src/docker/limits.ts';
import {
  baseContainerArgs,
  type ContainerLimits,
  componentLabels,
  environmentList,
  healthcheck,
  type Labels,
  serviceArgs,
  tmpfsOptions,
} from './container-args.ts';
import { type DataVolume, dataVolume } from './data-volume.ts';
import { fixedContainer } from './fixed-container.ts';
import { postgresEntrypoint, postgresHealthCommand } from './postgres-start.ts';
import { settle } from './settled.ts';

export interface PostgresDatabaseArgs {
  readonly containerName: string;
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  readonly network: pulumi.Input<string>;
  /** Name in the private network. */
  readonly alias: string;
  readonly port: number;
  /** Reference or ID of an image that works like the official one. */
  readonly image: string;
  /** Major version in the image, which decides the data folder. */
  readonly majorVersion: number;
  readonly volume: DataVolume;
  /** Name of the volume that holds the server's Unix socket. */
  readonly socketVolumeName: string;
  readonly limits: ContainerLimits;
  /** Size of /dev/shm. */
  readonly shmBytes: number;
  /** Settings passed as `-c name=value`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1 of the engine's host. @default not published */
  readonly exposePort?: number;
  /** Seconds from the stop signal to SIGKILL. */
  readonly stopGraceSeconds: number;
}

/** Folder of the server's Unix socket, in its container and in that of the prepare job. */
export const SOCKET_FOLDER = '/var/run/postgresql';

/** A PostgreSQL server with its data in a volume. Renaming a child replaces it: add an alias. */
export class PostgresDatabase extends pulumi.ComponentResource {
  /** Changes whenever the server's container does. */
  readonly containerId: pulumi.Output<string>;
  /** Resolves when the server is healthy; for `dependsOn`. */
  readonly ready: Promise<pulumi.Resource>;
  readonly containerName: string;
  readonly container: Container;
  /** For the job that connects as superuser. */
  readonly socketVolumeName: pulumi.Output<string>;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:PostgresDatabase', name, {}, opts);
    const dataFolder = dataFolderOf(args.majorVersion);
    const data = dataVolume(
      `${name}-volume`,
      {
        ...args.volume,
        labels: { ...args.labels, [LABELS.postgresMajor]: String(args.majorVersion) },
        component: 'database',
      },
      this,
    );
    const socket = new Volume(
      `${name}-socket`,
      { name: args.socketVolumeName, labels: componentLabels(args.labels, 'database') },
      {
        parent: this,
        ignoreChanges: ['labels', 'driver', 'driverOpts'],
        deleteBeforeReplace: true,
      },
    );

    this.container = fixedContainer(
      `${name}-container`,
      {
        ...baseContainerArgs({ ...args, component: 'database' }),
        ...serviceArgs(args),
        // Fast shutdown: it closes sessions; SIGTERM would wait for each of them.
        stopSignal: 'SIGINT',
        name: args.containerName,
        image: args.image,
        user: 'postgres',
        capabilities: { drops: ['ALL'] },
        readOnly: true,
        tmpfs: { '/tmp': tmpfsOptions(64 * 1024 * 1024) },
        shmSize: Math.ceil(args.shmBytes / (1024 * 1024)),
        envs: environmentList({
          PGDATA: `${dataFolder}/pgdata`,
          POSTGRES_INITDB_ARGS: '--auth-local=trust --auth-host=scram-sha-256 --data-checksums',
        }),
        entrypoints: [...postgresEntrypoint],
        command: ['postgres', ...settingArguments({ ...args.settings, port: String(args.port) })],
        volumes: [
          { volumeName: data.name, containerPath: dataFolder },
          { volumeName: socket.name, containerPath: SOCKET_FOLDER },
        ],
        networksAdvanced: [{ name: args.network, aliases: [args.alias] }],
        ports:
          args.exposePort === undefined
            ? undefined
            : [{ internal: args.port, external: args.exposePort, ip: '127.0.0.1' }],
        healthcheck: healthcheck({
          test: postgresHealthCommand(args.port),
          ...SERVER_PROBE,
          startSeconds: POSTGRES_START_SECONDS,
        }),
        wait: true,
        waitTimeout: POSTGRES_START_SECONDS,
      },
      { parent: this },
    );
    const { id, ready } = settle(this.container, undefined, (_, containerId) =>
      args.runtime.settle(containerId, {
        title: args.containerName,
        pidsLimit: args.limits.pidsLimit,
        timeoutSeconds: POSTGRES_START_SECONDS,
      }),
    );
    this.socketVolumeName = socket.name;
    this.containerName = args.containerName;
    this.containerId = id;
    this.ready = ready;
    this.registerOutputs();
  }
}

/** Folder for the data that belongs to the image's user, by major version. */
function dataFolderOf(majorVersion: number): string {
  return majorVersion >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data';
}

function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([setting, value]) => ['-c', `${setting}=${value}`]);
}
