import { getParametersByPathOutput } from '@pulumi/aws/ssm/getParametersByPath.js';
import { Parameter } from '@pulumi/aws/ssm/parameter.js';
import type * as pulumi from '@pulumi/pulumi';
import type { Plan } from '../../src/derive/plan.ts';
import { formatSecretVersions, parseSecretVersions } from '../../src/derive/secret-versions.ts';
import { afterResource } from '../aws/after-resource.ts';
import type { OneTask, ReleaseWork } from '../aws/release-work.ts';

export interface RetireArgs {
  readonly plan: Plan;
  readonly work: ReleaseWork;
  /** Steady when it is there. */
  readonly service: pulumi.CustomResource;
  /** Takes roles out of service that no living version uses; undefined: a server of the user's own. */
  readonly databaseTask?: pulumi.Input<OneTask>;
  /** undefined: a server of the user's own. */
  readonly redis?: {
    readonly replicationGroupId: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  };
  readonly opts: pulumi.CustomResourceOptions;
  readonly invoke: pulumi.InvokeOptions;
}

/** Secrets of which the server goes on taking the old value until it is told otherwise. */
const OVERLAPPING = ['database', 'redis'];

/**
 * Ends the overlap of a rotation once no task uses the old value any more. What was done last is kept
 * in a parameter, so that it is done once, and again after a run that was cut short.
 */
export function retireOldCredentials(args: RetireArgs): void {
  const { plan } = args;
  const wanted = formatSecretVersions(
    plan.secrets.filter(
      ({ name }) => (name === 'database' && args.databaseTask) || (name === 'redis' && args.redis),
    ),
  );
  if (wanted === '') return;
  const folder = `/${plan.project}/${plan.stack}`;
  const parameter = `${folder}/retired`;
  const done = afterResource(
    args.service,
    {
      before: getParametersByPathOutput({ path: folder }, args.invoke).apply(
        ({ names, values }) => values[names.indexOf(parameter)],
      ),
      databaseTask: args.databaseTask,
      redis: args.redis,
    },
    async ({ before, databaseTask, redis }) => {
      const due = dueRetirements(before, wanted);
      if (due.has('database') && databaseTask) await args.work.runTask(databaseTask);
      if (due.has('redis') && redis) {
        await args.work.setRedisPassword(redis.replicationGroupId, redis.password);
      }
    },
  );
  new Parameter(
    'retired',
    {
      name: parameter,
      type: 'String',
      insecureValue: wanted,
      description: 'Versions of the credentials whose predecessors are out of service',
    },
    { ...args.opts, dependsOn: [done] },
  );
}

/** Which secrets have an old value that still opens something; first versions have none. */
export function dueRetirements(before: string | undefined, wanted: string): ReadonlySet<string> {
  const done = parseSecretVersions(before);
  const versions = parseSecretVersions(wanted);
  return new Set(
    OVERLAPPING.filter((name) => {
      const version = versions[name];
      return version !== undefined && version !== (done[name] ?? 1);
    }),
  );
}
