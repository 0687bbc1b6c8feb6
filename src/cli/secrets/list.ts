import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import { type StackOptions, stackFlagText } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject } from '../project.ts';
import { loadStack } from '../stack.ts';
import { plainFrame } from '../table.ts';
import { secretFacts } from './facts.ts';
import { type SecretStatus, secretStatuses } from './status.ts';

/** `secrets`: every secret of a stack with its version and age; never a value. */
export async function listSecrets(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const { plan } = await planOf(project, options.stack, stack);
  const { facts, unknown } = await secretFacts(context, project, plan);
  const statuses = secretStatuses(stack, plan, facts, Date.now());
  if (options.json) {
    printJson(context, { stack: options.stack, secrets: statuses, unknown });
    return exitCodes.ok;
  }
  await printTable(context, statuses);
  for (const line of unknown) note(context, context.color.stderr.yellow(`not known ${line}`));
  for (const line of advice(options.stack, statuses)) note(context, line);
  return exitCodes.ok;
}

async function printTable(context: Context, statuses: readonly SecretStatus[]): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const { bold, red, yellow } = context.color.stdout;
  const table = new Table({
    head: ['secret', 'source', 'version', 'age', 'due', 'used by'],
    style: { head: [], border: [], compact: true },
    chars: plainFrame,
  });
  for (const one of statuses) {
    const due = dueText(one);
    table.push([
      bold(one.name),
      one.set === false ? red(sourceText(one)) : sourceText(one),
      versionText(one),
      one.ageDays === null ? 'unknown' : daysText(one.ageDays),
      one.due ? yellow(due) : due,
      one.usedBy.join(', ') || '-',
    ]);
  }
  print(context, table.toString());
}

/** `generated`, `config (set)`, `env STRIPE_KEY (not set here)`, `command pass`. */
function sourceText({ source, from, set }: SecretStatus): string {
  if (source === 'config') return set === null ? 'config' : `config (${set ? 'set' : 'not set'})`;
  if (source === 'env') return `env ${from} (${set ? 'set here' : 'not set here'})`;
  return source === 'command' ? `command ${from}` : source;
}

/** `3`, `3 (keeps 2)`, `3 (2 serves)`. */
function versionText({ version, kept, serving }: SecretStatus): string {
  if (version === null) return '-';
  const notes = [
    ...(kept.length > 0 ? [`keeps ${kept.join(', ')}`] : []),
    ...(isUnfinished({ version, serving }) ? [`${serving?.join(' and ')} serves`] : []),
  ];
  return notes.length > 0 ? `${version} (${notes.join('; ')})` : String(version);
}

/** Whether some replica runs with another version than the file says. */
function isUnfinished({ version, serving }: Pick<SecretStatus, 'version' | 'serving'>): boolean {
  return serving?.some((one) => one !== version) ?? false;
}

function dueText({ maxAgeDays, dueOn, due, ageDays }: SecretStatus): string {
  if (maxAgeDays === null) return '-';
  if (dueOn === null || ageDays === null) return 'unknown';
  if (due) return 'now';
  return `in ${daysText(maxAgeDays - ageDays)}`;
}

/** `12 days`, `1 day`; below a day `under a day`. */
function daysText(days: number): string {
  const whole = Math.floor(days);
  if (whole < 1) return 'under a day';
  return whole === 1 ? '1 day' : `${whole} days`;
}

function advice(stack: string, statuses: readonly SecretStatus[]): string[] {
  const named = (wanted: (one: SecretStatus) => boolean) =>
    statuses.filter(wanted).map(({ name }) => name);
  const s = stackFlagText(stack);
  const unfinished = named(isUnfinished);
  const due = named(({ due, source }) => due && source === 'generated');
  return [
    ...named(({ source, set }) => source === 'config' && set === false).map(
      (name) => `${name} has no value; run: medusa-infra secrets set ${name}${s}`,
    ),
    ...(due.length > 0 ? [`due: ${due.join(', ')}; run: medusa-infra rotate --due${s}`] : []),
    ...(unfinished.length > 0
      ? [
          `some replicas do not run the version in the stack file of ${unfinished.join(', ')}; run: medusa-infra rotate ${unfinished.join(' ')}${s}`,
        ]
      : []),
  ];
}
