import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { LATE_LINE_MILLISECONDS } from './limits.ts';

/** A container whose log streams are read: `<prefix>/<container>/<task>`. */
export interface LogSource {
  readonly container: string;
  readonly prefix: string;
}

export interface TaskLine {
  readonly container: string;
  /** ID of the task. */
  readonly task: string;
  readonly milliseconds: number;
  readonly text: string;
}

/** Reads the containers' lines from one log group of CloudWatch, each line once. */
export class LogReader {
  readonly #client: CloudWatchLogsClient;
  readonly #group: string;
  /** Time of the newest event that was read, and the events of the time around it. */
  #newest = 0;
  #seen = new Map<string, number>();

  private constructor(client: CloudWatchLogsClient, group: string) {
    this.#client = client;
    this.#group = group;
  }

  static async open(account: AwsAccount, group: string): Promise<LogReader> {
    const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
    return new LogReader(new CloudWatchLogsClient(await clientConfig(account, 'logs')), group);
  }

  close(): void {
    this.#client.destroy();
  }

  /**
   * Lines that were not returned before, in the order of time; none if the group does not exist.
   * @param options.tail only the last lines of each container of each task
   * @throws as the SDK does
   */
  async read(
    sources: readonly LogSource[],
    options: { readonly fromMilliseconds: number; readonly tail?: number },
  ): Promise<TaskLine[]> {
    // A line may appear after younger ones of another stream.
    const from = Math.max(options.fromMilliseconds, this.#newest - LATE_LINE_MILLISECONDS);
    const lines: TaskLine[] = [];
    for (const source of sources) lines.push(...(await this.#linesOf(source, from)));
    for (const [id, at] of this.#seen) if (at < from) this.#seen.delete(id);
    // Lines of the same time and stream keep their order: the sort is stable.
    lines.sort((left, right) => left.milliseconds - right.milliseconds);
    return options.tail === undefined ? lines : lastOfEach(lines, options.tail);
  }

  async #linesOf(source: LogSource, from: number): Promise<TaskLine[]> {
    const { paginateFilterLogEvents } = await import('@aws-sdk/client-cloudwatch-logs');
    const logStreamNamePrefix = `${source.prefix}/${source.container}/`;
    const lines: TaskLine[] = [];
    try {
      const pages = paginateFilterLogEvents(
        { client: this.#client },
        { logGroupName: this.#group, logStreamNamePrefix, startTime: from },
      );
      for await (const { events = [] } of pages) {
        for (const event of events) {
          if (!event.logStreamName?.startsWith(logStreamNamePrefix) || !this.#isNew(event))
            continue;
          lines.push({
            container: source.container,
            task: event.logStreamName.slice(logStreamNamePrefix.length),
            milliseconds: event.timestamp ?? 0,
            text: (event.message ?? '').trimEnd(),
          });
        }
      }
    } catch (error) {
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    }
    return lines;
  }

  #isNew({ eventId = '', timestamp = 0 }: FilteredLogEvent): boolean {
    if (this.#seen.has(eventId)) return false;
    this.#seen.set(eventId, timestamp);
    this.#newest = Math.max(this.#newest, timestamp);
    return true;
  }
}

function lastOfEach(lines: readonly TaskLine[], count: number): TaskLine[] {
  const left = new Map<string, number>();
  return lines
    .toReversed()
    .filter(({ container, task }) => {
      const stream = `${container}/${task}`;
      const used = left.get(stream) ?? 0;
      left.set(stream, used + 1);
      return used < count;
    })
    .reverse();
}
