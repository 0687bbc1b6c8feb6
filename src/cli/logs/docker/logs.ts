import type Docker from 'dockerode';
import { type ContainerSummary, dockerEngine, stackContainers } from '../../../docker/client.ts';
import { componentOf, isJob } from '../../../docker/labels.ts';
import { UserError } from '../../../errors.ts';
import { type Context, exitCodes, note } from '../../context.ts';
import type { Project } from '../../project.ts';
import { LineSplitter, type LogLine, parseLogLine } from '../lines.ts';
import type { LogsRequest } from '../options.ts';
import { LogPrinter } from '../printer.ts';
import { unknownComponent } from '../unknown-component.ts';

/** `logs` on docker: what the engine keeps of the stack's containers, in time order. */
export async function dockerLogs(
  context: Context,
  project: Project,
  request: LogsRequest,
): Promise<number> {
  const docker = await dockerEngine(context.env);
  const all = await stackContainers(docker, project.name, request.stack);
  if (all.length === 0) {
    throw new UserError(
      `${request.stack} is not up; run: medusa-infra up -s ${request.stack}`,
      'stack-not-up',
    );
  }
  const chosen = choose(all, request.component);
  const names = containerNames(chosen, all);
  const printer = new LogPrinter(context, [...names.values()]);
  const read = { tail: request.tail, since: request.sinceSeconds };
  if (request.follow) {
    await follow(
      context,
      docker,
      chosen,
      (id, line) => printer.print(names.get(id) ?? '', line.text),
      read,
    );
    return exitCodes.ok;
  }
  const lines: { name: string; line: LogLine }[] = [];
  for (const { Id } of chosen) {
    const name = names.get(Id) ?? '';
    for (const line of await readLog(docker, Id, read)) lines.push({ name, line });
  }
  // Docker's timestamps compare as text; lines of the same moment keep the order in which they were read.
  lines.sort((a, b) => (a.line.time < b.line.time ? -1 : a.line.time > b.line.time ? 1 : 0));
  for (const { name, line } of lines) printer.print(name, line.text);
  return exitCodes.ok;
}

function choose(
  all: readonly ContainerSummary[],
  component: string | undefined,
): ContainerSummary[] {
  if (component === undefined) return [...all];
  const chosen = all.filter((container) => {
    const own = componentOf(container);
    return own === component || own === `prepare-${component}`;
  });
  if (chosen.length > 0) return chosen;
  const known = [...new Set(all.map(componentOf))].sort();
  throw unknownComponent(component, known);
}

/**
 * Container id -> the component's name, with a number if it has several containers, and a mark on a replica
 * that has stopped: it belongs to a failed or to a replaced release.
 */
export function containerNames(
  chosen: readonly ContainerSummary[],
  all: readonly ContainerSummary[],
): Map<string, string> {
  return new Map(
    chosen.map((container) => {
      const component = componentOf(container);
      const siblings = all.filter((other) => componentOf(other) === component);
      const number = siblings.findIndex(({ Id }) => Id === container.Id) + 1;
      const name = siblings.length > 1 ? `${component}-${number}` : component;
      const stopped = container.State === 'exited' && !isJob(container);
      return [container.Id, stopped ? `${name} (stopped)` : name];
    }),
  );
}

interface ReadOptions {
  readonly tail: number | undefined;
  readonly since: number | undefined;
}

function dockerOptions({ tail, since }: ReadOptions) {
  return {
    stdout: true as const,
    stderr: true as const,
    timestamps: true,
    ...(tail === undefined ? {} : { tail }),
    ...(since === undefined ? {} : { since }),
  };
}

async function readLog(docker: Docker, id: string, options: ReadOptions): Promise<LogLine[]> {
  const stream = await docker
    .getContainer(id)
    .logs({ ...dockerOptions(options), follow: false as const });
  const splitter = new LineSplitter();
  // Without a TTY (the kit's containers have none) Docker sends frames of an 8 byte header and a payload.
  return [
    ...demux(stream as Buffer).flatMap((chunk) => splitter.push(chunk)),
    ...splitter.end(),
  ].map(parseLogLine);
}

/** The payloads of Docker's log frames. */
export function demux(buffer: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at + 8 <= buffer.length; ) {
    const length = buffer.readUInt32BE(at + 4);
    chunks.push(buffer.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return chunks;
}

/** Shows the logs until the user interrupts, or all containers have ended. */
async function follow(
  context: Context,
  docker: Docker,
  containers: readonly ContainerSummary[],
  show: (id: string, line: LogLine) => void,
  options: ReadOptions,
): Promise<void> {
  const { PassThrough } = await import('node:stream');
  const opened: { destroy(): void }[] = [];
  const release = context.onInterrupt(() => {
    for (const stream of opened) stream.destroy();
  });
  try {
    await Promise.all(
      containers.map(async ({ Id }) => {
        const stream = (await docker
          .getContainer(Id)
          .logs({ ...dockerOptions(options), follow: true as const })) as NodeJS.ReadableStream & {
          destroy(): void;
        };
        opened.push(stream);
        const splitter = new LineSplitter();
        const sink = new PassThrough();
        sink.on('data', (chunk: Buffer) => {
          for (const line of splitter.push(chunk)) show(Id, parseLogLine(line));
        });
        docker.modem.demuxStream(stream, sink, sink);
        await new Promise<void>((resolve) => {
          for (const event of ['end', 'close', 'error']) stream.on(event, () => resolve());
        });
        for (const line of splitter.end()) show(Id, parseLogLine(line));
      }),
    );
  } finally {
    release();
  }
  note(context, context.color.stderr.dim('no more lines'));
}
