import { readMarkers } from '../../aws/read-markers.ts';
import type { Plan } from '../../derive/plan.ts';
import { parseSecretVersions, type SecretVersions } from '../../derive/secret-versions.ts';
import { UserError } from '../../errors.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { stackAccount } from '../aws/account.ts';
import { withAwsErrors } from '../aws/errors.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project.ts';
import { creationDates, servingReplicas, stateResources } from '../secrets/facts.ts';
import { type SecretStatus, secretStatuses } from '../secrets/status.ts';
import type { ProbeTarget } from './prober.ts';
import type { RotateOptions } from './steps.ts';

/** What is known before a rotation. */
export interface RotationFacts {
  readonly statuses: readonly SecretStatus[];
  /** Of each replica; on aws also of the release after which old credentials were retired last. */
  readonly serving: readonly SecretVersions[];
  /** Why the running versions are not known. */
  readonly unknown?: string;
}

interface Question {
  readonly stackFile: StackFile;
  readonly plan: Plan;
  readonly requested: readonly string[] | 'all' | 'due';
  readonly options: RotateOptions;
}

/** Asks as little as the question needs: the state only for an age that is in no file. */
export async function gatherFacts(
  context: Context,
  project: Project,
  { stackFile, plan, requested, options }: Question,
): Promise<RotationFacts> {
  const undated = Object.values(stackFile.secrets).some(
    ({ from, since, maxAge }) =>
      from === 'generated' && since === undefined && maxAge !== undefined,
  );
  const created =
    requested === 'due' && undated
      ? creationDates(await stateResources(context, project, options.stack))
      : undefined;
  const facts = { env: context.env, ...(created ? { created } : {}) };
  const statuses = secretStatuses(stackFile, plan, facts, Date.now());
  try {
    const replicas = await servingReplicas(context, project, plan);
    const ended = replicas.length > 0 ? await endedRotations(context, project, plan) : [];
    return { statuses, serving: [...replicas.map(({ versions }) => versions), ...ended] };
  } catch (error) {
    // Whether something is due, and what would be edited, can be said without the engine too.
    if (!(error instanceof UserError) || !(options.dryRun || requested === 'due')) throw error;
    return { statuses, serving: [], unknown: error.message };
  }
}

/** On aws: versions whose predecessors are out of service; one that lags behind is a rotation to finish. */
async function endedRotations(
  context: Context,
  project: Project,
  plan: Plan,
): Promise<SecretVersions[]> {
  if (plan.target !== 'aws') return [];
  const account = await stackAccount(context, project, plan);
  const { retired } = await withAwsErrors(
    () => readMarkers(account, plan),
    'which credentials were retired',
  );
  return retired === undefined ? [] : [parseSecretVersions(retired)];
}

/** Where this machine reaches what it publishes on an address. */
function reachable(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}

/** Where the edge answers: its published port as this machine reaches it, or on aws its public name. */
export function probeTarget(context: Context, plan: Plan): ProbeTarget {
  const { edge, backend, target } = plan;
  const url = new URL(edge.url);
  const engine = context.env['DOCKER_HOST'];
  const remote = engine && !engine.startsWith('unix:') ? new URL(engine).hostname : undefined;
  return {
    address: plan.target === 'aws' ? url.hostname : remote || reachable(plan.proxy.bind),
    port: edge.port,
    tls: url.protocol === 'https:',
    host: url.hostname,
    path: backend.health.path,
    name: target === 'aws' ? edge.publicUrl : 'the edge',
  };
}
