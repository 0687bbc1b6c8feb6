import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { masker } from '../mask.ts';
import { lastLines } from './container-logs.ts';
import type { StartingReplica } from './container-runtime.ts';
import { liftCpuLimit } from './cpu.ts';
import { probe } from './probe.ts';

/** Why a replica did not become healthy, and its last lines, indented and without its secrets. */
export interface StartFailure {
  readonly reason: string;
  readonly lines: string;
}

export interface StartOptions {
  /** Whether a crash is final: the engine restarts a replica of the running release. */
  readonly crashIsFinal: boolean;
  /** Whether another release gets the traffic, which a start must not slow down. */
  readonly yielding: boolean;
  readonly yieldMilliseconds: number;
  readonly pollMilliseconds: number;
}

/** How many lines of a failed container are shown. */
export const SHOWN_LINES = 25;

/**
 * Waits until a replica is healthy. @returns why it is not; undefined: it is
 * @param first what a look at it found just before
 */
export async function awaitHealthy(
  engine: Docker,
  containerId: string,
  first: Docker.ContainerInspectInfo,
  replica: StartingReplica,
  options: StartOptions,
): Promise<StartFailure | undefined> {
  const container = engine.getContainer(containerId);
  const limit = replica.timeoutSeconds * 1000;
  let found = first;
  const restartsBefore = first.RestartCount;
  // Between a crash and the next start the engine refuses it; the loop reports the crash.
  const lift = (yielding: boolean) => liftCpuLimit(container, { yielding }).catch(() => {});
  let { yielding } = options;
  await lift(yielding);
  const yieldsUntil = Date.now() + options.yieldMilliseconds;
  // The time in which it may get nothing does not count.
  const deadline = (yielding ? yieldsUntil : Date.now()) + limit;
  const probed = { running: false, healthy: false, said: '' };
  for (;;) {
    found = await container.inspect();
    const { State: state } = found;
    const stopped = !state.Running && !state.Restarting;
    const crashed = state.Restarting || found.RestartCount > restartsBefore;
    if (stopped || (crashed && options.crashIsFinal)) {
      return failure(container, replica, await crashReason(engine, found));
    }
    if (probed.healthy || state.Health?.Status === 'healthy') return undefined;
    // A probe waits for the answer; a crash is noticed meanwhile.
    if (!probed.running) {
      probed.running = true;
      void probe(container, found)
        // The engine does not answer: the next look reports it.
        .catch(() => ({ healthy: false }))
        .then((result) => Object.assign(probed, result, { running: false }));
    }
    if (yielding && Date.now() > yieldsUntil) {
      // On a machine that is always busy it would never start.
      yielding = false;
      await lift(yielding);
    }
    if (Date.now() > deadline) {
      return failure(
        container,
        replica,
        slowReason(probed.said || lastOutput(found), replica.timeoutSeconds),
      );
    }
    await sleep(options.pollMilliseconds);
  }
}

async function failure(
  container: Docker.Container,
  replica: StartingReplica,
  reason: string,
): Promise<StartFailure> {
  const mask = masker(replica.secrets);
  return { reason: mask(reason), lines: mask(await lastLines(container, SHOWN_LINES)) };
}

async function crashReason(engine: Docker, found: Docker.ContainerInspectInfo): Promise<string> {
  const { State: state } = found;
  if (state.Error) return `could not start: ${state.Error}`;
  const exit = state.Running && !state.Restarting ? await lastExit(engine, found) : undefined;
  if (exit?.outOfMemory ?? state.OOMKilled) {
    return `ran out of memory: its limit is ${mebibytes(found.HostConfig.Memory)} MiB`;
  }
  return `ended with exit code ${exit?.code ?? state.ExitCode} instead of serving`;
}

/**
 * How a container that runs again ended before: its state no longer shows it after the new start, but
 * the engine's events do. All times are the engine's.
 */
async function lastExit(
  engine: Docker,
  found: Docker.ContainerInspectInfo,
): Promise<{ readonly code?: string; readonly outOfMemory: boolean }> {
  const stream = await engine.getEvents({
    since: Math.floor(Date.parse(found.Created) / 1000),
    until: Math.ceil(Date.parse(found.State.StartedAt) / 1000),
    filters: { container: [found.Id], event: ['die', 'oom'] },
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  const events = Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as EngineEvent);
  const died = events.findLast(({ Action }) => Action === 'die');
  return {
    code: died?.Actor.Attributes['exitCode'],
    outOfMemory: events.some(({ Action }) => Action === 'oom'),
  };
}

interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/** What the engine's own probe printed last. */
function lastOutput({ State: state }: Docker.ContainerInspectInfo): string {
  return state.Health?.Log?.at(-1)?.Output.trim() ?? '';
}

function slowReason(said: string, seconds: number): string {
  const check = said ? `; its health check says: ${said}` : '';
  return `not healthy within ${seconds} seconds${check}`;
}

function mebibytes(bytes: number | undefined): number {
  return Math.round((bytes ?? 0) / 1024 / 1024);
}
