import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, print, printJson, requireConsent } from '../context.ts';
import type { DeployOptions } from '../options.ts';
import { findProject, type Project } from '../project.ts';
import { nameOf } from '../run/events.ts';
import { runOperation } from '../run/operation.ts';
import { outcomeJson, printOutcome } from '../run/outcome.ts';
import { refuseProtected } from '../run/protected.ts';
import type { PulumiStack } from '../run/pulumi-stack.ts';
import { recoverKilledRun } from '../run/recover.ts';
import type { StateResource } from '../run/stack-state.ts';
import { openWorkspace } from '../run/workspace.ts';
import { targetOf } from '../stack.ts';
import { retainedResources } from './aws/retained-resources.ts';
import { retainedVolumes } from './docker/retained-resources.ts';

/** `destroy`: lists what is removed and what is kept, asks, and removes it. */
export async function destroyStack(context: Context, options: DeployOptions): Promise<number> {
  const project = findProject(context.cwd);
  const target = targetOf(context, project, options.stack);
  requireConsent(context, 'destroy', options);
  const workspace = await openWorkspace(context, project, { ...options, target, resources: true });
  const stack = await workspace.select(options.stack, { create: false });
  await recoverKilledRun(context, workspace, stack, { next: 'destroy', target });
  const { removed, kept, forGood } = await outlook(context, project, stack, target);
  const shown = target === 'docker' ? kept.map((name) => `volume ${name}`) : kept;
  if (!options.json) describe(context, options.stack, removed, shown);
  if (!options.yes && !(await context.confirm(`Remove ${options.stack}?`))) return exitCodes.ok;
  const outcome = await runOperation(context, workspace, stack, 'destroy');
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
  docker: 'The data is kept, and the next `up` uses it again.',
  aws: 'The data is kept in snapshots; the next `up` starts with an empty database.',
} as const;

interface Outlook {
  readonly removed: readonly StateResource[];
  /** Names of the volumes that stay, or descriptions of what AWS keeps. */
  readonly kept: readonly string[];
  /** Commands that remove what is kept. */
  readonly forGood: readonly string[];
}

/** What destroy would remove and what would stay, according to the state and the engine. */
async function outlook(
  context: Context,
  project: Project,
  stack: PulumiStack,
  target: StackFile['target'],
): Promise<Outlook> {
  const resources = (await stack.exportState()).deployment?.resources ?? [];
  refuseProtected(stack.name, resources);
  const own = resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:'));
  const removed = own.filter((resource) => resource.retainOnDelete !== true);
  if (target === 'aws') {
    const retained = retainedResources(own, regionOf(resources));
    return {
      removed,
      kept: retained.map(({ text }) => text),
      forGood: retained.flatMap(({ command }) => command ?? []),
    };
  }
  const kept = await retainedVolumes(context, { project: project.name, name: stack.name }, removed);
  return {
    removed,
    kept,
    forGood: kept.length > 0 ? [`docker volume rm ${kept.join(' ')}`] : [],
  };
}

/** The region of the provider that created the resources: the file may name another one by now. */
function regionOf(resources: readonly StateResource[]): string {
  const provider = resources.find(({ type }) => type === 'pulumi:providers:aws');
  return String(provider?.outputs?.['region'] ?? '');
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
