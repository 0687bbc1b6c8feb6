import type Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StackImages } from '../../../src/derive/plan.ts';
import { failureOf, imageProblems } from '../../../src/images/image-problems.ts';
import { type NamedImage, namedImages } from '../../../src/images/named-images.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import * as fixtures from '../../support/unit/stack-files.ts';

const reference = 'ghcr.io/acme/shop:1.4.2';
const path = ['backend', 'image'];
const manifest = 'application/vnd.docker.distribution.manifest.v2+json';
const list = 'application/vnd.oci.image.index.v1+json';

interface World {
  /** Reference -> processor of what the engine holds. */
  readonly held?: Readonly<Record<string, string>>;
  readonly registry?: { readonly type: string; readonly architectures: readonly string[] };
  readonly failure?: { readonly statusCode: number; readonly message: string };
}

/** An engine for linux/amd64 whose registry answers so. */
function engine({ held = {}, registry, failure }: World) {
  const asked: { path: string; authconfig?: unknown }[] = [];
  const docker = {
    version: async () => ({ Os: 'linux', Arch: 'amd64' }),
    getImage: (name: string) => ({
      inspect: async () => {
        if (held[name] === undefined) throw Object.assign(new Error('no'), { statusCode: 404 });
        return { Id: 'sha256:1', Os: 'linux', Architecture: held[name] };
      },
    }),
    modem: {
      dial: (options: (typeof asked)[number], done: (error: unknown, data?: unknown) => void) => {
        asked.push(options);
        if (failure) {
          const { statusCode, message } = failure;
          done(Object.assign(new Error(`(HTTP) ${message}`), { statusCode, json: { message } }));
        } else {
          done(undefined, {
            Descriptor: { mediaType: registry?.type ?? manifest },
            Platforms: registry?.architectures.map((architecture) => ({
              os: 'linux',
              architecture,
            })),
          });
        }
      },
    },
  };
  return { docker: docker as unknown as Docker, asked };
}

const messages = async (world: World, options = {}, image: Partial<NamedImage> = {}) =>
  (await imageProblems(engine(world).docker, [{ path, reference, ...image }], options)).map(
    ({ message }) => message,
  );

beforeEach(() => {
  vi.stubEnv('DOCKER_CONFIG', temporaryFolder());
  vi.stubEnv('DOCKER_HOST', '');
});
afterEach(() => void vi.unstubAllEnvs());

describe('an image', () => {
  test('that the engine holds is asked for nowhere', async () => {
    const { docker, asked } = engine({ held: { [reference]: 'amd64' } });
    expect(await imageProblems(docker, [{ path, reference }])).toEqual([]);
    expect(await imageProblems(docker, [{ path, reference }], { offline: true })).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('that the registry has for this platform is well', async () => {
    const registry = { type: list, architectures: ['arm64', 'amd64'] };
    expect(await messages({ registry })).toEqual([]);
    // Some registries say nothing of platforms.
    expect(await messages({ registry: { type: manifest, architectures: [] } })).toEqual([]);
  });

  test('offline has to be there', async () => {
    expect(await messages({}, { offline: true })).toEqual([
      `${reference} is not on the engine and cannot be pulled with --offline; run once without it`,
    ]);
  });

  test('for another platform alone is refused, on the engine and in the registry', async () => {
    const refused = [
      `${reference} is for linux/s390x, and linux/amd64 is needed; build it for that platform too (docker buildx build --platform linux/amd64)`,
    ];
    const world = { held: { [reference]: 's390x' } };
    // Elsewhere than on Linux an engine in a virtual machine may emulate it.
    if (process.platform === 'linux') expect(await messages(world)).toEqual(refused);
    expect(await messages({ registry: { type: list, architectures: ['s390x'] } })).toEqual(refused);
  });

  test('for a cloud that emulates nothing has to fit its platform; what is held need not', async () => {
    const options = { platform: 'linux/arm64' };
    const registry = { type: manifest, architectures: ['amd64'] };
    const held = { [reference]: 'amd64' };
    expect(await messages({ held, registry }, options)).toEqual([
      `${reference} is for linux/amd64, and linux/arm64 is needed; build it for that platform too (docker buildx build --platform linux/arm64)`,
    ]);
    const both = { type: list, architectures: ['amd64', 'arm64'] };
    expect(await messages({ held, registry: both }, options)).toEqual([]);
  });

  test('all problems are reported, in order', async () => {
    const { docker } = engine({ failure: { statusCode: 404, message: 'manifest unknown' } });
    const images = ['a:1', 'b:2'].map((name) => ({ path, reference: `ghcr.io/${name}` }));
    expect((await imageProblems(docker, images)).map(({ message }) => message)).toEqual([
      'the registry ghcr.io has no ghcr.io/a:1; correct the reference, or push the image first',
      'the registry ghcr.io has no ghcr.io/b:2; correct the reference, or push the image first',
    ]);
  });

  test('that can be built instead needs no registry that answers, but one that has it', async () => {
    const image = { replaceable: true, fix: 'mirror it' };
    for (const message of ['dial tcp: connection refused', 'denied: no']) {
      expect(await messages({ failure: { statusCode: 500, message } }, {}, image)).toEqual([]);
    }
    expect(
      await messages({ failure: { statusCode: 404, message: 'manifest unknown' } }, {}, image),
    ).toEqual([`the registry ghcr.io has no ${reference}; mirror it`]);
  });

  test('that a login is needed for', async () => {
    const failure = { statusCode: 401, message: 'unauthorized: authentication required' };
    expect(await messages({ failure })).toEqual([
      `the registry ghcr.io gives no access to ${reference} (unauthorized: authentication required); log in (docker login ghcr.io) and check the name`,
    ]);
  });
});

test.each([
  [404, 'manifest unknown: manifest unknown', 'missing'],
  [404, 'errors:\ndenied: requested access to the resource is denied', 'denied'],
  [500, 'Head "https://x/v2/a/manifests/1": no basic auth credentials', 'denied'],
  [401, 'whatever', 'denied'],
  [403, 'whatever', 'denied'],
  [500, 'Get "https://x/v2/": dial tcp: lookup x on 1.1.1.1:53: no such host', 'unanswered'],
  [500, 'Get "http://x/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'unanswered'],
  [500, 'toomanyrequests: You have reached your pull rate limit', 'unanswered'],
])('what an engine says with %s %s', (statusCode, message, kind) => {
  const error = Object.assign(new Error('frame'), { statusCode, json: { message } });
  expect(failureOf(error).kind).toBe(kind);
});

describe('the images that a stack names', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const stack = {
    ...fixtures.dev,
    backend: { ...fixtures.dev.backend, image: { reference } },
  };
  const names = (images: Partial<typeof stack.images>, lock?: StackImages) =>
    namedImages({ ...stack, images: { ...stack.images, ...images } }, lock).map(
      (image) => `${image.path.join('.')}: ${image.reference}`,
    );

  test('while nothing is chosen, and no registry is named, the backend’s alone', () => {
    expect(names({ source: 'auto' })).toEqual([`backend.image: ${reference}`]);
    expect(names({ source: 'debian' })).toEqual([`backend.image: ${reference}`]);
  });

  test('of a registry, all', () => {
    expect(names({ source: 'official', registry: 'mirror.acme.example' })).toMatchInlineSnapshot(`
      [
        "backend.image: ghcr.io/acme/shop:1.4.2",
        "images.registry: mirror.acme.example/postgres:18-bookworm",
        "images.registry: mirror.acme.example/redis:8-bookworm",
        "images.registry: mirror.acme.example/node:22-bookworm-slim",
        "images.registry: mirror.acme.example/caddy:2",
      ]
    `);
  });

  test('of a choice, its digests; what was built here is no registry’s', () => {
    const locked = (ref: string, version: string) => ({ ref, name: 'x', version });
    const lock: StackImages = {
      source: 'official',
      images: { postgres: locked(`postgres@${digest}`, '15.4'), redis: locked(digest, '7.2') },
    };
    expect(names({ source: 'auto' }, lock)).toMatchInlineSnapshot(`
      [
        "backend.image: ghcr.io/acme/shop:1.4.2",
        "images.source: postgres@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "images.source: node:22-bookworm-slim",
        "images.source: caddy:2",
      ]
    `);
  });
});
