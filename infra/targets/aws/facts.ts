import { getAvailabilityZones } from '@pulumi/aws/getAvailabilityZones.js';
import { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js';
import { getZone } from '@pulumi/aws/route53/getZone.js';
import { getParametersByPath } from '@pulumi/aws/ssm/getParametersByPath.js';
import type * as pulumi from '@pulumi/pulumi';
import { unknownCaller } from '../../../src/aws/unknown-caller.ts';
import { markerNames, type ReleaseMarkers } from '../../../src/derive/aws/markers.ts';
import type { AwsPlan, AwsResources } from '../../../src/derive/plan.ts';
import { lastLine, messageOf } from '../../../src/error-text.ts';
import type { Problem } from '../../../src/errors.ts';
import { ProblemError } from '../../../src/stack/problems.ts';

/** What only the account knows; read before the first resource is created. */
export interface AwsFacts {
  readonly accountId: string;
  /** One availability zone for each pair of subnets; none in an existing network. */
  readonly zoneNames: readonly string[];
  /** The hosted zone that records go to. */
  readonly hostedZoneId?: string;
  /** What previous runs have done. */
  readonly markers: ReleaseMarkers;
}

/**
 * Asks the account.
 * @throws ProblemError if it does not answer, or lacks what the stack file names
 */
export async function awsFacts(plan: AwsPlan, invoke: pulumi.InvokeOptions): Promise<AwsFacts> {
  const { aws } = plan;
  const { accountId } = await answered(getCallerIdentity({}, invoke), (reason) => ({
    message: unknownCaller(reason),
    code: 'aws-credentials',
  }));
  const [zoneNames, hostedZoneId, markers] = await Promise.all([
    availabilityZones(aws, invoke),
    hostedZone(aws, invoke),
    releaseMarkers(plan, invoke),
  ]);
  return {
    accountId,
    zoneNames,
    markers,
    ...(hostedZoneId === undefined ? {} : { hostedZoneId }),
  };
}

async function releaseMarkers(
  plan: Pick<AwsPlan, 'project' | 'stack'>,
  invoke: pulumi.InvokeOptions,
): Promise<ReleaseMarkers> {
  const wanted = markerNames(plan);
  const path = wanted.retired.slice(0, wanted.retired.lastIndexOf('/'));
  // By their folder: asking for a single one that does not exist is an error.
  const { names, values } = await getParametersByPath({ path }, invoke);
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([marker, name]) => {
      const value = values[names.indexOf(name)];
      return value === undefined ? [] : [[marker, value]];
    }),
  );
}

async function availabilityZones(
  { network, region }: AwsResources,
  invoke: pulumi.InvokeOptions,
): Promise<readonly string[]> {
  if (network.kind === 'existing') return [];
  const wanted = network.zones.length;
  const { names } = await getAvailabilityZones(
    {
      state: 'available',
      // Local zones and the like have neither RDS nor ElastiCache.
      filters: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
    },
    invoke,
  );
  if (names.length < wanted) {
    throw new ProblemError({
      path: ['aws', 'network', 'zones'],
      message: `${region} offers ${names.length} to this account, got ${wanted}`,
      code: 'aws-zones-too-few',
    });
  }
  return names.slice(0, wanted);
}

async function hostedZone(
  { edge: { zone } }: AwsResources,
  invoke: pulumi.InvokeOptions,
): Promise<string | undefined> {
  if (!zone) return undefined;
  if ('id' in zone) return zone.id;
  const found = await answered(
    getZone({ name: zone.name, privateZone: false }, invoke),
    (reason) => ({
      path: ['aws', 'edge', 'zone'],
      message: `this account has no public hosted zone ${zone.name}; create it in Route 53, or name another (${reason})`,
      code: 'aws-hosted-zone-missing',
    }),
  );
  return found.zoneId;
}

async function answered<T>(asked: Promise<T>, problem: (reason: string) => Problem): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    // The provider lists its errors as bullets.
    const reason = lastLine(messageOf(error)).replace(/^\s*\*?\s*/, '');
    throw new ProblemError(problem(reason));
  }
}
