import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { releaseOf, routedRelease } from '../../infra/engine/replicas.ts';
import { type Context, note } from './context.ts';
import {
  type ContainerSummary,
  dockerEngine,
  stackContainers,
  stackLabels,
  stackNetworks,
} from './docker.ts';
import type { Engine } from './engine.ts';
import { nameOf } from './events.ts';
import { freeStaleLock } from './free.ts';
import { backendFolder } from './state.ts';

/** A resource in a stack's state, as far as the command reads it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly retainOnDelete?: boolean;
  /** ISO date and time of its making. */
  readonly created?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface PendingOperation {
  readonly type: string;
  readonly resource: StateResource;
}

interface State {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** The state of a stack, with its secrets decrypted: for this process alone. */
export async function stateOf(stack: Stack): Promise<State> {
  return ((await stack.exportStack()).deployment ?? {}) as State;
}

/**
 * A run that was killed leaves its lock, and operations of which nobody knows whether they came to an end.
 * What was being changed or removed is in the state, and the refresh before each update reads how it
 * really is; what was being created is not, so a container or a network may be there that Pulumi does not
 * know. Frees the lock of a run that is gone, removes these (found by their labels; they hold no data,
 * and a volume is simply found again) and forgets the operations. Throws UserError while another run is at work.
 * @param next before an `up`, a replica that gets requests stays until that run's replicas have taken
 * them over, and stops it
 */
export async function recoverKilledRun(
  context: Context,
  engine: Engine,
  stack: Stack,
  next: 'up' | 'destroy',
): Promise<void> {
  // Whether another run is at work can only be seen with the state on this disk; with any other backend
  // Pulumi warns about what is pending, and goes on.
  if (!backendFolder(engine.state.backend, context.env)) return;
  await freeStaleLock(context, engine, stack);
  const exported = await stack.exportStack();
  const state = (exported.deployment ?? {}) as State;
  const pending = state.pending_operations ?? [];
  if (pending.length === 0) return;
  const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
  note(context, `an earlier run was killed while ${names.join(', ')}; tidying up`);
  const known = new Set((state.resources ?? []).map((resource) => resource.id));
  const docker = await dockerEngine(context);
  const routed =
    next === 'up'
      ? await routedRelease(docker, stackLabels(engine.project.name, stack.name))
      : undefined;
  for (const container of await stackContainers(docker, engine.project.name, stack.name)) {
    if (known.has(container.Id) || serves(container, routed)) continue;
    const name = container.Names[0]?.slice(1) ?? container.Id;
    note(context, `removing container ${name}: that run made it, and no state knows it`);
    await docker.getContainer(container.Id).remove({ force: true, v: true });
  }
  for (const network of await stackNetworks(docker, engine.project.name, stack.name)) {
    if (known.has(network.Id)) continue;
    note(context, `removing network ${network.Name}: that run made it, and no state knows it`);
    await docker.getNetwork(network.Id).remove();
  }
  await stack.importStack({ ...exported, deployment: { ...state, pending_operations: [] } });
}

function serves(container: ContainerSummary, routed: string | undefined): boolean {
  return routed !== undefined && releaseOf(container) === routed && container.State === 'running';
}
