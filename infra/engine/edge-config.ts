import type Docker from 'dockerode';

export async function configureEdge(
  _container: Docker.Container,
  _config: string,
  _log: (line: string) => void,
): Promise<void> {
  throw new Error('being built');
}

/** Sends traffic to the replicas that share `alias`, from the next request on. */
export async function routeTo(_container: Docker.Container, _alias: string): Promise<void> {
  throw new Error('being built');
}
