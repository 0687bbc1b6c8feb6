import * as pulumi from '@pulumi/pulumi';
import type { ReleaseWatch } from '../../../src/aws/release-watch.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { afterResource } from '../../after-resource.ts';
import type { StackSecrets, TemplateOutputs } from '../../secrets.ts';

export interface ServedReleaseArgs {
  readonly aws: AwsResources;
  readonly watch: ReleaseWatch;
  readonly service: pulumi.CustomResource;
  readonly clusterArn: pulumi.Input<string>;
  readonly taskDefinitionArn: pulumi.Input<string>;
  readonly secrets: StackSecrets;
  readonly outputs: TemplateOutputs;
  readonly opts: pulumi.ComponentResourceOptions;
}

/**
 * Gives the service once its release serves; the run fails where it does not, and does not end before.
 */
export function servedRelease(args: ServedReleaseArgs): Promise<pulumi.CustomResource> {
  const { aws, watch, secrets, outputs } = args;
  const served = afterResource(
    args.service,
    {
      clusterArn: args.clusterArn,
      taskDefinitionArn: args.taskDefinitionArn,
      // Those in the containers' environment: what a log may show.
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
  // Holds the run: it takes the task definition before out of use only when it has ended well.
  new pulumi.ComponentResource(
    'medusa-infra:aws:ServedRelease',
    'release',
    {},
    { ...args.opts, dependsOn: [served] },
  );
  return served;
}
