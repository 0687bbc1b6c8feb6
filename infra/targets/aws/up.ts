import path from 'node:path';
import type { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsAccount } from '../../../src/aws/client-config.ts';
import { type AwsConfig, awsConfig } from '../../../src/aws/config.ts';
import { databaseLogGroups } from '../../../src/aws/database-log-groups.ts';
import { runningTasks } from '../../../src/aws/running-tasks.ts';
import { SdkReleaseWatch } from '../../../src/aws/sdk-release-watch.ts';
import { SdkReleaseWork } from '../../../src/aws/sdk-release-work.ts';
import { prepareScript } from '../../../src/bundle.ts';
import { serverVersions, versionProblems } from '../../../src/derive/aws/release-versions.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { parseSecretVersions, type SecretVersions } from '../../../src/derive/secret-versions.ts';
import { firstLine, messageOf } from '../../../src/error-text.ts';
import { type Problem, UserError } from '../../../src/errors.ts';
import { EnginePublisher } from '../../../src/images/publish/engine-publisher.ts';
import { ProblemError, requireNoProblems } from '../../../src/stack/problems.ts';
import { TOP_SCOPE } from '../../scope.ts';
import { backendContext } from '../backend-context.ts';
import { stackSecrets, suppliedSecrets } from '../stack-secrets.ts';
import type { UpOptions } from '../up-options.ts';
import { type AwsTargetOutputs, deployToAws } from './deploy.ts';
import { type AwsFacts, awsFacts } from './facts.ts';
import { configOf, stackProvider } from './provider.ts';
import { unpublishedProblems, withPinnedBackend } from './unpublished-images.ts';

/**
 * Deploys a plan on AWS, once all that can be checked before is checked.
 * @param file the stack file, for messages
 */
export async function up(
  plan: AwsPlan,
  file: string,
  { scope = TOP_SCOPE, secrets, provider: given }: UpOptions = {},
): Promise<AwsTargetOutputs> {
  const { aws } = plan;
  const config = given ? await configOf(given) : awsConfig(pulumi.runtime.allConfig());
  const supplied = suppliedSecrets(plan, secrets);
  const caller = { region: aws.region, config };
  const log = (line: string) => void pulumi.log.info(line);
  const provider = given ? (given as Provider) : stackProvider(aws, config, scope);
  const images = {
    plan,
    scope,
    publisher: new EnginePublisher({ log }),
    buildContext: await backendContext(plan),
    prepareScript: prepareScript(),
  };
  const [account, unpublished] = await Promise.all([
    attempt(awsFacts(plan, { provider })),
    unpublishedProblems({ ...images, invoke: { provider } }),
  ]);
  // Whoever has to log in sees at the same time what else is missing.
  requireNoProblems(file, [
    ...supplied.problems,
    ...regionProblems(plan.stack, aws.region, config, given !== undefined),
    ...unpublished,
    ...account.problems,
  ]);
  const facts = await account.facts;
  const [versions, logGroups] = await Promise.all([
    runningVersions(plan, facts, caller),
    databaseLogGroups(caller, aws),
  ]);
  requireNoProblems(file, versionProblems(plan, versions));
  return deployToAws({
    ...images,
    plan: await withPinnedBackend({ ...images, invoke: { provider } }, path.dirname(file)),
    provider,
    facts,
    databaseLogGroups: logGroups,
    secrets: stackSecrets(plan, supplied.values, scope),
    work: new SdkReleaseWork({ ...caller, log }),
    watch: new SdkReleaseWatch({ ...caller, log }),
  });
}

/** Waits for the facts. A problem with them is returned, to be reported together with others. */
async function attempt(
  facts: Promise<AwsFacts>,
): Promise<{ readonly facts: Promise<AwsFacts>; readonly problems: readonly Problem[] }> {
  try {
    await facts;
    return { facts, problems: [] };
  } catch (error) {
    if (error instanceof ProblemError) return { facts, problems: [error.problem] };
    throw error;
  }
}

function regionProblems(
  stack: string,
  region: string,
  config: AwsConfig,
  ofProvider: boolean,
): Problem[] {
  const other = config['region'];
  if (other === undefined || other === region) return [];
  if (ofProvider) {
    const message = `${region}, but the AWS provider that the program passes is for ${other}; make both the same`;
    return [{ path: ['aws', 'region'], message, code: 'aws-region-mismatch' }];
  }
  return [
    {
      path: ['aws', 'region'],
      message: `${region}, but the Pulumi configuration aws:region says ${other}; the stack file decides, so remove the other: pulumi config rm aws:region -s ${stack}`,
      code: 'aws-region-mismatch',
    },
  ];
}

/** Versions in running tasks; ECS is asked only if the plan has other versions than the last release. */
async function runningVersions(
  plan: AwsPlan,
  { markers }: AwsFacts,
  account: AwsAccount,
): Promise<readonly SecretVersions[]> {
  const { retired } = markers;
  if (retired === undefined || retired === serverVersions(plan)) return [];
  const { service } = plan.aws;
  try {
    const tasks = await runningTasks(account, service);
    return [parseSecretVersions(retired), ...tasks.map(({ versions }) => versions)];
  } catch (error) {
    throw new UserError(
      `ECS does not report which versions of the credentials are in use (${firstLine(messageOf(error))}); fix that and run up again`,
      'aws-request-failed',
    );
  }
}
