import type Docker from 'dockerode';
import { nodeProbe } from '../bundle.ts';
import { execIn } from './exec.ts';

export interface DrainOptions {
  /** Port that the process listens on. */
  readonly port: number;
  /** Seconds from now until it is killed. */
  readonly graceSeconds: number;
  /** Whether to wait for its connections to end by themselves before it is asked to stop. */
  readonly awaitQuiet: boolean;
}

/** What a process has at least between SIGTERM and SIGKILL, however long its connections took. */
const LEAST_STOP_SECONDS = 5;

/**
 * Lets a replica that gets no new requests finish those it has, and stops it. First its connections
 * end by themselves, so that none is interrupted even where the process ends at once on SIGTERM.
 */
export async function drain(container: Docker.Container, options: DrainOptions): Promise<void> {
  const end = Date.now() + options.graceSeconds * 1000;
  if (options.awaitQuiet) {
    const probe = nodeProbe('await-quiet', String(options.port), String(options.graceSeconds));
    await execIn(container, probe).catch(ifRunning);
  }
  const left = Math.ceil((end - Date.now()) / 1000);
  await container.stop({ t: Math.max(LEAST_STOP_SECONDS, left) }).catch(ifRunning);
}

/** Stopped (304), gone (404) or not running (409) already: then nothing is left to do. */
function ifRunning(error: { readonly statusCode?: number }): void {
  if (![304, 404, 409].includes(error.statusCode ?? 0)) throw error;
}
