import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { nodeProbe, type Probe } from '../../../src/bundle.ts';

/** Runs a probe with this Node, as a container runs it with its own. */
export async function runProbe(
  probe: Probe,
  args: readonly string[],
  input = '',
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const [, ...rest] = nodeProbe(probe, ...args);
  const { exitCode, stdout, stderr } = await execa(process.execPath, rest, {
    input,
    reject: false,
    timeout: 60_000,
  });
  return { exitCode, stdout, stderr };
}

/** A server on a free port of 127.0.0.1 until the end of the test. */
export async function localServer(listener: RequestListener): Promise<{
  readonly server: Server;
  readonly port: number;
}> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}
