import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { type Context, exitCodes, note, print, printJson, requireConsent } from './context.ts';
import { outcomeJson, printOutcome } from './deploy.ts';
import { dockerEngine, stackVolumes } from './docker.ts';
import { openEngine } from './engine.ts';
import { nameOf } from './events.ts';
import { runOperation } from './operation.ts';
import type { DeployOptions } from './options.ts';
import { findProject, type Project, stackFilePath } from './project.ts';
import { refuseProtected } from './protected.ts';
import { recoverKilledRun, type StateResource, stateOf } from './recover.ts';

/** `destroy`: says what goes and what stays, asks, and removes it. */
export async function destroy(context: Context, options: DeployOptions): Promise<number> {
  const project = findProject(context.cwd);
  stackFilePath(project, options.stack);
  requireConsent(context, 'destroy', options);
  const engine = await openEngine(context, project, options);
  const stack = await engine.select(options.stack, { create: false });
  await recoverKilledRun(context, engine, stack, 'destroy');
  const { removed, kept } = await outlook(context, project, stack);
  if (!options.json) describe(context, options.stack, removed, kept);
  if (!options.yes && !(await context.confirm(`Remove ${options.stack}?`))) return exitCodes.ok;
  const outcome = await runOperation(context, engine, stack, 'destroy');
  const forGood = kept.length > 0 ? `docker volume rm ${kept.join(' ')}` : undefined;
  if (options.json) {
    printJson(context, {
      stack: options.stack,
      ...outcomeJson(outcome),
      kept,
      removeForGood: forGood ?? null,
    });
  } else {
    printOutcome(context, options.stack, outcome);
    if (outcome.ok && forGood) {
      note(context, 'The data is kept, and the next `up` finds it again. To remove it for good:');
      print(context, forGood);
    }
  }
  return outcome.ok ? exitCodes.ok : exitCodes.userError;
}

/** What destroy would remove, and the names of the volumes that stay: as the state and the engine have it. */
async function outlook(
  context: Context,
  project: Project,
  stack: Stack,
): Promise<{ removed: readonly StateResource[]; kept: string[] }> {
  const resources = (await stateOf(stack)).resources ?? [];
  refuseProtected(stack.name, resources);
  const own = resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:'));
  const removed = own.filter((resource) => resource.retainOnDelete !== true);
  const goes = new Set(removed.map(objectName));
  // A volume that an earlier destroy left is in no state any more.
  const volumes = await stackVolumes(await dockerEngine(context), project.name, stack.name);
  return { removed, kept: volumes.filter((name) => !goes.has(name)) };
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
  for (const name of kept) note(context, `${green('=')} keep volume ${name}`);
}
