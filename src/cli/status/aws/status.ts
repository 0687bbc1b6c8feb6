import { readStackStatus, type StackStatus } from '../../../aws/stack-status.ts';
import type { AwsPlan } from '../../../derive/plan.ts';
import type { StackFile } from '../../../stack/stack-file.ts';
import { stackAwsConfig } from '../../aws/account.ts';
import { withAwsErrors } from '../../aws/errors.ts';
import { type Context, exitCodes, note, print, printJson } from '../../context.ts';
import { dueAdvice, stackImageAges } from '../../images/facts.ts';
import { type StackOptions, stackFlagText } from '../../options.ts';
import type { Project } from '../../project.ts';
import { plainFrame } from '../../table.ts';
import { age } from '../../units-text.ts';
import { askHealth, type HealthAnswer } from '../health.ts';

/** `status` on aws: exit code 1 when something is not as it should be, or the stack does not answer. */
export async function awsStatus(
  context: Context,
  project: Project,
  plan: AwsPlan,
  stack: StackFile,
  options: StackOptions,
): Promise<number> {
  const { aws } = plan;
  const config = await stackAwsConfig(context, project, options.stack);
  const found = await withAwsErrors(() => readStackStatus({ region: aws.region, config }, aws));
  const up = found.service !== null;
  const answer = up ? await askHealth(`${plan.edge.url}${plan.backend.health.path}`) : undefined;
  const problems = problemsOf(found, plan);
  // When they were built only an engine knows, and none is needed here.
  const images = await stackImageAges(stack, project.stacksDir, options.stack, undefined);
  const ok = up && problems.length === 0 && answer?.ok === true;
  if (options.json) {
    const { url, publicUrl } = plan.edge;
    const health = answer ?? null;
    printJson(context, {
      stack: options.stack,
      up,
      ok,
      url,
      publicUrl,
      health,
      ...found,
      problems,
      images,
    });
  } else if (!up) {
    note(context, `${options.stack} is not up; run: medusa-infra up -s ${options.stack}`);
  } else {
    await printStatus(context, plan, found, { answer, problems });
    const advice = dueAdvice(images, stackFlagText(options.stack));
    if (advice) note(context, context.color.stderr.yellow(advice));
  }
  return ok ? exitCodes.ok : exitCodes.userError;
}

/** What is not as it should be, each with what to do. */
export function problemsOf(found: StackStatus, plan: AwsPlan): string[] {
  const { service, targets, database, redis, certificate } = found;
  if (!service) return [];
  const s = `-s ${plan.stack}`;
  const healthy = targets.filter(({ state }) => state === 'healthy').length;
  return [
    ...(service.ok
      ? []
      : [
          `${service.running} of ${service.desired} tasks run; see: medusa-infra logs backend ${s}`,
        ]),
    ...(service.rollout === 'FAILED'
      ? [`the last release failed; fix it and run: medusa-infra up ${s}`]
      : []),
    ...(healthy >= Math.min(service.desired, 1)
      ? []
      : ['the load balancer has no healthy target; requests are answered with 503']),
    ...missing('database', plan.aws.database !== undefined, database, s),
    ...missing('redis', plan.aws.redis !== undefined, redis, s),
    ...(certificate && !certificate.ok
      ? [
          `the certificate is ${certificate.state}; its validation record must be in the zone of ${certificate.name}`,
        ]
      : []),
  ];
}

function missing(
  name: string,
  wanted: boolean,
  part: StackStatus['database'],
  s: string,
): string[] {
  if (!wanted || part?.ok) return [];
  return [part ? `${name} is ${part.state}` : `${name} is missing; run: medusa-infra up ${s}`];
}

interface Shown {
  readonly answer: HealthAnswer | undefined;
  readonly problems: readonly string[];
}

async function printStatus(
  context: Context,
  { edge }: AwsPlan,
  found: StackStatus,
  { answer, problems }: Shown,
): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const { bold, green, red } = context.color.stdout;
  const table = new Table({
    head: ['component', 'state', 'since', 'name', 'about'],
    style: { head: [], border: [], compact: true },
    chars: plainFrame,
  });
  const row = (component: string, ok: boolean, state: string, rest: readonly string[]) =>
    table.push([bold(component), (ok ? green : red)(state), ...rest]);
  const { service, tasks, targets } = found;
  if (service) {
    const { running, desired, pending } = service;
    const state = `${running} of ${desired} run${pending > 0 ? `, ${pending} start` : ''}`;
    const rollout = service.rollout ? `, release ${service.rollout}` : '';
    row('service', service.ok, state, ['', service.name, `${service.revision}${rollout}`]);
  }
  for (const task of tasks) {
    const state = task.health ? `${task.state}, ${task.health}` : task.state;
    const since = task.since ? age(Date.now() - new Date(task.since).getTime()) : '';
    row('task', task.state === 'RUNNING' && task.health !== 'UNHEALTHY', state, [
      since,
      task.id,
      task.revision,
    ]);
  }
  for (const { address, state, reason } of targets) {
    row('target', state === 'healthy', state, ['', address, reason ?? '']);
  }
  for (const [component, part] of [
    ['database', found.database],
    ['redis', found.redis],
    ['certificate', found.certificate],
  ] as const) {
    if (part) row(component, part.ok, part.state, ['', part.name, part.about]);
  }
  print(context, table.toString());
  print(context, `url     ${edge.publicUrl}`);
  if (answer) print(context, `health  ${(answer.ok ? green : red)(answer.text)}`);
  for (const problem of problems) print(context, red(problem));
}
