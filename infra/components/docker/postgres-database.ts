import type { Container } from '@pulumi/docker/container.js';
import { Volume } from '@pulumi/docker/volume.js';
import * as pulumi from '@pulumi/pulumi';
import { LABELS } from '../../../src/derive/labels.ts';
import type { PostgresPlan } from '../../../src/derive/plan.ts';
import { serverUser } from '../../../src/docker/container-user.ts';
import { POSTGRES_START_SECONDS, SERVER_PROBE } from '../../../src/docker/limits.ts';
import {
  baseContainerArgs,
  componentLabels,
  environmentList,
  healthcheck,
  type ServerPlacement,
  serverNetworks,
  serviceArgs,
  tmpfsOptions,
  userArgs,
} from './container-args.ts';
import { dataVolume } from './data-volume.ts';
import { fixedContainer } from './fixed-container.ts';
import { postgresEntrypoint, postgresHealthCommand } from './postgres-start.ts';
import { settleServer } from './settled.ts';

export interface PostgresDatabaseArgs extends ServerPlacement {
  readonly plan: PostgresPlan;
  /** Reference or ID of an image that works like the official one. */
  readonly image: string;
  /** Major version in the image, which decides the data folder. */
  readonly majorVersion: number;
}

/** Folder of the server's Unix socket, in its container and in that of the prepare job. */
export const SOCKET_FOLDER = '/var/run/postgresql';

/**
 * Path of POSTGRES_INITDB_ARGS, the second of two variables. It counts where a data folder is made: a server
 * that has one keeps the value that it was created with, as another one would replace it for nothing.
 */
const INITDB_ARGS = 'envs[1]';

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
    const { plan, labels } = args;
    const dataFolder = dataFolderOf(args.majorVersion);
    const data = dataVolume(
      `${name}-volume`,
      {
        ...plan.volume,
        labels: { ...labels, [LABELS.postgresMajor]: String(args.majorVersion) },
        component: 'database',
      },
      this,
    );
    const socket = new Volume(
      `${name}-socket`,
      { name: plan.socketVolume.name, labels: componentLabels(labels, 'database') },
      {
        parent: this,
        ignoreChanges: ['labels', 'driver', 'driverOpts'],
        deleteBeforeReplace: true,
      },
    );

    this.container = fixedContainer(
      `${name}-container`,
      {
        ...baseContainerArgs({ labels, component: 'database', limits: plan }),
        ...serviceArgs(plan),
        // Fast shutdown: it closes sessions; SIGTERM would wait for each of them.
        stopSignal: 'SIGINT',
        name: plan.containerName,
        image: args.image,
        ...userArgs(serverUser('postgres')),
        capabilities: { drops: ['ALL'] },
        readOnly: true,
        tmpfs: { '/tmp': tmpfsOptions(64 * 1024 * 1024) },
        shmSize: Math.ceil(plan.shmBytes / (1024 * 1024)),
        envs: environmentList({
          PGDATA: `${dataFolder}/pgdata`,
          // From the first start on; what prepare-sql sets (src/derive/sql/access.ts) comes later.
          POSTGRES_INITDB_ARGS: '--auth-local=peer --auth-host=scram-sha-256 --data-checksums',
        }),
        entrypoints: [...postgresEntrypoint],
        command: ['postgres', ...settingArguments({ ...plan.settings, port: String(plan.port) })],
        volumes: [
          { volumeName: data.name, containerPath: dataFolder },
          { volumeName: socket.name, containerPath: SOCKET_FOLDER },
        ],
        networksAdvanced: serverNetworks(args, plan),
        ports:
          plan.exposePort === undefined
            ? undefined
            : [{ internal: plan.port, external: plan.exposePort, ip: '127.0.0.1' }],
        healthcheck: healthcheck({
          test: postgresHealthCommand(plan.port),
          ...SERVER_PROBE,
          startSeconds: POSTGRES_START_SECONDS,
        }),
      },
      { parent: this, ignoreChanges: [INITDB_ARGS], dependsOn: [...(args.startsAfter ?? [])] },
    );
    const { id, ready } = settleServer(this.container, args.runtime, {
      title: plan.containerName,
      pidsLimit: plan.pidsLimit,
      timeoutSeconds: POSTGRES_START_SECONDS,
    });
    this.socketVolumeName = socket.name;
    this.containerName = plan.containerName;
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
