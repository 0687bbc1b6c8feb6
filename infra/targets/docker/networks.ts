import type * as pulumi from '@pulumi/pulumi';
import { afterResource } from '../../after-resource.ts';
import {
  PrivateNetwork,
  type PrivateNetworkArgs,
} from '../../components/docker/private-network.ts';
import type { DockerTargetArgs } from './args.ts';

export interface StackNetworks {
  /** Of the edge and the backend, with a way out. */
  readonly outer: pulumi.Output<string>;
  /** Where PostgreSQL and Redis are. */
  readonly ofServers: {
    readonly network: pulumi.Output<string>;
    readonly publishingNetwork: pulumi.Output<string>;
    readonly startsAfter: readonly Promise<pulumi.Resource>[];
  };
  /** Those of a container of the backend in addition. */
  readonly ofBackend: {
    readonly dataNetwork?: pulumi.Output<string>;
    readonly metadataNetwork?: pulumi.Output<string>;
  };
}

/** The networks of a stack: nobody but the backend reaches the data, and the data reaches nobody. */
export function stackNetworks({
  plan,
  scope,
  runtime,
  subnets = {},
}: Pick<DockerTargetArgs, 'plan' | 'scope' | 'runtime' | 'subnets'>): StackNetworks {
  const { labels } = plan;
  const network = (name: string, args: Omit<PrivateNetworkArgs, 'labels'>) =>
    new PrivateNetwork(scope.name(name), { ...args, labels }, scope.opts);
  const internal = (name: string, networkName: string) =>
    network(name, { networkName, internal: { subnet: subnets[networkName] } });
  const outer = network('network', { networkName: plan.network.name }).networkId;
  const data = plan.dataNetwork && internal('data-network', plan.dataNetwork.name);
  const metadata = plan.metadataNetwork && internal('metadata-network', plan.metadataNetwork.name);
  // Replicas of a release from before there was this network still need the servers, which are only in it.
  const joined =
    data && afterResource(data.network, undefined, (_, id) => runtime.connectReplicas(labels, id));
  return {
    outer,
    ofServers: {
      network: data?.networkId ?? outer,
      publishingNetwork: outer,
      startsAfter: joined ? [joined] : [],
    },
    ofBackend: {
      ...(data ? { dataNetwork: data.networkId } : {}),
      ...(metadata ? { metadataNetwork: metadata.networkId } : {}),
    },
  };
}
