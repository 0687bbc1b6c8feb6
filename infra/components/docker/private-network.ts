import { Network } from '@pulumi/docker/network.js';
import * as pulumi from '@pulumi/pulumi';
import { componentLabels, type Labels } from './container-args.ts';

export interface PrivateNetworkArgs {
  /** Name on the engine. */
  readonly networkName: string;
  readonly labels: Labels;
}

/** The bridge network that a stack's containers share; nothing on it is published by itself. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /**
   * The network's ID, by which containers join it: a stopped container cannot start in a network that
   * was made anew under the same name, so it has to be replaced with the network.
   */
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:PrivateNetwork', name, {}, opts);
    const network = new Network(
      `${name}-bridge`,
      { name: args.networkName, driver: 'bridge', labels: componentLabels(args.labels, 'network') },
      // Two networks of one name cannot be told apart by name.
      { parent: this, deleteBeforeReplace: true },
    );
    this.networkId = network.id;
    this.registerOutputs();
  }
}
