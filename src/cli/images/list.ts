import { answeringEngine } from '../../docker/client.ts';
import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import { type StackOptions, stackFlagText } from '../options.ts';
import { findProject } from '../project.ts';
import { loadStack } from '../stack.ts';
import { plainFrame } from '../table.ts';
import { age } from '../units-text.ts';
import type { ImageAge } from './ages.ts';
import { dueAdvice, stackImageAges } from './facts.ts';

/** `images`: which images a stack runs, and how old they are. */
export async function listImages(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const engine = await answeringEngine(context.env);
  const images = await stackImageAges(stack, project.stacksDir, options.stack, engine);
  const s = stackFlagText(options.stack);
  if (options.json) {
    const maxAgeDays = stack.images.maxAge === undefined ? null : stack.images.maxAge / 86_400;
    printJson(context, { stack: options.stack, maxAgeDays, images });
    return exitCodes.ok;
  }
  if (images.length === 0) {
    note(context, `${options.stack} has no images yet; run: medusa-infra up${s}`);
    return exitCodes.ok;
  }
  await printTable(context, images);
  const advice = dueAdvice(images, s);
  if (advice) note(context, context.color.stderr.yellow(advice));
  return exitCodes.ok;
}

async function printTable(context: Context, images: readonly ImageAge[]): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const { bold, yellow } = context.color.stdout;
  const table = new Table({
    head: ['image', 'reference', 'version', 'pinned to', 'chosen', 'built', 'age'],
    style: { head: [], border: [], compact: true },
    chars: plainFrame,
  });
  for (const one of images) {
    table.push([
      bold(one.name),
      one.reference,
      one.version ?? '-',
      one.ref === null ? 'not pinned' : shortRef(one.ref),
      dayOf(one.chosen),
      dayOf(one.created),
      ageText(one, yellow),
    ]);
  }
  print(context, table.toString());
}

/** `sha256:0123456789ab`, of a digest reference or an ID. */
export function shortRef(ref: string): string {
  return ref.slice(ref.indexOf('sha256:')).slice(0, 'sha256:'.length + 12);
}

function dayOf(date: string | null): string {
  return date?.slice(0, 10) ?? 'unknown';
}

function ageText({ created, due }: ImageAge, yellow: (text: string) => string): string {
  const text = created === null ? 'unknown' : age(Date.now() - Date.parse(created));
  return due ? yellow(`${text}, due`) : text;
}
