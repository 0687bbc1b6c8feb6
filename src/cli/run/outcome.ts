import { type Context, note } from '../context.ts';
import type { Outcome } from './operation.ts';
import { seconds, summarize } from './progress.ts';

/** The URL among the outputs of a stack. */
export function urlOf(outcome: Outcome): string | undefined {
  const url = outcome.outputs['url'];
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

/** Prints the closing lines of an operation. */
export function printOutcome(context: Context, stack: string, outcome: Outcome): void {
  if (outcome.ok) {
    note(context, `${summarize(outcome.resources)}, in ${seconds(outcome.milliseconds)}`);
  } else {
    printErrors(context, stack, outcome);
  }
}

/** Prints what failed, and what was done until then. */
export function printErrors(context: Context, stack: string, outcome: Outcome): void {
  const { red } = context.color.stderr;
  for (const error of outcome.errors) note(context, red(error));
  note(
    context,
    `${stack} is not up to date: ${summarize(outcome.resources)}, failed after ${seconds(outcome.milliseconds)}`,
  );
}
