import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dockerEngine } from '../../../docker/client.ts';
import { type EngineObject, lookAt } from '../../../docker/look.ts';
import type { Context } from '../../context.ts';
import type { PulumiStack } from '../pulumi-stack.ts';
import type { State, StateResource } from '../stack-state.ts';
import { backendFolder } from '../state.ts';
import type { Workspace } from '../workspace.ts';

/**
 * A refresh takes two seconds, because the provider waits that long whenever it reads a network. A look at the engine
 * takes milliseconds: where all objects of the state are as they were after the last `up`, a refresh would read what is in
 * the state already.
 */

/** What was kept after the last `up`. */
interface KeptLook {
  /** Digest of the state that it belongs to. */
  readonly state: string;
  readonly objects: Readonly<Record<string, string>>;
}

/** Whether a refresh could read anything that is not in the state. */
export async function needsRefresh(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
): Promise<boolean> {
  const file = lookFile(context, workspace, stack);
  const kept = file && readKept(file);
  if (!kept) return true;
  const seen = await look(context, stack);
  return seen === undefined || JSON.stringify(seen) !== JSON.stringify(kept);
}

/** Keeps what the engine has after a successful `up`. */
export async function keepLook(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
): Promise<void> {
  const file = lookFile(context, workspace, stack);
  const seen = file && (await look(context, stack));
  if (!seen) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(seen), { mode: 0o600 });
  renameSync(temporary, file);
}

/** Only for a state on this disk: another one may be changed from elsewhere at any time. */
function lookFile(
  context: Context,
  { state, project }: Workspace,
  { name }: PulumiStack,
): string | undefined {
  const folder = backendFolder(state.backend, context.env);
  if (!folder) return undefined;
  return join(folder, 'medusa-infra', 'looks', project.name, `${name}.json`);
}

function readKept(file: string): KeptLook | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptLook;
  } catch {
    // None yet.
    return undefined;
  }
}

async function look(context: Context, stack: PulumiStack): Promise<KeptLook | undefined> {
  const state = (await stack.exportState()).deployment;
  const objects = state && engineObjects(state);
  if (!objects) return undefined;
  const found = await lookAt(await dockerEngine(context.env), objects);
  return { state: digestOf(state), objects: Object.fromEntries([...found].sort()) };
}

function digestOf({ resources = [] }: State): string {
  return createHash('sha256').update(JSON.stringify(resources)).digest('hex');
}

/** How the engine is asked for a resource. */
const kinds: Readonly<Record<string, (resource: StateResource) => EngineObject>> = {
  'docker:index/container:Container': ({ id }) => ({ kind: 'container', id: String(id) }),
  'docker:index/network:Network': ({ id }) => ({ kind: 'network', id: String(id) }),
  'docker:index/volume:Volume': ({ id }) => ({ kind: 'volume', id: String(id) }),
  'docker:index/remoteImage:RemoteImage': ({ outputs }) => ({
    kind: 'image',
    id: String(outputs?.['name']),
  }),
};

/** Types whose refresh reads nothing outside of the state. */
const NOTHING_TO_READ = /^(pulumi:|random:)/;

/**
 * All that a refresh of this state would ask the engine for; undefined if it would ask something else too, or finish what
 * an earlier update left.
 */
export function engineObjects(state: State): EngineObject[] | undefined {
  const { resources = [], pending_operations: pending = [] } = state;
  const objects: EngineObject[] = [];
  if (pending.length > 0) return undefined;
  for (const resource of resources) {
    const kind = kinds[resource.type];
    if (resource.delete) return undefined;
    if (kind) objects.push(kind(resource));
    else if (resource.custom && !NOTHING_TO_READ.test(resource.type)) return undefined;
  }
  return objects;
}
