import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';

export interface JobFile {
  readonly path: string;
  readonly content: string;
}

/** Writes files into a container, running or not. */
export async function putFiles(
  container: Docker.Container,
  files: readonly JobFile[],
): Promise<void> {
  if (files.length === 0) return;
  const archive = pack();
  for (const { path, content } of files) archive.entry({ name: path, mode: 0o644 }, content);
  archive.finalize();
  await container.putArchive(archive, { path: '/' });
}

/**
 * Empties files of a container that has ended: they would lie on the engine's disk, and in every export or backup of it,
 * for as long as the container stays.
 */
export async function emptyFiles(
  container: Docker.Container,
  files: readonly JobFile[],
): Promise<void> {
  // All are written at once, and emptied at once.
  const [first] = files.filter(({ content }) => content !== '');
  if (!first || (await sizeOf(container, first.path)) === 0) return;
  await putFiles(
    container,
    files.map(({ path }) => ({ path, content: '' })),
  );
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(container: Docker.Container, path: string): Promise<number> {
  try {
    const answer = (await container.infoArchive({ path })) as unknown as IncomingMessage;
    // Its end has to be read, or its connection keeps the process alive.
    answer.resume();
    const stat = Buffer.from(String(answer.headers['x-docker-container-path-stat']), 'base64');
    return (JSON.parse(stat.toString()) as { size: number }).size;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return 0;
    throw error;
  }
}
