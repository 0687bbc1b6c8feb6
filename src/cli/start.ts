import { type Context, exitCodes, note, print } from './context.ts';
import { bringUp, printOutcome, urlOf } from './deploy.ts';
import { askHealth } from './health.ts';
import type { StackOptions } from './options.ts';
import { findProject } from './project.ts';
import { loadStack } from './stack.ts';

/** `start`: what `npm start` runs. Brings the stack up without asking and shows what to do with it. */
export async function start(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const outcome = await bringUp(context, { ...options, yes: true });
  if (!outcome) return exitCodes.ok;
  printOutcome(context, options.stack, outcome);
  if (!outcome.ok) {
    note(context, `to see more: medusa-infra logs -s ${options.stack}`);
    return exitCodes.userError;
  }
  const url = urlOf(outcome) ?? '';
  const answer = await askHealth(`${url}${stack.backend.health.path}`);
  const { green, red, bold } = context.color.stdout;
  const seeded = stack.backend.seed !== undefined && 'build' in stack.backend.image;
  print(context);
  print(context, `${bold(options.stack)} is up: ${bold(url)}`);
  print(context, (answer.ok ? green : red)(answer.text));
  print(context);
  for (const line of nextSteps(options.stack, url, seeded)) print(context, line);
  return answer.ok ? exitCodes.ok : exitCodes.userError;
}

function nextSteps(stack: string, url: string, seeded: boolean): string[] {
  const s = stack === 'dev' ? '' : ` -s ${stack}`;
  const run = 'npx medusa-infra';
  return [
    'Next:',
    ...(seeded
      ? [`  curl ${url}/store/products                     the seeded products`]
      : [`  curl ${url}/store/products                     the products`]),
    `  ${run} status${s}`,
    `  ${run} logs backend${s} --follow`,
    `  ${run} env${s} --show-secrets            what the backend gets`,
    `  ${run} destroy${s}                       remove it; the data is kept`,
  ];
}
