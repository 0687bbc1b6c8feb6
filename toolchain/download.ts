import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { UserError } from '../src/errors.ts';

/** The vendor's sites do not have it, or do not answer; it can be built instead. */
export class DownloadError extends UserError {
  constructor(message: string) {
    super(message, 'download-failed');
  }
}

const STALLED_MS = 60_000;

/** Downloads a file, following redirects. Fails when nothing arrives for a minute. */
export async function download(
  url: string,
  file: string,
  report: (line: string) => void,
): Promise<void> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), STALLED_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
    const total = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    body.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), STALLED_MS);
      report(`downloaded ${megabytes(bytes)}${total ? ` of ${megabytes(total)}` : ''} MB`);
    });
    await pipeline(body, createWriteStream(file));
  } catch (error) {
    throw new DownloadError(`download of ${url} failed: ${describe(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** The digest of a file in a release's list. @throws DownloadError where the list is not available, or lacks the file */
export async function releaseDigest(list: string, name: string): Promise<string> {
  const text = await fetchText(list);
  const found = text && checksumOf(text, name);
  if (!found) throw new DownloadError(`${list}: expected a line for ${name}, found none`);
  return found;
}

/** The text at an address, or undefined when there is none. */
async function fetchText(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(15_000) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

/** The digest of one file in the format of `sha256sum`: `<hex>  <name>` a line. */
export function checksumOf(checksums: string, name: string): string | undefined {
  for (const line of checksums.split('\n')) {
    const match = /^([0-9a-f]{64}|[0-9a-f]{128})\s+[*]?(.+)$/i.exec(line.trim());
    if (match && match[2] === name) return match[1]?.toLowerCase();
  }
  return undefined;
}

/** The digest of a file on disk, in the given encoding. */
export async function digest(
  file: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest(encoding);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function describe(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
