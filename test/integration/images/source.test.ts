import { createServer, type Server } from 'node:net';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ImageLock } from '../../../src/derive/plan.ts';
import { buildTar } from '../../../src/docker/images.ts';
import { UserError } from '../../../src/errors.ts';
import { type EnsureImagesOptions, ensureImages } from '../../../src/images/ensure.ts';
import { buildName } from '../../../src/images/local-name.ts';
import { readImageLock, writeImageLock } from '../../../src/images/lock-file.ts';
import { splitTag } from '../../../src/images/reference.ts';
import { updateStackImages } from '../../../src/images/update.ts';
import { docker } from '../../support/engine.ts';
import { ImageRegistry } from '../../support/image-registry.ts';
import { freePort } from '../../support/ports.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dev } from '../../support/unit/stack-files.ts';

const registry = new ImageRegistry();
let host: string;
let mirror: string;
const lines: string[] = [];

const wanted = { postgres: '17', redis: '7' };
const ensure = (options: Partial<EnsureImagesOptions>) =>
  ensureImages({
    source: 'official',
    registry: mirror,
    wanted,
    log: (line) => lines.push(line),
    ...options,
  });

function offerAll(): Record<string, string> {
  return {
    postgres: registry.offer('mirror/postgres', '17-bookworm', { PG_VERSION: '17.6-1.pgdg12+1' }),
    redis: registry.offer('mirror/redis', '7-bookworm', { REDIS_VERSION: '7.4.5' }),
    node: registry.offer('mirror/node', '22-bookworm-slim', { NODE_VERSION: '22.23.3' }),
    edge: registry.offer('mirror/caddy', '2', { CADDY_VERSION: 'v2.10.2' }),
  };
}

async function forgetPulled(): Promise<void> {
  for (const image of await docker.listImages()) {
    const names = [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])];
    if (names.some((name) => name.startsWith(`${host}/`))) {
      await docker.getImage(image.Id).remove({ force: true });
    }
  }
}

beforeAll(async () => {
  host = await registry.start();
  mirror = `${host}/mirror`;
});

afterEach(async () => {
  await forgetPulled();
  registry.clear();
  registry.asked.length = 0;
  lines.length = 0;
});

afterAll(() => registry.stop());

describe('official images', () => {
  test('are pulled through the engine, and locked by digest with their real version', async () => {
    const digests = offerAll();
    expect(await ensure({})).toEqual({
      source: 'official',
      images: {
        postgres: {
          ref: `${mirror}/postgres@${digests['postgres']}`,
          name: `${mirror}/postgres:17-bookworm`,
          version: '17.6',
        },
        redis: {
          ref: `${mirror}/redis@${digests['redis']}`,
          name: `${mirror}/redis:7-bookworm`,
          version: '7.4.5',
        },
        node: {
          ref: `${mirror}/node@${digests['node']}`,
          name: `${mirror}/node:22-bookworm-slim`,
          version: '22.23.3',
        },
        edge: {
          ref: `${mirror}/caddy@${digests['edge']}`,
          name: `${mirror}/caddy:2`,
          version: '2.10.2',
        },
      },
    });
    expect(lines.filter((line) => line.startsWith('pulling')).sort()).toEqual([
      `pulling ${mirror}/caddy:2`,
      `pulling ${mirror}/node:22-bookworm-slim`,
      `pulling ${mirror}/postgres:17-bookworm`,
      `pulling ${mirror}/redis:7-bookworm`,
    ]);
  });

  test('auto takes them where a registry answers, and says so', async () => {
    offerAll();
    const lock = await ensure({ source: 'auto' });
    expect(lock.source).toBe('official');
    expect(lines.at(-1)).toBe(`images: official, from ${mirror}`);
  });

  test('a stack keeps its digests although the tag moved, also when the engine lost them', async () => {
    offerAll();
    const lock = await ensure({});
    registry.offer('mirror/redis', '7-bookworm', { REDIS_VERSION: '7.4.6' });
    expect(await ensure({ source: 'auto', lock })).toEqual(lock);
    await forgetPulled();
    registry.asked.length = 0;
    expect(await ensure({ source: 'auto', lock })).toEqual(lock);
    expect(registry.asked).not.toContain('mirror/redis:7-bookworm');
    const { Config } = await docker.getImage(lock.images.redis.ref).inspect();
    expect(Config.Env).toEqual(['REDIS_VERSION=7.4.5']);
  });

  test('with the images there nothing is asked and nothing is said, in under a second', async () => {
    offerAll();
    const lock = await ensure({});
    registry.asked.length = 0;
    lines.length = 0;
    const started = Date.now();
    expect(await ensure({ source: 'auto', lock, offline: true })).toEqual(lock);
    expect(Date.now() - started).toBeLessThan(1000);
    expect(registry.asked).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('another version in the file replaces that image only', async () => {
    offerAll();
    const lock = await ensure({});
    registry.offer('mirror/redis', '8-bookworm', { REDIS_VERSION: '8.2.1' });
    const next = await ensure({ lock, wanted: { ...wanted, redis: '8' } });
    expect(next.images.redis.version).toBe('8.2.1');
    expect({ ...next.images, redis: lock.images.redis }).toEqual(lock.images);
  });

  test('a version that the registry does not have is refused by its key', async () => {
    offerAll();
    await expect(ensure({ wanted: { ...wanted, postgres: '16' } })).rejects.toThrow(
      new UserError(
        'database.version: the image source "official" offers 18, 17, 16, 15, 14, got "16"; set one of these',
        'image-version-not-offered',
      ),
    );
  });

  test('a digest that the registry no longer has says how to choose again', async () => {
    offerAll();
    const lock = await ensure({});
    await forgetPulled();
    registry.clear();
    await expect(ensure({ lock })).rejects.toThrow(
      /^\S+: the registry no longer has \S+@sha256:[0-9a-f]{64}, which the stack is pinned to; take the current one: medusa-infra images update$/,
    );
  });
});

describe('where no registry answers', () => {
  test('official alone fails and names the reason', async () => {
    const closed = `127.0.0.1:${await freePort()}`;
    await expect(ensure({ registry: closed })).rejects.toThrow(
      /^127\.0\.0\.1:\d+\/\w+:\S+: .*connection refused$/,
    );
  });

  test('auto takes the images from Debian packages, and says why', async () => {
    const closed = `127.0.0.1:${await freePort()}`;
    const lock = await ensure({ source: 'auto', registry: closed, wanted: {} });
    expect(lock.source).toBe('debian');
    expect(lines[0]).toMatch(
      new RegExp(
        `^images: ${closed} does not serve the official images \\(.*connection refused\\)$`,
      ),
    );
    expect(lines.at(-1)).toBe('images: built from Debian packages on this machine');
    for (const image of Object.values(lock.images)) {
      expect(image.ref).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(image.name).toMatch(
        /^localhost\/medusa-infra\/(postgres|redis|node|edge):\d+-debian-bookworm$/,
      );
    }
  });

  test('a version that Debian does not have is refused by its key, with the reason for Debian', async () => {
    const closed = `127.0.0.1:${await freePort()}`;
    await expect(ensure({ source: 'auto', registry: closed })).rejects.toThrow(
      new UserError(
        'database.version: the image source "debian" (no image registry answers) offers 15, got "17"; ' +
          'set one of these, or set images.source: official if an image registry is reachable',
        'image-version-not-offered',
      ),
    );
  });

  test('one that never answers is given up', async () => {
    const silent: Server = createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    try {
      await expect(ensure({ registry: `127.0.0.1:${port}` })).rejects.toThrow(
        /^127\.0\.0\.1:\d+\/\w+:\S+: no registry answered within 20 s$/,
      );
    } finally {
      silent.close();
    }
  }, 60_000);

  test('offline nothing is asked: what the engine lacks is an error', async () => {
    offerAll();
    await expect(ensure({ offline: true })).rejects.toThrow(
      /^images\.source: the \w+ image of the source "official" is not on the engine and cannot be pulled with --offline; run once without it$/,
    );
    expect(registry.asked).toEqual([]);
  });
});

describe('images from Debian packages', () => {
  let lock: ImageLock;

  beforeAll(async () => {
    lock = await ensure({ source: 'debian', wanted: {} });
  });

  test('say what they are, and do not pose as the official ones', async () => {
    for (const [image, locked] of Object.entries(lock.images)) {
      const { Config, RepoTags } = await docker.getImage(locked.ref).inspect();
      const labels = Config.Labels ?? {};
      expect(labels['medusa-infra.source']).toBe('debian');
      expect(labels['medusa-infra.version']).toBe(locked.version);
      expect(labels['medusa-infra.pin']).toMatch(/^[0-9a-f]{16}$/);
      expect(labels['medusa-infra.packages']).toMatch(/(^| )libc6=2\.36-\S+/);
      expect(labels['org.opencontainers.image.description']).toBe(
        'Built by medusa-infra on this machine. Not an official image.',
      );
      expect(RepoTags).toContain(locked.name);
      expect(locked.name.startsWith(`localhost/medusa-infra/${image}:`)).toBe(true);
    }
  });

  test('the image ID of the lock is kept; one that the engine never had gives way to what is there', async () => {
    expect(await ensure({ source: 'auto', wanted: {}, lock, offline: true })).toEqual(lock);
    const lost: ImageLock = {
      ...lock,
      images: {
        ...lock.images,
        redis: { ...lock.images.redis, ref: `sha256:${'0'.repeat(64)}` },
      },
    };
    expect(await ensure({ source: 'auto', wanted: {}, lock: lost, offline: true })).toEqual(lock);
  });

  test('two runs at once build an image that is missing once', async () => {
    // Only the names go: containers of others keep the image itself.
    const earlier = lock.images.edge.name.replace('localhost/', '');
    await docker.getImage(lock.images.edge.name).tag({ repo: 'medusa-infra/kept', tag: 'test' });
    await docker.getImage(lock.images.edge.name).remove({ noprune: true });
    const hadEarlier = await docker
      .getImage(earlier)
      .remove({ noprune: true })
      .then(
        () => true,
        () => false,
      );
    try {
      const [first, second] = await Promise.all([
        ensure({ source: 'debian', wanted: {} }),
        ensure({ source: 'debian', wanted: {} }),
      ]);
      expect(first).toEqual(second);
      expect(lines.filter((line) => line.startsWith('building'))).toEqual([
        `building ${lock.images.edge.name}`,
      ]);
      expect(lines).toContain('another process is building images; waiting for it');
    } finally {
      // On a base that is newer, as after the update below, it is another image: containers run the earlier one.
      const built = (await docker.getImage(lock.images.edge.name).inspect()).Id;
      await tag('medusa-infra/kept:test', lock.images.edge.name);
      if (built !== lock.images.edge.ref) await docker.getImage(built).remove();
      if (hadEarlier) await tag('medusa-infra/kept:test', earlier);
      await docker.getImage('medusa-infra/kept:test').remove({ noprune: true });
    }
  });

  test('one that has the name of an earlier version is used, and gets the name of this one', async () => {
    const { ref, name } = lock.images.edge;
    const earlier = name.replace('localhost/', '');
    const had = await exists(earlier);
    await tag(ref, earlier);
    try {
      await docker.getImage(name).remove({ noprune: true });
      expect(await ensure({ source: 'debian', wanted: {}, offline: true })).toEqual(lock);
      expect((await docker.getImage(name).inspect()).Id).toBe(ref);
    } finally {
      if (!had) await docker.getImage(earlier).remove({ noprune: true });
    }
  });

  test('the name that a build uses means this image alone, and comes back when it is gone', async () => {
    const name = buildName(lock.images.node);
    expect(name).toBe(`localhost/medusa-infra/node:${lock.images.node.ref.slice(7, 19)}`);
    await docker.getImage(name).remove({ noprune: true });
    await ensure({ source: 'auto', wanted: {}, lock, offline: true });
    expect((await docker.getImage(name).inspect()).Id).toBe(lock.images.node.ref);
  });

  test('update builds one again for which apt offers newer packages, and only that', async () => {
    const { edge, redis } = lock.images;
    const folder = temporaryFolder();
    const aged = await agedImage(edge.ref);
    await tag(aged, edge.name);
    const old: ImageLock = { ...lock, images: { ...lock.images, edge: { ...edge, ref: aged } } };
    await writeImageLock(folder, 'dev', old);
    try {
      const said: string[] = [];
      const [first, second] = await updateStackImages(dev, folder, 'dev', ['edge', 'redis'], {
        log: (line) => said.push(line),
        engine: docker,
      });
      expect(said).toContainEqual(
        expect.stringMatching(`^${edge.name}: newer packages are available: .*hostname 0.1 -> `),
      );
      expect(first).toMatchObject({ name: 'edge', from: aged });
      expect(first?.to).not.toBe(aged);
      expect(second).toMatchObject({ name: 'redis', from: redis.ref });
      const { Config } = await docker.getImage(first?.to ?? '').inspect();
      expect(Config.Labels['medusa-infra.packages']).not.toContain('hostname=0.1');
      const written = await readImageLock(folder, 'dev');
      expect(written?.images.edge).toMatchObject({ ref: first?.to, chosen: expect.any(String) });
      expect(written?.images.node).toEqual(lock.images.node);

      said.length = 0;
      const again = await updateStackImages(dev, folder, 'dev', ['edge'], {
        log: (line) => said.push(line),
        engine: docker,
      });
      expect(again).toMatchObject([{ from: first?.to, to: first?.to }]);
      expect(said).toEqual([]);
      expect((await readImageLock(folder, 'dev'))?.images.edge?.checked).toBeDefined();
    } finally {
      await tag(edge.ref, edge.name);
    }
  });
});

async function tag(image: string, name: string): Promise<void> {
  const [repo, version] = splitTag(name);
  await docker.getImage(image).tag({ repo, tag: version });
}

async function exists(name: string): Promise<boolean> {
  return docker
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** The same image with an old version of a package, as dpkg has it. */
async function agedImage(ref: string): Promise<string> {
  const context = pack();
  const edit = "'/^Package: hostname$/,/^$/s/^Version: .*/Version: 0.1/'";
  context.entry({ name: 'Dockerfile' }, `FROM ${ref}\nRUN sed -i ${edit} /var/lib/dpkg/status\n`);
  context.finalize();
  return buildTar(docker, context, {});
}
