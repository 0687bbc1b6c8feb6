import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { runProbe } from '../../../support/unit/probe.ts';

const isLinux = existsSync('/proc/net/tcp');

/** Of this machine, and not loopback: a connection to it counts as one from another machine. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

async function openConnection(host: string) {
  const server = createServer(() => {});
  await new Promise<void>((listening) => server.listen(0, host, listening));
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, host);
  await new Promise<void>((connected) => socket.once('connect', () => connected()));
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return { port, socket };
}

async function secondsQuiet(port: number, seconds: number): Promise<number> {
  const began = performance.now();
  const { exitCode, stderr } = await runProbe('await-quiet', [String(port), String(seconds)]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return (performance.now() - began) / 1000;
}

test.skipIf(!isLinux)(
  'ends soon where nothing is connected, and where only the container itself is',
  async () => {
    const { port } = await openConnection('127.0.0.1');
    expect(await secondsQuiet(1, 60)).toBeLessThan(30);
    expect(await secondsQuiet(port, 60)).toBeLessThan(30);
  },
);

test.skipIf(!isLinux || address === undefined)(
  'waits for connections of others, at most so long',
  async () => {
    const { port, socket } = await openConnection(address ?? '');
    expect(await secondsQuiet(port, 2)).toBeGreaterThanOrEqual(1.9);
    const waiting = secondsQuiet(port, 60);
    socket.destroy();
    expect(await waiting).toBeLessThan(30);
  },
);
