import { dockerEngine } from '../../docker/client.ts';
import { prepareStackImages } from '../../images/stack-images.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, print, printJson, requireConsent } from '../context.ts';
import type { DeployOptions, PreviewOptions } from '../options.ts';
import { findProject, type Project } from '../project.ts';
import { loadStack } from '../stack.ts';
import { checkBefore, checkImages } from './check-before.ts';
import { type OpenedStack, openOrMake, there } from './new-stack.ts';
import { type Outcome, runOperation } from './operation.ts';
import { printChanges, seconds, summarize } from './progress.ts';
import { recoverKilledRun } from './recover.ts';
import { type Engine, openEngine } from './workspace.ts';

/** `up`: exit code 1 when anything failed. */
export async function up(context: Context, options: DeployOptions): Promise<number> {
  const outcome = await bringUp(context, options);
  if (!outcome) return exitCodes.ok;
  const url = urlOf(outcome);
  if (options.json) {
    printJson(context, { stack: options.stack, ...outcomeJson(outcome), url: url ?? null });
  } else {
    printOutcome(context, options.stack, outcome);
    if (outcome.ok) printNext(context, options.stack, url);
  }
  return outcome.ok ? exitCodes.ok : exitCodes.userError;
}

/** Brings a stack up; undefined when the user said no. A wrong stack file never reaches the engine. */
export async function bringUp(
  context: Context,
  options: DeployOptions,
  loaded?: StackFile,
): Promise<Outcome | undefined> {
  const project = findProject(context.cwd);
  const stackFile = loaded ?? loadStack(context, project, options.stack);
  // Before minutes of work: whether it may be done at all.
  requireConsent(context, 'up', options);
  const { engine, stack, discardIfEmpty } = await openStack(context, project, stackFile, options);
  try {
    if (!options.yes) {
      const outlook = await runOperation(context, engine, stack, 'preview');
      if (!outlook.ok) return outlook;
      printChanges(context, outlook.changed);
      note(context, summarize(outlook.resources, 'would'));
      if (outlook.changed.length === 0) return outlook;
      const question = `Bring ${options.stack} up with these changes?`;
      if (!(await context.confirm(question))) return undefined;
    }
    return await runOperation(context, engine, stack, 'up');
  } finally {
    // Refused, declined or stopped before anything was made.
    await discardIfEmpty();
  }
}

/**
 * All that an `up` needs before it begins: tools, images, the stack, and order after a run that was killed.
 * Without `create` a stack that is missing is a UserError.
 * @throws StackLockedError while another run is at work
 */
export async function openStack(
  context: Context,
  project: Project,
  stackFile: StackFile,
  options: Pick<DeployOptions, 'stack' | 'offline'>,
  { create = true }: { readonly create?: boolean } = {},
): Promise<OpenedStack & { engine: Engine }> {
  const { target } = stackFile;
  const known = await checkBefore(context, project, stackFile, options);
  const engine = await openEngine(context, project, { ...options, target, resources: true });
  const docker = target === 'docker' ? await dockerEngine(context.env) : undefined;
  if (docker && !known.images) await checkImages(project, stackFile, options, docker);
  // The program would bring them too; here a first time's minutes are shown as they pass, and
  // `--offline` holds.
  await prepareStackImages(stackFile, project.stacksDir, options.stack, {
    offline: options.offline ?? false,
    log: (line) => note(context, context.color.stderr.dim(line)),
    // What is chosen for aws needs no engine; what is not is built on the one that the toolchain takes.
    ...(docker ? { engine: docker } : {}),
  });
  const opened = create
    ? await openOrMake(engine, options.stack)
    : there(await engine.select(options.stack, { create }));
  await recoverKilledRun(context, engine, opened.stack, { next: 'up', target, stackFile });
  return { engine, ...opened };
}

/** `preview`: exit code 1 when it failed, or something would change and none was expected. */
export async function preview(context: Context, options: PreviewOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stackFile = loadStack(context, project, options.stack);
  await checkBefore(context, project, stackFile, options);
  const { target } = stackFile;
  const engine = await openEngine(context, project, { ...options, target, resources: true });
  const { stack, discardIfEmpty } = await openOrMake(engine, options.stack);
  const outcome = await runOperation(context, engine, stack, 'preview').finally(discardIfEmpty);
  if (options.json) {
    printJson(context, { stack: options.stack, ...outcomeJson(outcome) });
  } else if (outcome.ok) {
    printChanges(context, outcome.changed);
    note(context, summarize(outcome.resources, 'would'));
  } else {
    printErrors(context, options.stack, outcome);
  }
  if (!outcome.ok) return exitCodes.userError;
  if (options.expectNoChanges && outcome.changed.length > 0) {
    note(
      context,
      context.color.stderr.red(
        `${options.stack} is not as its file says; run: medusa-infra up -s ${options.stack}`,
      ),
    );
    return exitCodes.userError;
  }
  return exitCodes.ok;
}

/** The URL among a stack's outputs. */
export function urlOf(outcome: Outcome): string | undefined {
  const url = outcome.outputs['url']?.value;
  return typeof url === 'string' ? url : undefined;
}

/** What `--json` says of an operation. */
export function outcomeJson(outcome: Outcome) {
  const counts: Record<string, number> = {};
  for (const { change } of outcome.resources) counts[change] = (counts[change] ?? 0) + 1;
  return {
    ok: outcome.ok,
    changes: outcome.changed,
    counts,
    durationSeconds: Math.round(outcome.milliseconds / 100) / 10,
    errors: outcome.errors,
  };
}

/** The closing lines of an operation. */
export function printOutcome(context: Context, stack: string, outcome: Outcome): void {
  if (outcome.ok) {
    note(context, `${summarize(outcome.resources)}, in ${seconds(outcome.milliseconds)}`);
  } else {
    printErrors(context, stack, outcome);
  }
}

function printErrors(context: Context, stack: string, outcome: Outcome): void {
  const { red } = context.color.stderr;
  for (const error of outcome.errors) note(context, red(error));
  note(
    context,
    `${stack} is not up to date: ${summarize(outcome.resources)}, failed after ${seconds(outcome.milliseconds)}`,
  );
}

function printNext(context: Context, stack: string, url: string | undefined): void {
  const s = stack === 'dev' ? '' : ` -s ${stack}`;
  if (url) print(context, url);
  note(context, `next: medusa-infra status${s} · medusa-infra logs backend${s} --follow`);
}
