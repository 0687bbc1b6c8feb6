import { Parameter } from '@pulumi/aws/ssm/parameter.js';
import * as pulumi from '@pulumi/pulumi';
import { markerNames } from '../../src/derive/aws/markers.ts';
import type { Plan } from '../../src/derive/plan.ts';
import { afterResource } from '../aws/after-resource.ts';
import type { OneTask, ReleaseWork } from '../aws/release-work.ts';
import type { ContainerTask } from '../components/aws/container-task.ts';

export interface PrepareArgs {
  readonly plan: Plan;
  readonly work: ReleaseWork;
  readonly task: ContainerTask;
  readonly place: pulumi.Input<Omit<OneTask, 'title' | 'taskDefinitionArn'>>;
  /** What `prepared` says from before. */
  readonly before: string | undefined;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Prepares the database before the service gets its new release: once for each revision of the task,
 * and again after a run that was cut short. Fails the run, with the release before serving on, unless
 * each container ended well.
 */
export function prepareDatabase({ plan, work, task, place, before, opts }: PrepareArgs): Parameter {
  const oneTask = pulumi.output(place).apply((rest) => ({ ...rest, title: 'prepare' }));
  const done = afterResource(
    task.definition,
    pulumi.all([oneTask, task.arn]),
    async ([rest, taskDefinitionArn]) => {
      if (taskDefinitionArn !== before) await work.runTask({ ...rest, taskDefinitionArn });
    },
  );
  return new Parameter(
    'prepared',
    {
      name: markerNames(plan).prepared,
      type: 'String',
      insecureValue: task.arn,
      description: 'Task definition that prepared the database last',
    },
    { ...opts, dependsOn: [done] },
  );
}
