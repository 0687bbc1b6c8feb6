import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import type { DockerPlan } from '../derive/plan.ts';
import type { NetworkSummary } from './client.ts';

/** How many `/24` are in 198.18.0.0/15, which no host of the internet has: it is kept for measurements (RFC 2544). */
const SUBNETS = 512;

/**
 * Subnets of a stack's internal networks, by name. Left to itself the engine would take them from its own ranges, of which
 * a host has about thirty: they would be used up after ten stacks.
 */
export async function internalSubnets(
  { dataNetwork, metadataNetwork }: DockerPlan,
  engine: Docker,
): Promise<Record<string, string>> {
  const names = [dataNetwork, metadataNetwork].flatMap((network) => (network ? network.name : []));
  return chooseSubnets(names, await engine.listNetworks());
}

type FoundNetwork = Pick<NetworkSummary, 'Name' | 'IPAM'>;

/**
 * A network that exists keeps its subnet; another gets the first one that no network overlaps, beginning at a place that
 * depends on its name.
 */
export function chooseSubnets(
  names: readonly string[],
  found: readonly FoundNetwork[],
): Record<string, string> {
  const taken = new Set(found.flatMap(({ IPAM }) => IPAM?.Config ?? []).map(prefixOf));
  const chosen: Record<string, string> = {};
  for (const name of names) {
    const own = found.find(({ Name }) => Name === name)?.IPAM?.Config?.[0]?.Subnet;
    const prefix = own === undefined ? freePrefix(name, taken) : prefixOf({ Subnet: own });
    taken.add(prefix);
    chosen[name] = own ?? `${prefix}.0/24`;
  }
  return chosen;
}

function freePrefix(name: string, taken: ReadonlySet<string>): string {
  const first = createHash('sha256').update(name).digest().readUInt16BE();
  const prefixes = Array.from({ length: SUBNETS }, (_, step) => {
    const number = (first + step) % SUBNETS;
    return `198.${18 + (number >> 8)}.${number & 255}`;
  });
  // Where none is free, the engine says which network it overlaps.
  return prefixes.find((prefix) => !taken.has(prefix)) ?? (prefixes[0] as string);
}

/** `198.18.7` of `198.18.7.0/24`. */
function prefixOf({ Subnet = '' }: { readonly Subnet?: string }): string {
  return Subnet.split('.').slice(0, 3).join('.');
}
