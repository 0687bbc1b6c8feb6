import type Docker from 'dockerode';
import { execIn } from './exec.ts';

/** What a health check found. */
export interface Probed {
  readonly healthy: boolean;
  /** What it printed. */
  readonly said: string;
}

/**
 * Runs a container's own health check now, in place of waiting for the engine, which runs it for the first time only
 * after its interval.
 */
export async function probe(
  container: Docker.Container,
  found: Docker.ContainerInspectInfo,
): Promise<Probed> {
  const command = commandOf(found.Config?.Healthcheck?.Test ?? []);
  if (command === undefined || !found.State.Running) return { healthy: false, said: '' };
  try {
    const { exitCode, stdout, stderr } = await execIn(container, command);
    return { healthy: exitCode === 0, said: `${stdout}${stderr}`.trim() };
  } catch (error) {
    // 409: it has stopped or is paused; 404: it is gone. The next look reports which.
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404 || statusCode === 409) return { healthy: false, said: '' };
    throw error;
  }
}

/** Source: https://docs.docker.com/reference/api/engine (`HealthConfig`). */
function commandOf([kind, ...rest]: readonly string[]): readonly string[] | undefined {
  if (kind === 'CMD') return rest;
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', ...rest];
  return undefined;
}
