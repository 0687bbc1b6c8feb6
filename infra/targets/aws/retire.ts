import { Parameter } from '@pulumi/aws/ssm/parameter.js';
import type * as pulumi from '@pulumi/pulumi';
import type { OneOffTask, ReleaseWork } from '../../../src/aws/release-work.ts';
import { markerNames, type ReleaseMarkers } from '../../../src/derive/aws/markers.ts';
import { dueRetirements, serverVersions } from '../../../src/derive/aws/release-versions.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { afterResource } from '../../after-resource.ts';

export interface RetireArgs {
  readonly plan: AwsPlan;
  /** Logical name of a resource. */
  readonly name: (resource: string) => string;
  readonly work: ReleaseWork;
  /** The service, once its release is running. */
  readonly running: Promise<pulumi.CustomResource>;
  /** Disables roles that no live version uses; undefined with an external server. */
  readonly databaseTask?: pulumi.Input<OneOffTask>;
  /** undefined with an external server, or none. */
  readonly redis?: {
    readonly replicationGroupId: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  };
  /** Markers of previous runs. */
  readonly before: ReleaseMarkers;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Ends the overlap of a rotation once no task uses the old value. A parameter records what was done last,
 * so that it is done once, and again after an interrupted run.
 */
export function retireOldCredentials(args: RetireArgs): void {
  const { plan } = args;
  const wanted = serverVersions(plan);
  if (wanted === '') return;
  const done = afterResource(
    args.running,
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
    args.name('retired'),
    {
      name: markerNames(plan).retired,
      type: 'String',
      insecureValue: wanted,
      description: 'Versions of the credentials whose predecessors are out of service',
    },
    { ...args.opts, dependsOn: [done] },
  );
}
