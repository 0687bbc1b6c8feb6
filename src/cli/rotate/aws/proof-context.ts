import { readMarkers } from '../../../aws/read-markers.ts';
import { runningTasks } from '../../../aws/running-tasks.ts';
import type { AwsPlan } from '../../../derive/plan.ts';
import { stackAccount } from '../../aws/account.ts';
import { withAwsErrors } from '../../aws/errors.ts';
import type { Context } from '../../context.ts';
import type { Project } from '../../project.ts';
import type { AwsProofContext, ProofFacts } from '../proof.ts';

/** What the proofs need of AWS. */
export async function awsProofContext(
  context: Context,
  project: Project,
  facts: ProofFacts & { readonly plan: AwsPlan },
): Promise<AwsProofContext> {
  const { plan } = facts;
  const account = await stackAccount(context, project, plan);
  const { service } = plan.aws;
  return {
    ...facts,
    account,
    tasks: await withAwsErrors(() => runningTasks(account, service), 'which tasks run'),
    markers: await withAwsErrors(() => readMarkers(account, plan), 'what the last up recorded'),
  };
}
