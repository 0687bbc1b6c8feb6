import type Docker from 'dockerode';
import { nodeProbe } from '../bundle.ts';
import { execIn } from './exec.ts';
import { LEAST_STOP_SECONDS } from './limits.ts';

export interface DrainOptions {
  /** Port that the process listens on. */
  readonly port: number;
  /** Seconds from now until it is killed. */
  readonly graceSeconds: number;
  /** Whether to wait for its connections to close by themselves before it is asked to stop. */
  readonly awaitQuiet: boolean;
}

/**
 * Lets a replica that gets no new requests finish those it has, and stops it. Its connections close
 * first, so that none is interrupted even if the process ends at once on SIGTERM.
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

/** Already stopped (304), gone (404) or not running (409): nothing is left to do. */
function ifRunning(error: { readonly statusCode?: number }): void {
  if (![304, 404, 409].includes(error.statusCode ?? 0)) throw error;
}
