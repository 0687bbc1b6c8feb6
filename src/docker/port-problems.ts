import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DockerPlan } from '../derive/plan.ts';
import type { Problem } from '../errors.ts';
import { containerName, hasLabels } from './labels.ts';
import { portHolder } from './ports.ts';

interface WantedPort {
  /** In the stack file. */
  readonly path: NonNullable<Problem['path']>;
  readonly bind: string;
  readonly port: number;
}

/** How long a container of the stack may take to start, and how often it is looked for, in milliseconds. */
const START = { wait: 5_000, lookEvery: 100 };

/**
 * Ports of this machine that a plan publishes and that something else uses, with what it is. A port
 * that the stack's own containers use is not taken.
 * @param engine undefined if it is not running yet
 */
export async function portProblems(
  plan: DockerPlan,
  engine: Docker | undefined,
): Promise<Problem[]> {
  const deadline = Date.now() + START.wait;
  for (;;) {
    const containers = (await engine?.listContainers({ all: true })) ?? [];
    const problems = await takenPorts(plan, containers);
    // The engine binds the ports of a container that starts, as after a run that was killed, before it
    // says so: they seem to be another program's.
    const starting = containers.some(
      ({ State, Labels }) => State === 'created' && hasLabels(Labels, plan.labels),
    );
    if (problems.length === 0 || !starting || Date.now() > deadline) return problems;
    await delay(START.lookEvery);
  }
}

async function takenPorts(
  plan: DockerPlan,
  containers: readonly Docker.ContainerInfo[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const wanted of wantedPorts(plan)) {
    const { path, bind, port } = wanted;
    const container = containers.find((each) => publishes(each, wanted));
    if (container && hasLabels(container.Labels, plan.labels)) continue;
    const holder = container ? `container ${containerName(container)}` : await hostHolder(wanted);
    if (holder === undefined) continue;
    const message = `port ${port} on ${bind} is taken by ${holder}; set another port, or stop what holds it`;
    problems.push({ path, message, code: 'port-taken' });
  }
  return problems;
}

function wantedPorts(plan: DockerPlan): WantedPort[] {
  const ports: WantedPort[] = [];
  const { bind, httpPort } = plan.proxy;
  ports.push({ path: ['edge', 'port'], bind, port: plan.edge.port });
  if (httpPort !== undefined) ports.push({ path: ['edge', 'httpPort'], bind, port: httpPort });
  const add = (server: string, port: number | undefined) => {
    if (port !== undefined) {
      ports.push({ path: ['backend', 'expose', server], bind: '127.0.0.1', port });
    }
  };
  if (plan.database.kind === 'postgres') add('database', plan.database.exposePort);
  if (plan.redis?.kind === 'redis') add('redis', plan.redis.exposePort);
  return ports;
}

function publishes(container: Docker.ContainerInfo, wanted: WantedPort): boolean {
  return container.Ports.some(
    ({ PublicPort, IP }) =>
      PublicPort === wanted.port &&
      (IP === wanted.bind || isEveryAddress(IP) || isEveryAddress(wanted.bind)),
  );
}

function isEveryAddress(address: string | undefined): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Only an engine on this machine publishes on this machine's ports. */
async function hostHolder({ bind, port }: WantedPort): Promise<string | undefined> {
  const host = process.env['DOCKER_HOST'];
  if (host !== undefined && host !== '' && !host.startsWith('unix:')) return undefined;
  return portHolder(bind, port);
}
