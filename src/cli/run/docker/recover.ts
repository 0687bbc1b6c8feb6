import type Docker from 'dockerode';
import { dockerEngine } from '../../../docker/client.ts';
import { UserError } from '../../../errors.ts';
import type { StackFile } from '../../../stack/stack-file.ts';
import { type Context, note } from '../../context.ts';
import { nameOf } from '../events.ts';
import { freeStaleLock } from '../free-lock.ts';
import type { PulumiStack } from '../pulumi-stack.ts';
import type { StateSettings } from '../state.ts';
import type { Workspace } from '../workspace.ts';
import { listed, missingVolumes, volumesGone } from './missing-volumes.ts';
import { removeDropped, restoreServing, servingReplicas } from './restore-serving.ts';
import {
  foreignConnections,
  isStateMissing,
  type LostConnection,
  lostConnections,
  namesOf,
  removeObjects,
  type StackObjects,
  stackObjects,
  unknownObjects,
} from './unknown-objects.ts';

/**
 * Frees the lock of a run that was killed, removes the containers and networks that no state knows (found by
 * their labels; they hold no data, and a volume is found again), and forgets pending operations.
 *
 * What was being changed or removed is in the state, and the refresh before each update reads how it really
 * is. What was being created is not in the state: a container or a network may exist that Pulumi does not
 * know. An operation that failed while the engine went on with it (the provider was killed, the connection
 * was lost) leaves the same, and nothing in the state says so.
 *
 * Before an `up`, replicas that get requests are kept: one that no state knows stays until the replicas of
 * that run have taken over, and stops then; and where the last release did not take over, the state goes
 * back to the running one.
 * @throws StackLockedError while another run is in progress; before an `up`, UserError where the state of what runs is missing, or
 * outside development a volume with data
 */
export async function recoverOnDocker(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
  next: 'up' | 'destroy',
  environment?: StackFile['environment'],
): Promise<void> {
  const docker = await dockerEngine(context.env);
  const { name: project } = workspace.project;
  // In this order: what a run has created until now is in the state that is read once no run is in progress.
  const objects = await stackObjects(docker, project, stack.name);
  await freeStaleLock(context, workspace, stack);
  const exported = await stack.exportState();
  const state = exported.deployment ?? {};
  const resources = state.resources ?? [];
  const pending = state.pending_operations ?? [];
  const replaced = resources.some((resource) => resource.delete);
  if (next === 'up' && isStateMissing(objects, resources)) {
    throw missingState(stack.name, workspace.state, objects);
  }
  if (next === 'up') {
    const missing = await missingVolumes(docker, resources);
    if (missing.length > 0) {
      if (environment !== 'development') throw volumesGone(project, stack.name, missing);
      const text = `warning: the engine no longer has ${listed(missing)}; starting without the data`;
      note(context, context.color.stderr.yellow(text));
    }
    noteForeignConnections(context, objects);
    await reconnect(context, docker, lostConnections(objects, resources));
  }
  const unknown = unknownObjects(objects, resources);
  if (pending.length === 0 && !replaced && namesOf(unknown) === '') return;
  const serving =
    next === 'up' ? await servingReplicas(docker, project, stack.name) : new Set<string>();
  if (pending.length > 0) {
    const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
    note(context, `an earlier run was killed while ${names.join(', ')}; cleaning up`);
  }
  const containers = unknown.containers.filter(({ Id }) => !serving.has(Id));
  const garbage = { ...unknown, containers };
  if (namesOf(garbage) !== '') {
    note(context, `removing ${namesOf(garbage)}, which an earlier run left and no state knows`);
    await removeObjects(docker, garbage);
  }
  const tidied = { ...exported, deployment: { ...state, pending_operations: [] } };
  const restored = restoreServing(resources, serving);
  if (restored) {
    const deployment = { ...tidied.deployment, resources: restored.resources };
    const refused = await stack.importState({ ...tidied, deployment }).then(
      () => undefined,
      (error: Error) => error,
    );
    if (refused === undefined) {
      note(context, 'the last release did not take over; continuing from the running one');
      return removeDropped(docker, restored.dropped);
    }
    // The state stays as it was, and the run does without: it releases again what is running already.
    note(context, `the state keeps the release that did not take over: ${refused.message}`);
  }
  if (pending.length > 0) await stack.importState(tidied);
}

/** They stay: somebody's monitoring may need one. */
function noteForeignConnections(context: Context, objects: StackObjects): void {
  for (const { container, network } of foreignConnections(objects)) {
    const text = `warning: ${container} is also in the network ${network}, whose other containers can reach it; unless you want that: docker network disconnect ${network} ${container}`;
    note(context, context.color.stderr.yellow(text));
  }
}

/** The containers go on: none of them is replaced for it. */
async function reconnect(
  context: Context,
  docker: Docker,
  lost: readonly LostConnection[],
): Promise<void> {
  for (const { container, containerName, network, networkName, aliases } of lost) {
    note(context, `connecting ${containerName} to the network ${networkName} again`);
    await docker
      .getNetwork(network)
      .connect({ Container: container, EndpointConfig: { Aliases: [...aliases] } });
  }
}

/** Said before anything is made: new secrets and half a state would only hide it. */
function missingState(
  stack: string,
  { backend, chosenBy }: StateSettings,
  objects: StackObjects,
): UserError {
  const ids = (all: readonly { readonly Id: string }[]) =>
    all.map(({ Id }) => Id.slice(0, 12)).join(' ');
  const networks =
    objects.networks.length > 0 ? ` && docker network rm ${ids(objects.networks)}` : '';
  return new UserError(
    [
      `${stack} runs (${namesOf(objects)}), but its state is not in ${backend ?? "Pulumi's cloud"} (chosen by ${chosenBy}): it was lost, or another user, machine, PULUMI_HOME or PULUMI_BACKEND_URL deployed it. Nothing was changed.`,
      `Restore that state, or run up with the same settings. If it is gone for good, remove what runs, and the next up starts it again with its data: docker rm -f ${ids(objects.containers)}${networks}`,
    ].join('\n'),
    'state-missing',
  );
}
