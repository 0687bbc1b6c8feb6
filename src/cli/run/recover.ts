import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { dockerEngine } from '../../docker/client.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, note } from '../context.ts';
import { recoverOnAws } from './aws/recover.ts';
import { removeDropped, restoreServing, servingReplicas } from './docker/restore-serving.ts';
import { namesOf, removeObjects, stackObjects, unknownObjects } from './docker/unknown-objects.ts';
import { nameOf } from './events.ts';
import { freeStaleLock } from './free.ts';
import { exportSealed, importSealed } from './sealed-state.ts';
import type { State } from './stack-state.ts';
import { backendFolder } from './state.ts';
import type { Engine } from './workspace.ts';

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
 * know. The same is left by an operation that failed while the engine went on with it (the provider was
 * killed, the connection was lost), and nothing in the state says so. Frees the lock of a run that is gone,
 * removes such objects (found by their labels; they hold no data, and a volume is simply found again) and
 * forgets the operations. Throws UserError while another run is at work.
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
  if (target === 'aws') {
    await freeStaleLock(context, engine, stack);
    return recoverOnAws(context, engine, stack, stackFile);
  }
  const docker = await dockerEngine(context.env);
  const { name: project } = engine.project;
  // In this order: what a run has made until now is in the state that is read once no run is at work.
  const objects = await stackObjects(docker, project, stack.name);
  await freeStaleLock(context, engine, stack);
  const exported = await exportSealed<State | undefined>(stack);
  const state = exported.deployment ?? {};
  const resources = state.resources ?? [];
  const pending = state.pending_operations ?? [];
  const replaced = resources.some((resource) => resource.delete);
  const unknown = unknownObjects(objects, resources);
  if (pending.length === 0 && !replaced && namesOf(unknown) === '') return;
  const serving =
    next === 'up' ? await servingReplicas(docker, project, stack.name) : new Set<string>();
  if (pending.length > 0) {
    const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
    note(context, `an earlier run was killed while ${names.join(', ')}; tidying up`);
  }
  const containers = unknown.containers.filter(({ Id }) => !serving.has(Id));
  const garbage = { ...unknown, containers };
  if (namesOf(garbage) !== '') {
    note(context, `removing ${namesOf(garbage)}: left by an earlier run, and in no state`);
    await removeObjects(docker, garbage);
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
