import { Parameter } from '@pulumi/aws/ssm/parameter.js';
import type * as pulumi from '@pulumi/pulumi';
import type { OneOffTask, ReleaseWork } from '../../../src/aws/release-work.ts';
import { markerNames, type ReleaseMarkers } from '../../../src/derive/aws/markers.ts';
import { dueRetirements, serverVersions } from '../../../src/derive/aws/release-versions.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { afterResource } from '../../after-resource.ts';

export interface RetireArgs {
  readonly plan: AwsPlan;
  readonly work: ReleaseWork;
  /** The service, once its release serves. */
  readonly served: Promise<pulumi.CustomResource>;
  /** Takes roles out of service that no living version uses; undefined: a server of the user's own. */
  readonly databaseTask?: pulumi.Input<OneOffTask>;
  /** undefined: a server of the user's own. */
  readonly redis?: {
    readonly replicationGroupId: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  };
  /** What the markers said before this run. */
  readonly before: ReleaseMarkers;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Ends the overlap of a rotation once no task uses the old value any more. What was done last is kept
 * in a parameter, so that it is done once, and again after a run that was cut short.
 */
export function retireOldCredentials(args: RetireArgs): void {
  const { plan } = args;
  const wanted = serverVersions(plan);
  if (wanted === '') return;
  const done = afterResource(
    args.served,
    { databaseTask: args.databaseTask, redis: args.redis },
    async ({ databaseTask, redis }) => {
      const due = dueRetirements(wanted, args.before);
      if (due.has('database') && databaseTask) await args.work.runTask(databaseTask);
      if (due.has('redis') && redis) {
        await args.work.setRedisPassword(redis.replicationGroupId, redis.password);
      }
    },
  );
  new Parameter(
    'retired',
    {
      name: markerNames(plan).retired,
      type: 'String',
      insecureValue: wanted,
      description: 'Versions of the credentials whose predecessors are out of service',
    },
    { ...args.opts, dependsOn: [done] },
  );
}
