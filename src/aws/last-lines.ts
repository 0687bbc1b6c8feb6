import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { FailedTask } from './failed-task.ts';

/** Number of a container's last lines in a failure. */
const SHOWN_LINES = 20;

/** Where the containers of a task log. */
export interface TaskLog {
  readonly logGroup: string;
  /** In the order of their start. */
  readonly containers: readonly { readonly name: string; readonly logPrefix: string }[];
}

/** The last lines of the log of a task's container, indented. */
export async function lastTaskLines(
  logs: CloudWatchLogsClient,
  { logGroup, containers }: TaskLog,
  { id, container }: FailedTask,
): Promise<string> {
  const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const prefix = containers.find(({ name }) => name === container?.name)?.logPrefix;
  const logStreamName = `${prefix}/${container?.name}/${id}`;
  const command = new GetLogEventsCommand({
    logGroupName: logGroup,
    logStreamName,
    limit: SHOWN_LINES,
    startFromHead: false,
  });
  const lines = await logs.send(command).then(
    ({ events: found = [] }) => found.map(({ message = '' }) => message.trimEnd()),
    // A container without output has no stream.
    (error: Error) => [`(${error.name === 'ResourceNotFoundException' ? 'none' : error.message})`],
  );
  return (lines.length === 0 ? ['(none)'] : lines).map((line) => `  ${line}`).join('\n');
}
