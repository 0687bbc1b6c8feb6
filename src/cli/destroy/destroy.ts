import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { dockerEngine, stackVolumes } from '../../docker/client.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, print, printJson, requireConsent } from '../context.ts';
import type { DeployOptions } from '../options.ts';
import { findProject, type Project, stackFilePath } from '../project.ts';
import { outcomeJson, printOutcome } from '../run/deploy.ts';
import { nameOf } from '../run/events.ts';
import { runOperation } from '../run/operation.ts';
import { refuseProtected } from '../run/protected.ts';
import { recoverKilledRun } from '../run/recover.ts';
import { type StateResource, stateOf } from '../run/stack-state.ts';
import { openEngine } from '../run/workspace.ts';
import { targetOf } from '../stack.ts';
import { awsLeavings } from './aws/retained-resources.ts';

/** `destroy`: says what goes and what stays, asks, and removes it. */
export async function destroy(context: Context, options: DeployOptions): Promise<number> {
  const project = findProject(context.cwd);
  stackFilePath(project, options.stack);
  requireConsent(context, 'destroy', options);
  const target = targetOf(project, options.stack);
  const engine = await openEngine(context, project, { ...options, target, resources: true });
  const stack = await engine.select(options.stack, { create: false });
  await recoverKilledRun(context, engine, stack, { next: 'destroy', target });
  const { removed, kept, forGood } = await outlook(context, project, stack, target);
  const shown = target === 'docker' ? kept.map((name) => `volume ${name}`) : kept;
  if (!options.json) describe(context, options.stack, removed, shown);
  if (!options.yes && !(await context.confirm(`Remove ${options.stack}?`))) return exitCodes.ok;
  const outcome = await runOperation(context, engine, stack, 'destroy');
  if (options.json) {
    printJson(context, {
      stack: options.stack,
      ...outcomeJson(outcome),
      kept,
      removeForGood: forGood.length > 0 ? forGood.join(' && ') : null,
    });
  } else {
    printOutcome(context, options.stack, outcome);
    if (outcome.ok && forGood.length > 0) {
      note(context, `${KEPT[target]} To remove it for good:`);
      for (const command of forGood) print(context, command);
    }
  }
  return outcome.ok ? exitCodes.ok : exitCodes.userError;
}

const KEPT = {
  docker: 'The data is kept, and the next `up` finds it again.',
  aws: 'The data is kept in snapshots; the next `up` begins with an empty database.',
} as const;

interface Outlook {
  readonly removed: readonly StateResource[];
  /** What stays: names of volumes, or what AWS keeps in words. */
  readonly kept: readonly string[];
  /** Commands that remove it. */
  readonly forGood: readonly string[];
}

/** What destroy would remove, and what stays: as the state and the engine have it. */
async function outlook(
  context: Context,
  project: Project,
  stack: Stack,
  target: StackFile['target'],
): Promise<Outlook> {
  const resources = (await stateOf(stack)).resources ?? [];
  refuseProtected(stack.name, resources);
  const own = resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:'));
  const removed = own.filter((resource) => resource.retainOnDelete !== true);
  if (target === 'aws') {
    const leavings = awsLeavings(own, regionOf(resources));
    return {
      removed,
      kept: leavings.map(({ text }) => text),
      forGood: leavings.flatMap(({ command }) => command ?? []),
    };
  }
  const goes = new Set(removed.map(objectName));
  // A volume that an earlier destroy left is in no state any more.
  const volumes = await stackVolumes(await dockerEngine(context.env), project.name, stack.name);
  const kept = volumes.filter((name) => !goes.has(name));
  return {
    removed,
    kept,
    forGood: kept.length > 0 ? [`docker volume rm ${kept.join(' ')}`] : [],
  };
}

/** Of the provider that made the resources: the file may name another one by now. */
function regionOf(resources: readonly StateResource[]): string {
  const provider = resources.find(({ type }) => type === 'pulumi:providers:aws');
  return String(provider?.outputs?.['region'] ?? '');
}

function objectName({ outputs, urn }: StateResource): string {
  return String(outputs?.['name'] ?? nameOf(urn));
}

function describe(
  context: Context,
  stack: string,
  removed: readonly StateResource[],
  kept: readonly string[],
): void {
  const { red, green } = context.color.stderr;
  if (removed.length === 0 && kept.length === 0) note(context, `${stack} has nothing to remove`);
  for (const { urn, type } of removed) {
    note(context, `${red('-')} remove ${nameOf(urn)} (${type.slice(type.lastIndexOf(':') + 1)})`);
  }
  for (const name of kept) note(context, `${green('=')} keep ${name}`);
}
