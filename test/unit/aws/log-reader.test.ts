import { describe, expect, test } from 'vitest';
import { LogReader } from '../../../src/aws/log-reader.ts';
import { type Answers, AwsError, awsServer, configFor } from '../../support/unit/aws-server.ts';

const sources = [
  { container: 'backend', prefix: 'task' },
  { container: 'prepare-sql', prefix: 'task' },
];

async function open(answers: Answers): Promise<LogReader> {
  const config = configFor(await awsServer(answers), ['logs']);
  return LogReader.open({ region: 'eu-central-1', config }, '/shop/prod');
}

const event = (id: string, stream: string, timestamp: number, message = id) => ({
  eventId: id,
  logStreamName: stream,
  timestamp,
  message: `${message}\n`,
});

/** Answers as CloudWatch does: by prefix and time, two events a page. */
function logs(events: readonly ReturnType<typeof event>[]): Answers {
  return {
    FilterLogEvents: ({ logStreamNamePrefix, startTime, nextToken }) => {
      const found = events.filter(
        (each) =>
          each.logStreamName.startsWith(String(logStreamNamePrefix)) &&
          each.timestamp >= Number(startTime),
      );
      const at = Number(nextToken ?? 0);
      return {
        events: found.slice(at, at + 2),
        ...(at + 2 < found.length ? { nextToken: String(at + 2) } : {}),
      };
    },
  };
}

describe('lines of containers in CloudWatch', () => {
  test('in time order, of all pages and streams, with container and task', async () => {
    const reader = await open(
      logs([
        event('1', 'task/backend/aaa', 1000),
        event('4', 'task/backend/aaa', 4000),
        event('5', 'task/backend/bbb', 5000),
        event('2', 'task/prepare-sql/ccc', 2000),
        event('old', 'task/backend/aaa', 10),
        event('other', 'task/backend-two/ddd', 3000),
      ]),
    );
    const lines = await reader.read(sources, { fromMilliseconds: 1000 });
    expect(lines.map(({ container, task, text }) => [container, task, text])).toEqual([
      ['backend', 'aaa', '1'],
      ['prepare-sql', 'ccc', '2'],
      ['backend', 'aaa', '4'],
      ['backend', 'bbb', '5'],
    ]);
    reader.close();
  });

  test('each once, also one that comes into sight late', async () => {
    const events = [event('1', 'task/backend/aaa', 60_000)];
    const reader = await open(logs(events));
    const read = async () =>
      (await reader.read(sources, { fromMilliseconds: 0 })).map(({ text }) => text);
    expect(await read()).toEqual(['1']);
    events.push(event('2', 'task/backend/bbb', 59_000), event('3', 'task/backend/aaa', 61_000));
    expect(await read()).toEqual(['2', '3']);
    expect(await read()).toEqual([]);
    reader.close();
  });

  test('the last ones of each task', async () => {
    const reader = await open(
      logs(
        [1, 2, 3].flatMap((n) =>
          ['aaa', 'bbb'].map((task) => event(`${task}${n}`, `task/backend/${task}`, n)),
        ),
      ),
    );
    const lines = await reader.read(sources, { fromMilliseconds: 0, tail: 2 });
    expect(lines.map(({ text }) => text)).toEqual(['aaa2', 'bbb2', 'aaa3', 'bbb3']);
    reader.close();
  });

  test('none without a group; what is refused is thrown', async () => {
    const refused = (name: string) =>
      open({
        FilterLogEvents: () => {
          throw new AwsError(name, 'no');
        },
      });
    const missing = await refused('ResourceNotFoundException');
    expect(await missing.read(sources, { fromMilliseconds: 0 })).toEqual([]);
    const denied = await refused('AccessDeniedException');
    await expect(denied.read(sources, { fromMilliseconds: 0 })).rejects.toThrow('no');
  });
});
