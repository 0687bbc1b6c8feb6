import type Docker from 'dockerode';

/** Header of a frame in a log without a terminal: stream, three zeros, length (big endian). */
const HEADER_BYTES = 8;

/**
 * The last lines of a container's output on both streams, indented.
 * @param since only lines written after it
 */
export async function lastLines(
  container: Docker.Container,
  count: number,
  since?: Date,
): Promise<string> {
  const raw = await container.logs({
    stdout: true,
    stderr: true,
    follow: false,
    tail: count,
    since: since === undefined ? 0 : Math.floor(since.getTime() / 1000),
  });
  const lines = demultiplexed(raw)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
  return lines.length === 0 ? '  (no output)' : lines.map((line) => `  ${line}`).join('\n');
}

/** The text of a log in which both streams are multiplexed as frames. */
export function demultiplexed(raw: Buffer): string {
  const chunks: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    chunks.push(raw.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
    at += HEADER_BYTES + length;
  }
  return Buffer.concat(chunks).toString('utf8');
}
