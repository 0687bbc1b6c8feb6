import { UserError } from '../../errors.ts';
import { parseDurationSeconds } from '../../units.ts';
import type { Context } from '../context.ts';
import { findProject } from '../project.ts';
import { targetOf } from '../stack.ts';
import type { LogsOptions, LogsRequest } from './options.ts';

/** `logs`: the lines of a stack's containers in time order, each with the name of its component. */
export async function showLogs(
  context: Context,
  component: string | undefined,
  options: LogsOptions,
): Promise<number> {
  const project = findProject(context.cwd);
  const request: LogsRequest = {
    ...options,
    component,
    sinceSeconds: sinceSeconds(options.since),
  };
  return targetOf(context, project, options.stack) === 'aws'
    ? (await import('./aws/logs.ts')).awsLogs(context, project, request)
    : (await import('./docker/logs.ts')).dockerLogs(context, project, request);
}

function sinceSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDurationSeconds(text);
  if (seconds === undefined) {
    throw new UserError(
      `--since: expected a duration such as 90s, 15m, 2h or 1d, got "${text}"`,
      'option-invalid',
    );
  }
  return Math.floor(Date.now() / 1000) - seconds;
}
