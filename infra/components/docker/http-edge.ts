import * as pulumi from '@pulumi/pulumi';
import {
  baseContainerArgs,
  type ContainerLimits,
  environmentList,
  healthcheck,
  type Labels,
  serviceArgs,
  tmpfsOptions,
} from './container-args.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { fixedContainer } from './fixed-container.ts';
import { afterwards } from './settled.ts';

export interface HttpEdgeArgs {
  readonly containerName: string;
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  readonly network: pulumi.Input<string>;
  /** Reference or ID of an image with Caddy and a shell. */
  readonly image: string;
  /** A Caddyfile; it holds no secret. */
  readonly config: string;
  /** Port inside the container that takes requests. */
  readonly containerPort: number;
  /** Port inside the container where `GET /` answers 200 as long as the proxy lives. */
  readonly healthPort: number;
  /** Address and port on the engine's host. */
  readonly bind: string;
  readonly port: number;
  readonly limits: ContainerLimits;
}

const START_SECONDS = 60;

/** The configuration comes as a variable: a root that is read-only cannot take an uploaded file. */
const START =
  'printf %s "$CADDYFILE" > /tmp/Caddyfile && exec caddy run --config /tmp/Caddyfile --adapter caddyfile';

/** The only container with a published port: a reverse proxy in front of all replicas. */
export class HttpEdge extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;
  /** Resolves when the server is healthy; for `dependsOn`. */
  readonly ready: Promise<pulumi.Resource>;
  readonly containerName: string;

  constructor(name: string, args: HttpEdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:HttpEdge', name, {}, opts);
    const container = fixedContainer(
      `${name}-container`,
      {
        ...baseContainerArgs({ ...args, component: 'edge' }),
        ...serviceArgs({ stopGraceSeconds: 30 }),
        name: args.containerName,
        image: args.image,
        user: '65534:65534',
        // The port is a high one, but the official binary carries this capability and, without it in
        // the container, the kernel refuses to run it.
        capabilities: { adds: ['CAP_NET_BIND_SERVICE'], drops: ['ALL'] },
        readOnly: true,
        tmpfs: { '/tmp': tmpfsOptions(16 * 1024 * 1024) },
        envs: environmentList({
          CADDYFILE: args.config,
          HOME: '/tmp',
          XDG_CONFIG_HOME: '/tmp/config',
          XDG_DATA_HOME: '/tmp/data',
        }),
        entrypoints: ['/bin/sh'],
        command: ['-c', START],
        networksAdvanced: [{ name: args.network, aliases: ['edge'] }],
        ports: [{ internal: args.containerPort, external: args.port, ip: args.bind }],
        healthcheck: healthcheck({
          test: ['CMD-SHELL', probe(args.healthPort)],
          intervalSeconds: 2,
          timeoutSeconds: 5,
          retries: 5,
          startSeconds: START_SECONDS,
        }),
        wait: true,
        waitTimeout: START_SECONDS,
      },
      { parent: this },
    );
    const { id, ready } = afterwards(container, (containerId) =>
      args.runtime.settle(containerId, {
        title: args.containerName,
        pidsLimit: args.limits.pidsLimit,
        timeoutSeconds: START_SECONDS,
      }),
    );
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
