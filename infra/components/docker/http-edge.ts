import * as pulumi from '@pulumi/pulumi';
import type { ProxyPlan } from '../../../src/derive/plan.ts';
import type { EdgeConfig } from '../../../src/docker/container-runtime.ts';
import { CONTAINER_GROUP } from '../../../src/docker/container-user.ts';
import { EDGE_START_SECONDS, EDGE_STOP_SECONDS, SERVER_PROBE } from '../../../src/docker/limits.ts';
import { startScript } from '../../../src/start-script.ts';
import {
  baseContainerArgs,
  environmentList,
  healthcheck,
  type Placement,
  serviceArgs,
  tmpfsOptions,
} from './container-args.ts';
import { dataVolume } from './data-volume.ts';
import { fixedContainer } from './fixed-container.ts';
import { settleServer } from './settled.ts';

export interface HttpEdgeArgs extends Placement {
  readonly plan: ProxyPlan;
  readonly containerName: string;
  /** Reference or ID of an image with Caddy and a shell. */
  readonly image: string;
  /** The plan's files with their content, in the volume. */
  readonly files: EdgeConfig['files'];
  /** Kernel settings of the container's network namespace. @default none */
  readonly sysctls?: Readonly<Record<string, string>>;
}

const VOLUME_FOLDER = '/data';

/**
 * The only container with published ports: a reverse proxy in front of all replicas. Its configuration is
 * not an input of the container, so that a changed one never replaces it.
 */
export class HttpEdge extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;
  /** Resolves when the proxy is healthy and has its configuration; for `dependsOn`. */
  readonly ready: Promise<pulumi.Resource>;
  readonly containerName: string;

  constructor(name: string, args: HttpEdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:HttpEdge', name, {}, opts);
    const { plan, labels, files } = args;
    const volume = dataVolume(
      `${name}-volume`,
      { ...plan.volume, labels, component: 'edge' },
      this,
    );
    const { config } = plan;
    // Records the configuration in the state, so that a preview shows what changes.
    new pulumi.Stash(`${name}-config`, { input: { config, files } }, { parent: this });
    const container = fixedContainer(
      `${name}-container`,
      {
        ...baseContainerArgs({ labels, component: 'edge', limits: plan }),
        ...serviceArgs({ stopGraceSeconds: EDGE_STOP_SECONDS }),
        name: args.containerName,
        image: args.image,
        user: `65534:${CONTAINER_GROUP}`,
        // The ports are above 1024, but the official binary has this capability, and the kernel refuses
        // to run it in a container without it.
        capabilities: { adds: ['CAP_NET_BIND_SERVICE'], drops: ['ALL'] },
        readOnly: true,
        sysctls: args.sysctls,
        tmpfs: { '/tmp': tmpfsOptions(16 * 1024 * 1024) },
        envs: environmentList({
          BOOTSTRAP: plan.bootstrapConfig,
          HOME: '/tmp',
          XDG_CONFIG_HOME: '/tmp/config',
          XDG_DATA_HOME: '/tmp/data',
        }),
        entrypoints: ['/bin/sh'],
        command: ['-c', startScript('edge')],
        networksAdvanced: [{ name: args.network, aliases: ['edge'] }],
        ports: plan.ports.map((port) => ({ ...port, ip: plan.bind })),
        volumes: [{ volumeName: volume.name, containerPath: VOLUME_FOLDER }],
        healthcheck: healthcheck({
          test: ['CMD-SHELL', probe(plan.healthPort)],
          ...SERVER_PROBE,
          startSeconds: EDGE_START_SECONDS,
        }),
      },
      // One from before keeps its group: nothing listens while it is replaced.
      { parent: this, ignoreChanges: ['user'] },
    );
    const ports = plan.ports.map(({ internal }) => internal);
    const wanted = {
      title: args.containerName,
      pidsLimit: plan.pidsLimit,
      timeoutSeconds: EDGE_START_SECONDS,
    };
    const { id, ready } = settleServer(container, args.runtime, wanted, {
      input: undefined,
      work: (_, containerId) => args.runtime.configureEdge(containerId, { config, files, ports }),
    });
    this.containerName = args.containerName;
    this.containerId = id;
    this.ready = ready;
    this.registerOutputs();
  }
}

/** Alpine's image has wget, Debian's has perl: the smallest tool of each that speaks TCP. */
function probe(port: number): string {
  const perl = [
    'use IO::Socket::INET;',
    `$s=IO::Socket::INET->new(PeerAddr=>q(127.0.0.1:${port}),Timeout=>3) or exit 1;`,
    'print $s "GET / HTTP/1.0\\r\\n\\r\\n";',
    'exit(<$s>=~/ 200 /?0:1)',
  ].join('');
  return `if command -v wget >/dev/null; then wget -q -O /dev/null http://127.0.0.1:${port}/; else perl -e '${perl}'; fi`;
}
