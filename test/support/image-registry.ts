import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/**
 * A registry on 127.0.0.1, which an engine asks in plain HTTP without further settings. It serves tiny
 * images of one layer, so that the way of an official image is gone on a real engine.
 */
export class ImageRegistry {
  readonly #server: Server;
  /** `name:reference` -> manifest digest, for tags. */
  readonly #tags = new Map<string, string>();
  readonly #blobs = new Map<string, Buffer>();
  /** Requests for manifests, in order, as `name:reference`. */
  readonly asked: string[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const answer = this.#answer(request.url ?? '');
      response.writeHead(answer.status, {
        'Docker-Distribution-Api-Version': 'registry/2.0',
        ...answer.headers,
      });
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    });
  }

  /** @returns host and port */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * Offers an image whose environment is `env`; the same name again moves the tag.
   * @param architecture in Go's word. @default this machine's
   */
  offer(
    name: string,
    tag: string,
    env: Readonly<Record<string, string>>,
    architecture: string = process.arch === 'arm64' ? 'arm64' : 'amd64',
  ): string {
    const layer = tarOfOneFile('hello', JSON.stringify({ name, tag, env }));
    const packed = gzipSync(layer);
    const config = Buffer.from(
      JSON.stringify({
        architecture,
        os: 'linux',
        config: { Env: Object.entries(env).map(([key, value]) => `${key}=${value}`) },
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
        history: [{ created_by: 'test' }],
      }),
    );
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: {
          mediaType: 'application/vnd.docker.container.image.v1+json',
          size: config.length,
          digest: digestOf(config),
        },
        layers: [
          {
            mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
            size: packed.length,
            digest: digestOf(packed),
          },
        ],
      }),
    );
    for (const blob of [packed, config, manifest]) this.#blobs.set(digestOf(blob), blob);
    this.#tags.set(`${name}:${tag}`, digestOf(manifest));
    return digestOf(manifest);
  }

  /** Forgets everything, as a registry that was cleaned up. */
  clear(): void {
    this.#tags.clear();
    this.#blobs.clear();
  }

  #answer(url: string): { status: number; headers?: Record<string, string>; body?: Buffer } {
    if (url === '/v2/') return { status: 200, body: Buffer.from('{}') };
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url);
    const [, name, kind, reference] = match ?? [];
    if (kind === 'manifests') this.asked.push(`${name}:${reference}`);
    const digest = this.#tags.get(`${name}:${reference}`) ?? reference ?? '';
    const body = this.#blobs.get(digest);
    if (body === undefined) {
      const code = kind === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN';
      const errors = [{ code, message: code.toLowerCase().replace('_', ' ') }];
      return { status: 404, body: Buffer.from(JSON.stringify({ errors })) };
    }
    const type = kind === 'manifests' ? manifestType : 'application/octet-stream';
    return {
      status: 200,
      headers: {
        'Content-Type': type,
        'Docker-Content-Digest': digest,
        'Content-Length': String(body.length),
      },
      body,
    };
  }
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The ustar form: one header of 512 bytes, the content, and two empty blocks. */
function tarOfOneFile(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
