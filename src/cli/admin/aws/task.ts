import { readMarkers } from '../../../aws/read-markers.ts';
import { runStoreTask, serviceNetwork } from '../../../aws/store-task.ts';
import { administratorProgram } from '../../../bundle.ts';
import { ADMINISTRATOR_EXIT } from '../../../container/administrator/request.ts';
import { SEALED_REQUEST, SEALED_WITH, seal } from '../../../container/administrator/sealed.ts';
import { preparedBy } from '../../../derive/aws/markers.ts';
import type { AwsPlan } from '../../../derive/plan.ts';
import { UserError } from '../../../errors.ts';
import { stackAccount } from '../../aws/account.ts';
import { withAwsErrors } from '../../aws/errors.ts';
import { type Context, note } from '../../context.ts';
import { stackFlagText } from '../../options.ts';
import type { Project } from '../../project.ts';
import type { Store } from '../store.ts';

/** The container with the backend's image and variables; the last one of the task that prepares a release. */
const CONTAINER = 'prepare-migrate';

/**
 * A stack's store on aws. Only tasks reach its database, so a task of what prepared the running release runs the program.
 * @param environment the backend's variables; only the task's own secret opens what is sealed with it
 * @throws UserError if the stack is not up, or no task of its service runs
 */
export async function storeOnAws(
  context: Context,
  project: Project,
  plan: AwsPlan,
  environment: () => Promise<Readonly<Record<string, string>>>,
): Promise<Store> {
  const { stack, aws } = plan;
  const s = stackFlagText(stack);
  const account = await stackAccount(context, project, plan);
  const markers = await withAwsErrors(
    () => readMarkers(account, plan),
    'what the last up recorded',
  );
  const taskDefinitionArn = preparedBy(markers.prepared);
  if (taskDefinitionArn === undefined) {
    throw new UserError(`${stack} is not up; run: medusa-infra up${s}`, 'stack-not-up');
  }
  const network = await withAwsErrors(
    () => serviceNetwork(account, aws.service),
    'whether the backend runs',
  );
  if (!network) {
    throw new UserError(
      `no task of ${stack} runs, so nothing was changed; see medusa-infra status${s} and medusa-infra logs backend${s}`,
      'backend-unhealthy',
    );
  }
  const secret = (await environment())[SEALED_WITH];
  // Sealed with nothing, anybody could open it.
  if (!secret) {
    throw new UserError(
      `the state of ${stack} has no ${SEALED_WITH}, so nothing was changed; run: medusa-infra up${s}`,
      'stack-not-up',
    );
  }
  const [, ...command] = administratorProgram();
  return {
    run: async (request) => {
      const task = {
        cluster: aws.service.cluster,
        taskDefinitionArn,
        container: CONTAINER,
        command,
        environment: { [SEALED_REQUEST]: seal(request, secret) },
        meant: Object.values(ADMINISTRATOR_EXIT),
        timeoutSeconds: aws.prepare.timeoutSeconds,
        logGroup: aws.logs.name,
        containers: aws.prepare.containers,
      };
      const started = (arn: string) => note(context, `running ${arn}, which takes about a minute`);
      const { exitCode = 1, said } = await withAwsErrors(
        () => runStoreTask(account, task, network, started),
        'how the task ended',
      );
      return { exitCode, said };
    },
  };
}
