import type { TaskDefinition } from '@pulumi/aws/ecs/taskDefinition.js';
import { Parameter } from '@pulumi/aws/ssm/parameter.js';
import * as pulumi from '@pulumi/pulumi';
import type { OneOffTask, ReleaseWork } from '../../../src/aws/release-work.ts';
import { markerNames, preparedBy } from '../../../src/derive/aws/markers.ts';
import { serverVersions } from '../../../src/derive/aws/release-versions.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { afterResource } from '../../after-resource.ts';

export interface PrepareArgs {
  readonly plan: AwsPlan;
  /** Logical name of a resource. */
  readonly name: (resource: string) => string;
  readonly work: ReleaseWork;
  readonly task: {
    /** Created once all that the task needs exists. */
    readonly definition: TaskDefinition;
    readonly run: pulumi.Input<OneOffTask>;
  };
  /** Marker `prepared` of previous runs. */
  readonly before: string | undefined;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Prepares the database before the service gets its new release: once for each revision of the task,
 * and again after an interrupted run. Unless every container succeeds, the run fails, and the previous
 * release keeps running.
 */
export function prepareDatabase({ plan, name, work, task, before, opts }: PrepareArgs): Parameter {
  const done = afterResource(task.definition, task.run, async (run) => {
    if (run.taskDefinitionArn !== preparedBy(before)) await work.runTask(run);
  });
  return new Parameter(
    name('prepared'),
    {
      name: markerNames(plan).prepared,
      type: 'String',
      insecureValue: pulumi.interpolate`${task.definition.arn} ${serverVersions(plan)}`,
      description:
        'Task definition that prepared the servers last, and the versions of their credentials',
    },
    { ...opts, dependsOn: [done] },
  );
}
