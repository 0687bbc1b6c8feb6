import { UserError } from '../../errors.ts';
import { changeSecrets, type FileEdit } from '../../stack/change-secrets.ts';
import { requireStackFile } from '../../stack/load.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, Interrupted, note, requireConsent } from '../context.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject, type Project, shown, stackFilePath } from '../project.ts';
import { openStack } from '../run/open-stack.ts';
import { type Outcome, runOperation } from '../run/operation.ts';
import { printOutcome } from '../run/outcome.ts';
import { outputsOf, plainValue } from '../run/stack-state.ts';
import { generatedValues } from '../secrets/facts.ts';
import { today } from '../secrets/names.ts';
import { writeEdits } from '../secrets/write-edits.ts';
import { loadStack } from '../stack.ts';
import { gatherFacts, probeTarget } from './facts.ts';
import { RotationMarker } from './marker.ts';
import { type ProbeReport, probeEdge } from './prober.ts';
import { prove } from './prove.ts';
import { type RotateOptions, type RotationStep, requestedSecrets, rotationSteps } from './steps.ts';
import { goBackText, printPlan, printResult, type RotationResult, reportNothing } from './text.ts';

/**
 * `rotate`: raises versions in the stack file, runs `up`, and proves the result. The same command finishes
 * an interrupted rotation. Exit code 1 if the `up`, a proof or a request failed.
 */
export async function rotateSecrets(
  context: Context,
  names: readonly string[],
  options: RotateOptions,
): Promise<number> {
  const project = findProject(context.cwd);
  const stackFile = loadStack(context, project, options.stack);
  const requested = requestedSecrets(stackFile, names, options);
  const { plan } = await planOf(project, options.stack, stackFile);
  const marker = new RotationMarker(context.env, project.name, options.stack);
  const found = await gatherFacts(context, project, { stackFile, plan, requested, options });
  const steps = rotationSteps(requested, { plan, pending: marker.read(), ...found });
  if (steps.length === 0) return reportNothing(context, options, found);
  const file = shown(stackFilePath(project, options.stack));
  const edits = changeSecrets(
    file,
    steps.flatMap(({ name, to, resumed }) =>
      resumed ? [] : [{ name, version: to, since: today() }],
    ),
  );
  const shownPlan = { stackFile, steps, edits, found };
  if (options.dryRun) {
    printPlan(context, options, shownPlan);
    return exitCodes.ok;
  }
  requireConsent(context, 'rotate', options);
  printPlan(context, options, shownPlan);
  const rotated = steps.map(({ name }) => name).join(', ');
  const question = `Rotate ${rotated} of ${options.stack}? This runs \`up\` and applies all changes of its file.`;
  if (!options.yes && !(await context.confirm(question))) return exitCodes.ok;
  const result = await carryOut(context, project, { options, stackFile, steps, edits, marker });
  if (result.outcome.ok && result.proofs.every(({ ok }) => ok !== false)) {
    marker.write(without(marker.read(), steps));
  }
  return printResult(context, options, { ...shownPlan, result });
}

interface Work {
  readonly options: RotateOptions;
  readonly stackFile: StackFile;
  readonly steps: readonly RotationStep[];
  readonly edits: readonly FileEdit[];
  readonly marker: RotationMarker;
}

async function carryOut(
  context: Context,
  project: Project,
  { options, stackFile, steps, edits, marker }: Work,
): Promise<RotationResult> {
  // Tools, locks and passphrase first: nothing is edited if the `up` could not even begin.
  const { workspace, stack } = await openStack(context, project, stackFile, options, {
    create: false,
  });
  const before = generatedValues((await stack.state()).resources ?? []);
  if (before.size === 0) {
    throw new UserError(
      `${options.stack} is not up, so there is nothing to rotate; run: medusa-infra up -s ${options.stack}`,
      'stack-not-up',
    );
  }
  const noted = Object.fromEntries(steps.map(({ name, to }) => [name, to]));
  marker.write({ ...marker.read(), ...noted });
  writeEdits(edits);
  const { stack: changed } = requireStackFile(shown(stackFilePath(project, options.stack)));
  const { plan } = await planOf(project, options.stack, changed);
  const probing = probeEdge(probeTarget(context, plan));
  let outcome: Outcome;
  let probe: ProbeReport;
  try {
    outcome = await runOperation(context, workspace, stack, 'up');
  } catch (error) {
    if (error instanceof Interrupted)
      note(context, 'run the same command again to finish the rotation');
    throw error;
  } finally {
    probe = await probing.stop();
  }
  if (!options.json) printOutcome(context, options.stack, outcome);
  if (!outcome.ok) {
    note(context, goBackText(options.stack, steps, edits));
    return { outcome, probe, proofs: [] };
  }
  const state = await stack.state();
  const after = generatedValues(state.resources ?? []);
  const proven = {
    stack: changed,
    plan,
    environment: plainValue(outputsOf(state)['environment']),
    values: new Map([...before, ...after]),
  };
  return { outcome, probe, proofs: await prove(context, project, proven, steps) };
}

function without(pending: Readonly<Record<string, number>>, steps: readonly RotationStep[]) {
  const done = new Set(steps.map(({ name }) => name));
  return Object.fromEntries(Object.entries(pending).filter(([name]) => !done.has(name)));
}
