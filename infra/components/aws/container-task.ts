import { TaskDefinition } from '@pulumi/aws/ecs/taskDefinition.js';
import * as pulumi from '@pulumi/pulumi';
import type { TaskPlan } from '../../../src/derive/plan.ts';
import { containerDefinitions, type TaskContainer } from './container-definitions.ts';

export interface ContainerTaskArgs {
  readonly family: string;
  readonly plan: Pick<TaskPlan, 'cpuUnits' | 'memoryMib' | 'architecture' | 'volumes'>;
  readonly containers: pulumi.Input<readonly pulumi.Input<TaskContainer>[]>;
  readonly logs: { readonly group: pulumi.Input<string>; readonly region: string };
  /** Role that starts the containers: images, secrets, logs. */
  readonly executionRoleArn: pulumi.Input<string>;
  /** Role of the programs in them. */
  readonly taskRoleArn: pulumi.Input<string>;
  /** What has to exist before one of these tasks is run. */
  readonly runsAfter?: readonly pulumi.Resource[];
}

/** A task definition; each change is a new revision, and the previous one stays until it is replaced. */
export class ContainerTask extends pulumi.ComponentResource {
  /** Includes the revision. */
  readonly arn: pulumi.Output<string>;
  readonly definition: TaskDefinition;

  constructor(name: string, args: ContainerTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:ContainerTask', name, {}, opts);
    const { plan } = args;
    this.definition = new TaskDefinition(
      `${name}-definition`,
      {
        family: args.family,
        cpu: String(plan.cpuUnits),
        memory: String(plan.memoryMib),
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: plan.architecture },
        volumes: plan.volumes.map((volume) => ({ name: volume })),
        executionRoleArn: args.executionRoleArn,
        taskRoleArn: args.taskRoleArn,
        containerDefinitions: pulumi
          .all([pulumi.output(args.containers), pulumi.output(args.logs)])
          .apply(([containers, logs]) =>
            JSON.stringify(containerDefinitions(containers as TaskContainer[], logs)),
          ),
      },
      { parent: this, dependsOn: [...(args.runsAfter ?? [])] },
    );
    this.arn = this.definition.arn;
    this.registerOutputs();
  }
}
