import { rotationOf } from '../../rotation.ts';
import type { FileEdit } from '../../stack/change-secrets.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import { stackFlagText } from '../options.ts';
import type { Outcome } from '../run/operation.ts';
import { outcomeJson } from '../run/outcome.ts';
import type { RotationFacts } from './facts.ts';
import { type DiffLine, lineDiff } from './line-diff.ts';
import type { ProbeReport } from './prober.ts';
import type { Proof } from './proof.ts';
import { howToChange, type RotateOptions, type RotationStep } from './steps.ts';

/** What a rotation came to. */
export interface RotationResult {
  readonly outcome: Outcome;
  readonly proofs: readonly Proof[];
  readonly probe: ProbeReport;
}

interface Shown {
  readonly stackFile: StackFile;
  readonly steps: readonly RotationStep[];
  readonly edits: readonly FileEdit[];
  readonly found: RotationFacts;
}

/** What would be, or is about to be, done: the edits as a diff, and what each rotation means. */
export function printPlan(context: Context, options: RotateOptions, shown: Shown): void {
  if (options.json) {
    if (options.dryRun) printJson(context, { ...planJson(options, shown), dryRun: true });
    return;
  }
  const { bold, dim, green, red, yellow } = context.color.stdout;
  const paint = { '-': red, '+': green, ' ': dim };
  for (const edit of shown.edits) {
    print(context, bold(edit.file));
    for (const line of lineDiff(edit.before, edit.after)) {
      print(context, paint[line.mark](diffText(line)));
    }
    if (edit.alsoIn.length > 0) print(context, yellow(alsoInText(edit)));
  }
  for (const step of shown.steps) {
    print(context);
    print(context, `${bold(step.name)}: ${stepText(step)}`);
    for (const [title, text] of meaning(shown.stackFile, step)) {
      print(context, `  ${dim(`${title}:`)} ${text}`);
    }
  }
  if (shown.found.unknown) {
    note(context, `not known which versions run: ${shown.found.unknown}`);
  }
  print(context);
}

function diffText({ mark, line, text }: DiffLine): string {
  return `${String(line).padStart(4)} ${mark} ${text}`;
}

function alsoInText({ file, alsoIn }: FileEdit): string {
  const stacks = alsoIn.join(', ');
  return `${stacks} extend${alsoIn.length === 1 ? 's' : ''} ${file} and take${
    alsoIn.length === 1 ? 's' : ''
  } the new version too, at the next up of each`;
}

/** `version 2 -> 3`. */
function stepText({ from, to, resumed }: RotationStep): string {
  const arrow = from === undefined ? `version ${to}` : `version ${from} -> ${to}`;
  return resumed ? `${arrow}, finishing an interrupted rotation` : arrow;
}

function meaning(stack: StackFile, { name }: RotationStep): (readonly [string, string])[] {
  const { changes, overlap, usersSee, operator } = rotationOf(name, stack.target);
  const spec = stack.secrets[name];
  const keep = spec?.from === 'generated' ? spec.keep : 0;
  return [
    ['changes', changes],
    ['overlap', overlap],
    [`users see (keep: ${keep})`, keep > 0 ? usersSee.keepSome : usersSee.keepNone],
    ['you do', operator],
  ];
}

function planJson({ stack }: RotateOptions, { steps, edits, stackFile }: Shown) {
  return {
    ok: true,
    stack,
    secrets: steps.map((step) => ({
      name: step.name,
      from: step.from ?? null,
      to: step.to,
      resumed: step.resumed,
      meaning: Object.fromEntries(meaning(stackFile, step)),
    })),
    edits: edits.map(({ file, before, after, alsoIn }) => ({
      file,
      alsoIn,
      diff: lineDiff(before, after).map(diffText),
    })),
  };
}

/** With `--due`: nothing to do, or nothing that a command could do. */
export function reportNothing(
  context: Context,
  options: RotateOptions,
  found: RotationFacts,
): number {
  const overdue = overdueLines(options, found);
  if (options.json) {
    printJson(context, { ok: overdue.length === 0, stack: options.stack, secrets: [], overdue });
  } else {
    if (overdue.length === 0) print(context, 'nothing is due');
    for (const line of overdue) print(context, line);
  }
  return overdue.length > 0 ? exitCodes.userError : exitCodes.ok;
}

/** Supplied secrets that are due: only their source can change them. */
function overdueLines({ stack, due }: RotateOptions, { statuses }: RotationFacts): string[] {
  if (!due) return [];
  return statuses.flatMap((one) => {
    if (!one.due || one.source === 'generated') return [];
    const from =
      one.source === 'config'
        ? ('config' as const)
        : one.source === 'env'
          ? { env: one.from ?? '' }
          : { command: [one.from ?? ''] };
    return [`${one.name} is due; ${howToChange(one.name, from, stack)}`];
  });
}

/** How to go on, or back, after an `up` that failed. */
export function goBackText(
  stack: string,
  steps: readonly RotationStep[],
  edits: readonly FileEdit[],
): string {
  const lines = edits.flatMap(({ file, before, after }) => [
    `  ${file}`,
    ...lineDiff(after, before).map((line) => `  ${diffText(line)}`),
  ]);
  const versions = steps
    .filter(({ from, to }) => from !== undefined && from !== to)
    .map(({ name, from }) => `  secrets.${name}: { version: ${from} }`);
  return [
    `The running replicas keep the previous values; the file keeps the new version${steps.length === 1 ? '' : 's'}.`,
    'To continue, fix the failure and run the command again; versions are not raised twice.',
    `To go back, write this and run: medusa-infra up${stackFlagText(stack)}`,
    ...(lines.length > 0 ? lines : versions),
  ].join('\n');
}

/** Prints the proofs; exit code 1 when one of them, a request or the `up` failed. */
export function printResult(
  context: Context,
  options: RotateOptions,
  shown: Shown & { readonly result: RotationResult },
): number {
  const { outcome, proofs, probe } = shown.result;
  const proven = proofs.every(({ ok }) => ok !== false);
  const overdue = overdueLines(options, shown.found);
  const ok = outcome.ok && proven && probe.failures.length === 0 && overdue.length === 0;
  if (options.json) {
    printJson(context, {
      ...planJson(options, shown),
      ok,
      up: outcomeJson(outcome),
      proofs,
      requests: probe,
      overdue,
    });
    return ok ? exitCodes.ok : exitCodes.userError;
  }
  const { green, red, yellow } = context.color.stdout;
  const mark = (fine: boolean | null) =>
    fine === null ? yellow('-     ') : fine ? green('ok    ') : red('FAILED');
  for (const proof of proofs) {
    print(context, `${mark(proof.ok)}  ${proof.secret}: ${proof.text}`);
  }
  print(
    context,
    `${mark(probe.sent === 0 ? null : probe.failures.length === 0)}  ${probeText(probe)}`,
  );
  for (const failure of probe.failures.slice(0, 5)) print(context, `          ${failure}`);
  for (const line of overdue) print(context, red(line));
  if (outcome.ok && proven) {
    for (const step of shown.steps) print(context, `${step.name} is rotated: ${stepText(step)}`);
  }
  const advice = adviceText(shown.stackFile, options.stack, { up: outcome.ok, proven, probe });
  if (advice) note(context, context.color.stderr.red(advice));
  return ok ? exitCodes.ok : exitCodes.userError;
}

function probeText({ target, sent, failures, unanswered }: RotationResult['probe']): string {
  if (sent === 0) {
    const why = unanswered ? ` (${unanswered})` : '';
    return `requests: not watched, because ${target} did not answer before either${why}`;
  }
  return `requests: ${failures.length} of ${sent} to ${target} failed during the rotation`;
}

function adviceText(
  { target }: StackFile,
  stack: string,
  { up, proven, probe }: { up: boolean; proven: boolean; probe: RotationResult['probe'] },
): string | undefined {
  if (!up) return undefined;
  const s = stackFlagText(stack);
  if (!proven) {
    return `not proven; see: medusa-infra logs backend${s} · medusa-infra status${s}; then run the command again: it raises no version, runs \`up\` and proves it again`;
  }
  if (probe.failures.length > 0) {
    return `the rotation is done and proven, but requests failed; see: medusa-infra ${target === 'aws' ? 'status' : 'logs edge'}${s}`;
  }
  return undefined;
}
