import type { Stack } from '@pulumi/pulumi/automation/index.js';
import type Docker from 'dockerode';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, note } from '../context.ts';
import { dockerEngine, stackContainers, stackNetworks } from '../docker.ts';
import type { Engine } from './engine.ts';
import { nameOf } from './events.ts';
import { freeStaleLock } from './free.ts';
import { recoverOnAws } from './recover-aws.ts';
import { removeDropped, restoreServing, servingReplicas } from './restore-serving.ts';
import { exportSealed, importSealed } from './sealed-state.ts';
import type { State, StateResource } from './stack-state.ts';
import { backendFolder } from './state.ts';

export interface RecoverOptions {
  readonly next: 'up' | 'destroy';
  readonly target: StackFile['target'];
  /** What the next run brings up. */
  readonly stackFile?: StackFile;
}

/**
 * A run that was killed leaves its lock, and operations of which nobody knows whether they came to an end.
 * What was being changed or removed is in the state, and the refresh before each update reads how it
 * really is; what was being created is not, so a container or a network may be there that Pulumi does not
 * know. Frees the lock of a run that is gone, removes these (found by their labels; they hold no data,
 * and a volume is simply found again) and forgets the operations. Throws UserError while another run is at work.
 *
 * Before an `up`, what gets requests is kept: a replica that no state knows stays until that run's have
 * taken over from it, and stops it; and where the last release did not take over, the state goes back to
 * the one that serves.
 */
export async function recoverKilledRun(
  context: Context,
  engine: Engine,
  stack: Stack,
  { next, target, stackFile }: RecoverOptions,
): Promise<void> {
  // Whether another run is at work can only be seen with the state on this disk; with any other backend
  // Pulumi warns about what is pending, and goes on.
  if (!backendFolder(engine.state.backend, context.env)) return;
  await freeStaleLock(context, engine, stack);
  if (target === 'aws') return recoverOnAws(context, engine, stack, stackFile);
  const exported = await exportSealed<State | undefined>(stack);
  const state = exported.deployment ?? {};
  const resources = state.resources ?? [];
  const pending = state.pending_operations ?? [];
  const replaced = resources.some((resource) => resource.delete);
  if (pending.length === 0 && !replaced) return;
  const docker = await dockerEngine(context);
  const { name: project } = engine.project;
  const serving =
    next === 'up' ? await servingReplicas(docker, project, stack.name) : new Set<string>();
  if (pending.length > 0) {
    const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
    note(context, `an earlier run was killed while ${names.join(', ')}; tidying up`);
    await removeUnknown(context, docker, { project, stack: stack.name, resources, serving });
  }
  const tidied = { ...exported, deployment: { ...state, pending_operations: [] } };
  const restored = restoreServing(resources, serving);
  if (restored) {
    const deployment = { ...tidied.deployment, resources: restored.resources };
    const refused = await importSealed(stack, { ...tidied, deployment }).then(
      () => undefined,
      (error: Error) => error,
    );
    if (refused === undefined) {
      note(context, 'the last release did not take over; going on from the one that serves');
      return removeDropped(docker, restored.dropped);
    }
    // The state stays as it was, and the run does without: it releases anew what serves already.
    note(context, `the state keeps the release that did not take over: ${refused.message}`);
  }
  if (pending.length > 0) await importSealed(stack, tidied);
}

interface Known {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly StateResource[];
  readonly serving: ReadonlySet<string>;
}

async function removeUnknown(
  context: Context,
  docker: Docker,
  { project, stack, resources, serving }: Known,
): Promise<void> {
  const known = new Set(resources.map((resource) => resource.id));
  for (const container of await stackContainers(docker, project, stack)) {
    if (known.has(container.Id) || serving.has(container.Id)) continue;
    const name = container.Names[0]?.slice(1) ?? container.Id;
    note(context, `removing container ${name}: that run made it, and no state knows it`);
    await docker.getContainer(container.Id).remove({ force: true, v: true });
  }
  for (const network of await stackNetworks(docker, project, stack)) {
    if (known.has(network.Id)) continue;
    note(context, `removing network ${network.Name}: that run made it, and no state knows it`);
    await docker.getNetwork(network.Id).remove();
  }
}
