import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';

export interface ExecOptions {
  /** @default the container's own user */
  readonly user?: string;
  /** Written to the command's standard input, which is then closed; the engine never shows it. */
  readonly stdin?: string;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a running container, and waits until it ends. */
export async function execIn(
  container: Docker.Container,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const stdin = options.stdin !== undefined;
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    ...(options.user === undefined ? {} : { User: options.user }),
  });
  const stream = await exec.start({ hijack: true, stdin });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  container.modem.demuxStream(stream, stdout, stderr);
  if (stdin) stream.end(options.stdin);
  stream.once('end', () => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  const { ExitCode: exitCode } = await exec.inspect();
  return { exitCode: exitCode ?? -1, stdout: out, stderr: err };
}
