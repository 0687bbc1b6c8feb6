import { LogReader, type LogSource } from '../../../aws/log-reader.ts';
import type { AwsResources } from '../../../derive/plan.ts';
import { UserError } from '../../../errors.ts';
import { nearest } from '../../../stack/suggest.ts';
import { stackAwsConfig } from '../../aws/account.ts';
import { answeredByAws } from '../../aws/errors.ts';
import { type Context, exitCodes, note } from '../../context.ts';
import type { LogsOptions } from '../../options.ts';
import { planOf } from '../../plan/plan.ts';
import type { Project } from '../../project.ts';
import { loadStack } from '../../stack.ts';
import { LogPrinter } from '../printer.ts';

/** Without --since: CloudWatch keeps months, and reads them page by page. */
const DEFAULT_SECONDS = 3600;
const POLL_MILLISECONDS = 2000;

/** `logs` on aws: what the containers of the stack's tasks wrote to CloudWatch, in time order. */
export async function awsLogs(
  context: Context,
  project: Project,
  component: string | undefined,
  options: LogsOptions & { readonly sinceSeconds: number | undefined },
): Promise<number> {
  const { plan } = await planOf(project, options.stack, loadStack(context, project, options.stack));
  if (plan.target !== 'aws') throw new Error('the plan is not for aws');
  const { aws } = plan;
  const sources = chooseSources(aws, component);
  const config = await stackAwsConfig(context, project, options.stack);
  const reader = await LogReader.open({ region: aws.region, config }, aws.logs.name);
  const printer = new LogPrinter(
    context,
    sources.map(({ container }) => `${container} ${'0'.repeat(8)}`),
  );
  const since = options.sinceSeconds ?? Math.floor(Date.now() / 1000) - DEFAULT_SECONDS;
  if (options.sinceSeconds === undefined) {
    note(context, context.color.stderr.dim('the last hour; --since reads further back'));
  }
  let stopped = false;
  let wake = () => {};
  const release = context.onInterrupt(() => {
    stopped = true;
    wake();
  });
  try {
    const show = async (from: number, tail?: number) => {
      for (const { container, task, text } of await answeredByAws(() =>
        reader.read(sources, { fromMilliseconds: from, ...(tail === undefined ? {} : { tail }) }),
      )) {
        printer.print(`${container} ${task.slice(0, 8)}`, text);
      }
    };
    await show(since * 1000, options.tail);
    while (options.follow && !stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MILLISECONDS);
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

/** The containers whose log is asked for. @throws UserError where there is no such one */
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
  if (elsewhere) throw new UserError(elsewhere);
  const known = all.map(({ container }) => container).sort();
  const near = nearest(component, known);
  throw new UserError(
    `there is no component "${component}"; ${near ? `did you mean "${near}"?` : `there are: ${known.join(', ')}`}`,
  );
}

/** Components of Docker whose logs AWS keeps somewhere else. */
const ELSEWHERE: Readonly<Record<string, (aws: AwsResources) => string>> = {
  database: ({ database, region }) =>
    `the database's log is RDS's own; read it with: aws logs tail --region ${region} --log-group-name-prefix /aws/rds/${database?.kind === 'aurora' ? 'cluster' : 'instance'}/${database?.identifier ?? ''}`,
  redis: () => 'ElastiCache keeps no log of Redis; look at its metrics in CloudWatch',
  edge: ({ edge }) =>
    edge.accessLogs
      ? 'the load balancer writes its log to S3 (aws.edge.accessLogs); read it there'
      : 'the load balancer writes no log; set aws.edge.accessLogs: true, and it writes one to S3',
};
