import { Network } from '@pulumi/docker/network.js';
import * as pulumi from '@pulumi/pulumi';
import { componentLabels, type Labels } from './container-args.ts';

export interface PrivateNetworkArgs {
  /** Name on the engine. */
  readonly networkName: string;
  readonly labels: Labels;
}

/** The bridge network of a stack's containers; it publishes nothing by itself. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /**
   * The network's ID, by which containers join it: a stopped container cannot start in a network that
   * was created again under the same name, so it has to be replaced with the network.
   */
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:PrivateNetwork', name, {}, opts);
    const network = new Network(
      `${name}-bridge`,
      { name: args.networkName, driver: 'bridge', labels: componentLabels(args.labels, 'network') },
      // The engine allows two networks with the same name, which nothing could distinguish by name.
      { parent: this, deleteBeforeReplace: true },
    );
    this.networkId = network.id;
    this.registerOutputs();
  }
}
