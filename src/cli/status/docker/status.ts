import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { stackLabels } from '../../../derive/labels.ts';
import type { DockerPlan } from '../../../derive/plan.ts';
import {
  type ContainerSummary,
  dockerEngine,
  stackContainers,
  stackNetworks,
  stackVolumes,
} from '../../../docker/client.ts';
import { componentOf, isJob } from '../../../docker/labels.ts';
import { probe } from '../../../docker/probe.ts';
import { isServing, routedRelease } from '../../../docker/replicas.ts';
import type { StackFile } from '../../../stack/stack-file.ts';
import { type Context, exitCodes, note, printJson } from '../../context.ts';
import { stackImageAges } from '../../images/facts.ts';
import type { StackOptions } from '../../options.ts';
import type { Project } from '../../project.ts';
import { askHealth } from '../health.ts';
import { edgeAuthorities } from './edge-authority.ts';
import { type ComponentStatus, printStatus } from './text.ts';

/** How long a container that has just started is asked whether it is healthy. */
const PROBE_MILLISECONDS = 2_000;

/** `status` on docker. */
export async function dockerStatus(
  context: Context,
  project: Project,
  plan: DockerPlan,
  stack: StackFile,
  options: StackOptions,
): Promise<number> {
  const docker = await dockerEngine(context.env);
  const [containers, networks, routed] = await Promise.all([
    stackContainers(docker, project.name, options.stack),
    stackNetworks(docker, project.name, options.stack),
    routedRelease(docker, stackLabels(project.name, options.stack)),
  ]);
  const needed = neededNetworks(
    plan,
    networks.map(({ Name }) => Name),
  );
  const components = (
    await Promise.all(containers.map((one) => inspect(docker, one, needed, routed)))
  ).sort(byComponent);
  const missing = missingComponents(plan, components);
  const url = `${plan.edge.url}${plan.backend.health.path}`;
  const edge = components.find(({ component }) => component === 'edge')?.container;
  const answer = edge
    ? await askHealth(url, await edgeAuthorities(docker, plan.proxy, edge))
    : undefined;
  const up = components.length > 0;
  const ok = up && missing.length === 0 && components.every((one) => one.ok) && answer?.ok === true;
  const images = await stackImageAges(stack, project.stacksDir, options.stack, docker);
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
      images,
    });
  } else if (!up) {
    note(context, notUpText(options.stack, volumes));
  } else {
    await printStatus(context, {
      plan,
      components,
      missing,
      answer,
      images,
      stack: options.stack,
    });
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
  needed: Readonly<Record<string, readonly string[]>>,
  routed: string | undefined,
): Promise<ComponentStatus> {
  const info = await docker.getContainer(container.Id).inspect();
  const { State: state, HostConfig: host } = info;
  const job = isJob(container);
  const running = state.Running && !state.Restarting;
  const health = await healthOf(docker.getContainer(container.Id), info);
  const serving = isServing(container, routed);
  // Somebody disconnected it: its own health check does not see that.
  const component = componentOf(container);
  const joined = info.NetworkSettings.Networks;
  const lost =
    running && !job ? lostNetwork(needed[component] ?? [], Object.keys(joined)) : undefined;
  const works = job
    ? running || state.ExitCode === 0
    : running && lost === undefined && (health ?? 'healthy') === 'healthy';
  return {
    component,
    container: info.Name.slice(1),
    image: info.Config.Image,
    job,
    state: stateText(state, job && !running, lost),
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

/** Somebody disconnected it: its own health check does not see that. */
function lostNetwork(needed: readonly string[], joined: readonly string[]): string | undefined {
  const missing = needed.find((name) => !joined.includes(name));
  if (missing !== undefined) return `not in the network ${missing}`;
  return joined.length === 0 ? 'in no network' : undefined;
}

/** The networks without which a component is of no use, of those that the engine has. */
function neededNetworks(
  { network, dataNetwork }: DockerPlan,
  there: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const found = (name: string | undefined) => there.filter((one) => one === name);
  const data = found(dataNetwork?.name);
  const outer = found(network.name);
  return { edge: outer, backend: [...outer, ...data], database: data, redis: data };
}

function stateText(
  { ExitCode, Status }: Docker.ContainerInspectInfo['State'],
  ended: boolean,
  lost: string | undefined,
): string {
  if (ended) return ExitCode === 0 ? 'done' : 'failed';
  return lost === undefined ? Status : `${Status}, ${lost}`;
}

/** What the engine says, unless its first probe is still to come: then that is run now. */
async function healthOf(
  container: Docker.Container,
  info: Docker.ContainerInspectInfo,
): Promise<string | null> {
  const health = info.State.Health?.Status ?? null;
  if (health !== 'starting') return health;
  const { healthy } = await Promise.race([
    probe(container, info),
    delay(PROBE_MILLISECONDS, { healthy: false }, { ref: false }),
  ]);
  return healthy ? 'healthy' : health;
}

function cpuLimit(host: Docker.HostConfig): number | null {
  if (host.NanoCpus) return host.NanoCpus / 1e9;
  return host.CpuQuota && host.CpuPeriod ? host.CpuQuota / host.CpuPeriod : null;
}

function portsOf(container: ContainerSummary): string[] {
  const published = container.Ports.filter((port) => port.PublicPort !== undefined);
  return [...new Set(published.map((port) => `${port.IP}:${port.PublicPort}`))].sort();
}

/** In the order in which a request meets them; jobs come last. */
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

function missingComponents(plan: DockerPlan, components: readonly ComponentStatus[]): string[] {
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
