import * as pulumi from '@pulumi/pulumi';
import type { AwsAccount } from '../../../src/aws/client-config.ts';
import { awsConfig } from '../../../src/aws/config.ts';
import { SdkReleaseWatch } from '../../../src/aws/sdk-release-watch.ts';
import { SdkReleaseWork } from '../../../src/aws/sdk-release-work.ts';
import { servingTasks } from '../../../src/aws/serving-tasks.ts';
import { prepareScript } from '../../../src/bundle.ts';
import { serverVersions, versionProblems } from '../../../src/derive/aws/release-versions.ts';
import { checkSuppliedSecrets } from '../../../src/derive/check-secrets.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { parseSecretVersions, type SecretVersions } from '../../../src/derive/secret-versions.ts';
import { UserError } from '../../../src/errors.ts';
import { EnginePublisher } from '../../../src/images/publish/engine-publisher.ts';
import { formatProblems } from '../../../src/stack/problems.ts';
import { StackSecrets, warnOfOldForms } from '../../secrets.ts';
import { howToSetSecret, readSuppliedSecrets } from '../../supplied-secrets.ts';
import { backendContext } from '../backend-context.ts';
import { stackProvider } from './data.ts';
import { type AwsTargetOutputs, deployToAws } from './deploy.ts';
import { type AwsFacts, awsFacts } from './facts.ts';
import { unpublishedProblems } from './unpublished-images.ts';

/** Brings a plan up on AWS, after everything that can be checked beforehand was. */
export async function up(plan: AwsPlan, file: string): Promise<AwsTargetOutputs> {
  const { aws } = plan;
  const all = pulumi.runtime.allConfig();
  const config = awsConfig(all);
  const supplied = readSuppliedSecrets(plan.secrets, {
    stack: plan.stack,
    config: (name) => all[`${plan.project}:${name}`],
    env: process.env,
  });
  const problems = [
    ...supplied.problems,
    ...checkSuppliedSecrets(plan, supplied.values, (name) => howToSetSecret(plan, name)),
    ...(config['region'] === undefined || config['region'] === aws.region
      ? []
      : [
          `aws.region: ${aws.region}, but the Pulumi configuration aws:region says ${config['region']}; the stack file decides, so take the other away: pulumi config rm aws:region -s ${plan.stack}`,
        ]),
  ];
  const account = { region: aws.region, config };
  const log = (line: string) => void pulumi.log.info(line);
  const provider = stackProvider(aws, config);
  const images = {
    plan,
    aws,
    publisher: new EnginePublisher({ log }),
    buildContext: await backendContext(plan),
    prepareScript: prepareScript(),
  };
  const [asked, unpublished] = await Promise.all([
    tried(awsFacts(plan, aws, { provider })),
    unpublishedProblems({ ...images, invoke: { provider } }),
  ]);
  // Whoever has to log in hears at the same time what else is missing.
  if (unpublished.length > 0) problems.push(formatProblems(file, unpublished));
  if ('refused' in asked) problems.push(asked.refused);
  refuse(problems);
  if ('refused' in asked) throw new UserError(asked.refused);
  const facts = asked.value;
  refuse(versionProblems(plan, await servedVersions(plan, facts, account)));
  const secrets = new StackSecrets('secret', { secrets: plan.secrets, supplied: supplied.values });
  warnOfOldForms(secrets, plan.secrets);
  return deployToAws({
    ...images,
    provider,
    facts,
    secrets,
    work: new SdkReleaseWork({ ...account, log }),
    watch: new SdkReleaseWatch({ ...account, log }),
  });
}

/** What a promise gives, or what of it the user can mend. */
async function tried<T>(
  promise: Promise<T>,
): Promise<{ readonly value: T } | { readonly refused: string }> {
  try {
    return { value: await promise };
  } catch (error) {
    if (error instanceof UserError) return { refused: error.message };
    throw error;
  }
}

/** Versions that serve; ECS is asked only where another one than the last is to be brought up. */
async function servedVersions(
  plan: AwsPlan,
  { markers }: AwsFacts,
  account: AwsAccount,
): Promise<readonly SecretVersions[]> {
  const { retired } = markers;
  if (retired === undefined || retired === serverVersions(plan)) return [];
  const { service } = plan.aws;
  try {
    const tasks = await servingTasks(account, service);
    return [parseSecretVersions(retired), ...tasks.map(({ versions }) => versions)];
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UserError(
      `ECS does not say which versions of the credentials serve (${reason}); mend that and run up again`,
    );
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}
