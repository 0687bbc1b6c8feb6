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
  /** What `retired` says from before. */
  readonly before: string | undefined;
  readonly opts: pulumi.CustomResourceOptions;
}

/** Secrets of which the server goes on taking the old value until it is told otherwise. */
const OVERLAPPING = ['database', 'redis'];

/**
 * Ends the overlap of a rotation once no task uses the old value any more. What was done last is kept
 * in a parameter, so that it is done once, and again after a run that was cut short.
 */
export function retireOldCredentials(args: RetireArgs): void {
  const { plan } = args;
  const wanted = wantedVersions(plan);
  if (wanted === '') return;
  const done = afterResource(
    args.service,
    { databaseTask: args.databaseTask, redis: args.redis },
    async ({ databaseTask, redis }) => {
      const due = dueRetirements(args.before, wanted);
      if (due.has('database') && databaseTask) await args.work.runTask(databaseTask);
      if (due.has('redis') && redis) {
        await args.work.setRedisPassword(redis.replicationGroupId, redis.password);
      }
    },
  );
  new Parameter(
    'retired',
    {
      name: retiredParameter(plan),
      type: 'String',
      insecureValue: wanted,
      description: 'Versions of the credentials whose predecessors are out of service',
    },
    { ...args.opts, dependsOn: [done] },
  );
}

/** Where the versions stand that were released last. */
export function retiredParameter({ project, stack }: Pick<Plan, 'project' | 'stack'>): string {
  return `/${project}/${stack}/retired`;
}

/** The versions of the stack file, of servers that the stack brings up. */
function wantedVersions(plan: Plan): string {
  return formatSecretVersions(
    plan.secrets.filter(
      ({ name }) =>
        (name === 'database' && plan.aws?.database) || (name === 'redis' && plan.aws?.redis),
    ),
  );
}

/**
 * Refuses a step of more than one version: the roles alternate and the server takes two passwords, so
 * the one that is used now would be lost before its successor serves.
 */
export function checkVersionSteps(plan: Plan, before: string | undefined): string[] {
  const released = parseSecretVersions(before);
  return Object.entries(parseSecretVersions(wantedVersions(plan))).flatMap(([name, version]) => {
    const last = released[name];
    if (last === undefined || Math.abs(version - last) <= 1) return [];
    return `secrets.${name}.version: ${last + 1} at most while version ${last} serves, got ${version}; bring ${last + 1} up first`;
  });
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
