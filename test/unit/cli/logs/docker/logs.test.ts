import { expect, test } from 'vitest';
import { containerNames, demux } from '../../../../../src/cli/logs/docker/logs.ts';
import { LineSplitter, parseLogLine } from '../../../../../src/cli/logs/lines.ts';
import type { ContainerSummary } from '../../../../../src/docker/client.ts';
import { folderWith, projectFiles, run } from '../../../../support/unit/cli.ts';

test("Docker's frames, also with several lines in one", () => {
  const frame = (stream: number, text: string) => {
    const payload = Buffer.from(text);
    const head = Buffer.alloc(8);
    head[0] = stream;
    head.writeUInt32BE(payload.length, 4);
    return Buffer.concat([head, payload]);
  };
  const buffer = Buffer.concat([frame(1, 'one\ntwo\n'), frame(2, 'three\n')]);
  expect(demux(buffer).map(String)).toEqual(['one\ntwo\n', 'three\n']);
});

test('lines and characters may be spread over chunks', () => {
  const splitter = new LineSplitter();
  const bytes = Buffer.from('über\nzwei\nrest');
  const lines = [...bytes].flatMap((_, index) => splitter.push(bytes.subarray(index, index + 1)));
  expect([...lines, ...splitter.end()]).toEqual(['über', 'zwei', 'rest']);
  expect(splitter.end()).toEqual([]);
});

test('the timestamp is taken off a line', () => {
  expect(parseLogLine('2026-01-02T03:04:05.123456789Z ready  now\r')).toEqual({
    time: '2026-01-02T03:04:05.123456789Z',
    text: 'ready  now',
  });
  expect(parseLogLine('2026-01-02T03:04:05Z ')).toEqual({ time: '2026-01-02T03:04:05Z', text: '' });
  expect(parseLogLine('no time')).toEqual({ time: '', text: 'no time' });
});

test('replicas are numbered, single ones are not', () => {
  const container = (Id: string, component: string, State = 'running') =>
    ({ Id, Labels: { 'medusa-infra.component': component }, State }) as unknown as ContainerSummary;
  const all = [
    container('1', 'backend', 'exited'),
    container('2', 'edge'),
    container('3', 'backend'),
    container('4', 'prepare-sql', 'exited'),
  ];
  expect([...containerNames(all, all)]).toEqual([
    ['1', 'backend-1 (stopped)'],
    ['2', 'edge'],
    ['3', 'backend-2'],
    ['4', 'prepare-sql'],
  ]);
});

test('--since and --tail are checked before Docker is asked', async () => {
  const cwd = folderWith(projectFiles);
  expect(await run(['logs', '--since', 'yesterday'], { cwd })).toEqual({
    code: 1,
    out: '',
    err: '--since: expected a duration such as 90s, 15m, 2h or 1d, got "yesterday"\ncode: option-invalid (docs/errors.md)\n',
  });
  const { code, err } = await run(['logs', '--tail', 'all'], { cwd });
  expect(code).toBe(2);
  expect(err).toContain(
    "option '-n, --tail <lines>' argument 'all' is invalid. It must be a number of lines, such as 100.",
  );
});
