import type { Plan } from '../derive/plan.ts';
import type { SecretVersions } from '../derive/secret-versions.ts';
import { UserError } from '../errors.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { Context } from './context.ts';
import { componentOf, dockerEngine, stackContainers } from './docker.ts';
import type { RotateOptions } from './options.ts';
import type { ProbeTarget } from './prober.ts';
import type { Project } from './project.ts';
import type { ProofContext } from './proof.ts';
import { creationDates, servingReplicas, stateResources } from './secret-facts.ts';
import { type SecretStatus, secretStatuses } from './secret-status.ts';

/** What is known before a rotation. */
export interface Finding {
  readonly statuses: readonly SecretStatus[];
  readonly serving: readonly SecretVersions[];
  /** Why it is not known what serves. */
  readonly unknown?: string;
}

interface Question {
  readonly stackFile: StackFile;
  readonly plan: Plan;
  readonly requested: readonly string[] | 'all' | 'due';
  readonly options: RotateOptions;
}

/** Asks as little as the question needs: the state only for an age that no file tells. */
export async function lookAround(
  context: Context,
  project: Project,
  { stackFile, plan, requested, options }: Question,
): Promise<Finding> {
  const undated = Object.values(stackFile.secrets).some(
    ({ from, since, maxAgeSeconds }) =>
      from === 'generated' && since === undefined && maxAgeSeconds !== undefined,
  );
  const created =
    requested === 'due' && undated
      ? creationDates(await stateResources(context, project, options.stack))
      : undefined;
  const facts = { env: context.env, ...(created ? { created } : {}) };
  const statuses = secretStatuses(stackFile, plan, facts, Date.now());
  try {
    const replicas = await servingReplicas(context, project, options.stack);
    return { statuses, serving: replicas.map(({ versions }) => versions) };
  } catch (error) {
    // Whether something is due, and what would be edited, can be said without the engine too.
    if (!(error instanceof UserError) || !(options.dryRun || requested === 'due')) throw error;
    return { statuses, serving: [], unknown: error.message };
  }
}

/** Where the edge's port is published, as this machine reaches it. */
export function probeTarget(context: Context, { edge, backend }: Plan): ProbeTarget {
  const url = new URL(edge.url);
  const engine = context.env['DOCKER_HOST'];
  const remote = engine && !engine.startsWith('unix:') ? new URL(engine).hostname : undefined;
  return {
    address: remote || '127.0.0.1',
    port: edge.port,
    tls: url.protocol === 'https:',
    host: url.hostname,
    path: backend.health.path,
  };
}

interface AfterUp {
  readonly stack: StackFile;
  readonly plan: Plan;
  /** The stack's secret output of that name. */
  readonly environment: unknown;
  readonly values: ReadonlyMap<string, string>;
}

/** What the proofs work with, as it is after the `up`. */
export async function proofContext(
  context: Context,
  project: Project,
  after: AfterUp,
): Promise<ProofContext> {
  const docker = await dockerEngine(context);
  const name = after.plan.stack;
  const running = (await stackContainers(docker, project.name, name)).filter(
    ({ State }) => State === 'running',
  );
  return {
    docker,
    stack: after.stack,
    plan: after.plan,
    replicas: await servingReplicas(context, project, name),
    containers: Object.fromEntries(running.map((one) => [componentOf(one), one.Id])),
    environment: Object.fromEntries(
      Object.entries((after.environment ?? {}) as object).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
    values: after.values,
  };
}
