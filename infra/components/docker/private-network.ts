import { Network } from '@pulumi/docker/network.js';
import * as pulumi from '@pulumi/pulumi';
import { componentLabels, type Labels } from './container-args.ts';

export interface PrivateNetworkArgs {
  /** Name on the engine. */
  readonly networkName: string;
  readonly labels: Labels;
  /**
   * Without a way out and without an address of the host: its containers reach each other alone. `subnet` such as
   * `198.18.7.0/24`, by default the engine's choice. @default a bridge to the outside, in a range that the engine chooses
   */
  readonly internal?: { readonly subnet?: string | undefined };
}

/** Source: Docker's bridge driver. Otherwise every service of the host answers at the network's gateway. */
const WITHOUT_HOST = { 'com.docker.network.bridge.inhibit_ipv4': 'true' };

/** A bridge network of a stack's containers; it publishes nothing by itself. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /**
   * The network's ID, by which containers join it: a stopped container cannot start in a network that
   * was created again under the same name, so it has to be replaced with the network.
   */
  readonly networkId: pulumi.Output<string>;
  readonly network: Network;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:PrivateNetwork', name, {}, opts);
    this.network = new Network(
      `${name}-bridge`,
      {
        name: args.networkName,
        driver: 'bridge',
        labels: componentLabels(args.labels, 'network'),
        ...(args.internal && {
          internal: true,
          ...(args.internal.subnet && { ipamConfigs: [{ subnet: args.internal.subnet }] }),
          options: WITHOUT_HOST,
        }),
      },
      // The engine allows two networks with the same name, which nothing could distinguish by name.
      { parent: this, deleteBeforeReplace: true },
    );
    this.networkId = this.network.id;
    this.registerOutputs();
  }
}
