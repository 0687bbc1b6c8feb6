import type Docker from 'dockerode';
import { stackLabels } from '../../derive/labels.ts';
import type { Plan } from '../../derive/plan.ts';
import {
  type ContainerSummary,
  dockerEngine,
  stackContainers,
  stackVolumes,
} from '../../docker/client.ts';
import { componentOf, isJob, releaseOf } from '../../docker/labels.ts';
import { routedRelease } from '../../docker/replicas.ts';
import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import type { StackOptions } from '../options.ts';
import { planOf } from '../plan/plan.ts';
import { findProject } from '../project.ts';
import { loadStack } from '../stack.ts';
import { plainFrame } from '../table.ts';
import { age, bytes, cpu } from '../units-text.ts';
import { copyRootCommand, EDGE_AUTHORITY, edgeAuthorities } from './docker/edge-authority.ts';
import { askHealth, type HealthAnswer } from './health.ts';

/** One container as `status` shows it. */
export interface ComponentStatus {
  readonly component: string;
  readonly container: string;
  readonly image: string;
  readonly job: boolean;
  /** Docker's word, such as `running` or `exited`; of a job `done` or `failed`. */
  readonly state: string;
  readonly health: string | null;
  /** ISO date of the start, or of a job's end. */
  readonly since: string;
  readonly cpuLimit: number | null;
  readonly memoryLimitBytes: number | null;
  readonly restarts: number;
  readonly ports: readonly string[];
  /**
   * false: a replica of a release that gets no requests, because it failed, is still starting or was
   * replaced; it is no fault of the stack, and the next `up` takes it away.
   */
  readonly serving: boolean;
  readonly ok: boolean;
}

/** `status`: exit code 1 when something that should run does not, or the stack does not answer. */
export async function status(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const { plan } = await planOf(project, options.stack, stack);
  if (plan.target === 'aws') {
    const { awsStatus } = await import('./aws/status.ts');
    return awsStatus(context, project, plan, options);
  }
  const docker = await dockerEngine(context.env);
  const containers = await stackContainers(docker, project.name, options.stack);
  const routed = await routedRelease(docker, stackLabels(project.name, options.stack));
  const components = (
    await Promise.all(containers.map((one) => inspect(docker, one, routed)))
  ).sort(byComponent);
  const missing = missingComponents(plan, components);
  const url = `${plan.edge.url}${plan.backend.health.path}`;
  const edge = components.find(({ component }) => component === 'edge')?.container;
  const answer = edge
    ? await askHealth(url, await edgeAuthorities(docker, plan.proxy, edge))
    : undefined;
  const up = components.length > 0;
  const ok = up && missing.length === 0 && components.every((one) => one.ok) && answer?.ok === true;
  const volumes = up ? [] : await stackVolumes(docker, project.name, options.stack);
  if (options.json) {
    printJson(context, {
      stack: options.stack,
      up,
      ok,
      url: plan.edge.url,
      publicUrl: plan.edge.publicUrl,
      health: answer ?? null,
      components,
      missing,
    });
  } else if (!up) {
    note(context, notUpText(options.stack, volumes));
  } else {
    await printStatus(context, { plan, components, missing, answer, stack: options.stack });
  }
  return ok ? exitCodes.ok : exitCodes.userError;
}

function notUpText(stack: string, volumes: readonly string[]): string {
  const data = volumes.length > 0 ? `; its data is kept in ${volumes.join(', ')}` : '';
  return `${stack} is not up${data}; run: medusa-infra up -s ${stack}`;
}

async function inspect(
  docker: Docker,
  container: ContainerSummary,
  routed: string | undefined,
): Promise<ComponentStatus> {
  const info = await docker.getContainer(container.Id).inspect();
  const { State: state, HostConfig: host } = info;
  const job = isJob(container);
  const health = state.Health?.Status ?? null;
  const running = state.Running && !state.Restarting;
  const serving = isServing(container, routed);
  const works = job
    ? running || state.ExitCode === 0
    : running && (health ?? 'healthy') === 'healthy';
  return {
    component: componentOf(container),
    container: info.Name.slice(1),
    image: info.Config.Image,
    job,
    state: job && !running ? (state.ExitCode === 0 ? 'done' : 'failed') : state.Status,
    health: health === 'none' ? null : health,
    since: running ? state.StartedAt : state.FinishedAt,
    cpuLimit: cpuLimit(host),
    memoryLimitBytes: host.Memory || null,
    restarts: info.RestartCount,
    ports: portsOf(container),
    serving,
    ok: works || !serving,
  };
}

/** @param routed the release that the edge sends requests to; all get some where it has not been told */
export function isServing(
  container: Pick<ContainerSummary, 'Labels'>,
  routed: string | undefined,
): boolean {
  return (
    componentOf(container) !== 'backend' || routed === undefined || releaseOf(container) === routed
  );
}

function cpuLimit(host: Docker.HostConfig): number | null {
  if (host.NanoCpus) return host.NanoCpus / 1e9;
  return host.CpuQuota && host.CpuPeriod ? host.CpuQuota / host.CpuPeriod : null;
}

function portsOf(container: ContainerSummary): string[] {
  const published = container.Ports.filter((port) => port.PublicPort !== undefined);
  return [...new Set(published.map((port) => `${port.IP}:${port.PublicPort}`))].sort();
}

/** What a request meets first comes first; jobs come last. */
const order = ['edge', 'backend', 'database', 'redis'];

function byComponent(a: ComponentStatus, b: ComponentStatus): number {
  const place = ({ component }: ComponentStatus) => {
    const index = order.indexOf(component);
    return index < 0 ? order.length : index;
  };
  return (
    place(a) - place(b) || (a.component < b.component ? -1 : a.component > b.component ? 1 : 0)
  );
}

function missingComponents(plan: Plan, components: readonly ComponentStatus[]): string[] {
  const running = (name: string) =>
    components.filter(({ component, serving }) => component === name && serving).length;
  const wanted: (readonly [name: string, count: number])[] = [
    ['edge', 1],
    ['backend', plan.backend.replicas],
    ['database', plan.database.kind === 'postgres' ? 1 : 0],
    ['redis', plan.redis?.kind === 'redis' ? 1 : 0],
  ];
  return wanted.flatMap(([name, count]) =>
    Array.from({ length: Math.max(0, count - running(name)) }, () => name),
  );
}

interface Shown {
  readonly plan: Plan;
  readonly stack: string;
  readonly components: readonly ComponentStatus[];
  readonly missing: readonly string[];
  readonly answer: HealthAnswer | undefined;
}

async function printStatus(context: Context, shown: Shown): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const { green, red, yellow, bold, dim } = context.color.stdout;
  const table = new Table({
    head: ['component', 'state', 'health', 'since', 'limits', 'ports', 'container', 'image'],
    style: { head: [], border: [], compact: true },
    chars: plainFrame,
  });
  for (const one of shown.components) {
    const paint = one.serving ? (one.ok ? green : one.health === 'starting' ? yellow : red) : dim;
    const state = one.restarts > 0 ? `${one.state} (${one.restarts} restarts)` : one.state;
    const limits = [
      ...(one.cpuLimit ? [cpu(one.cpuLimit * 1000)] : []),
      ...(one.memoryLimitBytes ? [bytes(one.memoryLimitBytes)] : []),
    ];
    table.push([
      bold(one.component),
      paint(one.serving ? state : `${state}, not serving`),
      one.health ?? '',
      age(Date.now() - new Date(one.since).getTime()),
      limits.join(', '),
      one.ports.join(', '),
      one.container,
      one.image.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1'),
    ]);
  }
  print(context, table.toString());
  for (const name of shown.missing) print(context, red(`${name}: a container is missing`));
  const { answer } = shown;
  const { url: here, publicUrl } = shown.plan.edge;
  const others = publicUrl === here ? '' : ` (for others ${publicUrl}, where TLS ends in front)`;
  print(context, `url     ${here}${others}`);
  if (answer) print(context, `health  ${(answer.ok ? green : red)(answer.text)}`);
  const edge = shown.components.find(({ component }) => component === 'edge');
  if (edge && answer?.trust === EDGE_AUTHORITY) {
    note(context, `to trust the edge: ${copyRootCommand(edge.container, 'edge-root.crt')}`);
  }
  if (shown.missing.length > 0 || shown.components.some((one) => !one.ok)) {
    note(context, `to bring back what is missing: medusa-infra up -s ${shown.stack}`);
  }
}
