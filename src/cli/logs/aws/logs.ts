import { LogReader, type LogSource } from '../../../aws/log-reader.ts';
import type { AwsResources } from '../../../derive/plan.ts';
import { UserError } from '../../../errors.ts';
import { stackAwsConfig } from '../../aws/account.ts';
import { withAwsErrors } from '../../aws/errors.ts';
import { type Context, exitCodes, note } from '../../context.ts';
import { LOG_HISTORY_SECONDS, LOG_POLL_MILLISECONDS } from '../../limits.ts';
import { planOf } from '../../plan/plan-of.ts';
import type { Project } from '../../project.ts';
import { loadStack } from '../../stack.ts';
import type { LogsRequest } from '../options.ts';
import { LogPrinter } from '../printer.ts';
import { unknownComponent } from '../unknown-component.ts';

/** `logs` on aws: what the containers of the stack's tasks wrote to CloudWatch, in time order. */
export async function awsLogs(
  context: Context,
  project: Project,
  request: LogsRequest,
): Promise<number> {
  const { plan } = await planOf(project, request.stack, loadStack(context, project, request.stack));
  if (plan.target !== 'aws') throw new Error('the plan is not for aws');
  const { aws } = plan;
  const sources = chooseSources(aws, request.component);
  const config = await stackAwsConfig(context, project, request.stack);
  const reader = await LogReader.open({ region: aws.region, config }, aws.logs.name);
  const printer = new LogPrinter(
    context,
    sources.map(({ container }) => `${container} ${'0'.repeat(8)}`),
  );
  const since = request.sinceSeconds ?? Math.floor(Date.now() / 1000) - LOG_HISTORY_SECONDS;
  if (request.sinceSeconds === undefined) {
    note(
      context,
      context.color.stderr.dim('showing the last hour; use --since to read further back'),
    );
  }
  let stopped = false;
  let wake = () => {};
  const release = context.onInterrupt(() => {
    stopped = true;
    wake();
  });
  try {
    const show = async (from: number, tail?: number) => {
      for (const { container, task, text } of await withAwsErrors(() =>
        reader.read(sources, { fromMilliseconds: from, ...(tail === undefined ? {} : { tail }) }),
      )) {
        printer.print(`${container} ${task.slice(0, 8)}`, text);
      }
    };
    await show(since * 1000, request.tail);
    while (request.follow && !stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOG_POLL_MILLISECONDS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!stopped) await show(since * 1000);
    }
  } finally {
    release();
    reader.close();
  }
  return exitCodes.ok;
}

/** The containers whose log is requested. @throws UserError for an unknown component */
export function chooseSources(aws: AwsResources, component: string | undefined): LogSource[] {
  const all: LogSource[] = [aws.task, aws.prepare, ...(aws.retire ? [aws.retire] : [])]
    .flatMap(({ containers }) => containers)
    .map(({ name, logPrefix }) => ({ container: name, prefix: logPrefix }));
  if (component === undefined) return all;
  const chosen = all.filter(
    ({ container }) => container === component || container === `prepare-${component}`,
  );
  if (chosen.length > 0) return chosen;
  const elsewhere = ELSEWHERE[component]?.(aws);
  if (elsewhere) throw new UserError(elsewhere, 'log-elsewhere');
  const known = all.map(({ container }) => container).sort();
  throw unknownComponent(component, known);
}

/** Components whose logs Docker has and AWS keeps somewhere else. */
const ELSEWHERE: Readonly<Record<string, (aws: AwsResources) => string>> = {
  database: ({ database, region }) =>
    `RDS keeps the log of the database; read it with: aws logs tail --region ${region} --log-group-name-prefix /aws/rds/${database?.kind === 'aurora' ? 'cluster' : 'instance'}/${database?.identifier ?? ''}`,
  redis: () => 'ElastiCache keeps no log of Redis; see its metrics in CloudWatch',
  edge: ({ edge }) =>
    edge.accessLogs
      ? 'the load balancer writes its access log to S3 (aws.edge.accessLogs); read it there'
      : 'the load balancer writes no access log; to get one in S3, set aws.edge.accessLogs: true',
};
