import * as pulumi from '@pulumi/pulumi';
import type { ReleaseWatch } from '../../../src/aws/release-watch.ts';
import { afterResource } from '../../after-resource.ts';
import type { TemplateOutputs } from '../../secrets.ts';
import type { StackContext } from './args.ts';

export interface RunningReleaseArgs {
  readonly watch: ReleaseWatch;
  readonly service: pulumi.CustomResource;
  readonly clusterArn: pulumi.Input<string>;
  readonly taskDefinitionArn: pulumi.Input<string>;
  readonly outputs: TemplateOutputs;
}

/** Resolves with the service once its release is running; otherwise the run fails, and does not end before. */
export function releaseRunning(
  { plan: { aws }, name, secrets, opts }: StackContext,
  args: RunningReleaseArgs,
): Promise<pulumi.CustomResource> {
  const { watch, outputs } = args;
  const running = afterResource(
    args.service,
    {
      clusterArn: args.clusterArn,
      taskDefinitionArn: args.taskDefinitionArn,
      // Secrets in the containers' environment, which a log may show.
      secrets: pulumi.all(aws.secrets.map(({ value }) => secrets.fill(value, outputs))),
    },
    (release) =>
      watch.untilRunning({
        ...release,
        serviceName: aws.service.name,
        logGroup: aws.logs.name,
        containers: aws.task.containers,
        timeoutSeconds: aws.service.steadyTimeoutSeconds,
      }),
  );
  // Holds the run, so that Pulumi deregisters the previous task definition only if it succeeds.
  new pulumi.ComponentResource(
    'medusa-infra:aws:ServedRelease',
    name('release'),
    {},
    { ...opts, dependsOn: [running] },
  );
  return running;
}
