import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { cacheRoot } from '../../toolchain/cache.ts';
import { withLock } from '../../toolchain/lock.ts';
import { LABELS } from '../derive/labels.ts';
import type { ImageName, LockedImage } from '../derive/plan.ts';
import {
  buildImage,
  type ImageFacts,
  importImage,
  inspectImage,
  outputOf,
  tagImage,
} from '../docker/images.ts';
import { UserError } from '../errors.ts';
import { stageApt } from './apt-settings.ts';
import { bootstrapDebian } from './bootstrap.ts';
import { buildName, localNames } from './local-name.ts';
import { newerPackages } from './newer-packages.ts';
import { stageNode } from './npm-package.ts';
import { basePin, debianRelease, imagePin, nodeBinaries, recipeFolder } from './pins.ts';

const mainPackage: Readonly<Record<ImageName, (major: string) => string | undefined>> = {
  postgres: (major) => `postgresql-${major}`,
  redis: () => 'redis-server',
  node: () => undefined,
  edge: () => 'caddy',
};

const titles: Readonly<Record<ImageName, string>> = {
  postgres: 'PostgreSQL from Debian packages',
  redis: 'Redis from Debian packages',
  node: 'Node.js from the npm registry over Debian',
  edge: 'Caddy from Debian packages',
};

/** Name of an image that is built here; never an official name. */
export function debianName(image: ImageName, major: string): string {
  return localNames(tagFor(image, major))[0];
}

function tagFor(image: ImageName, major: string): string {
  return `${image}:${major}-debian-${debianRelease}`;
}

/** The image, if the engine has it as it would be built now. */
export async function findDebian(
  engine: Docker,
  image: ImageName,
  major: string,
): Promise<LockedImage | undefined> {
  const found = await inspectLocal(
    engine,
    localNames(tagFor(image, major)),
    imagePin(image, process.arch),
  );
  if (found === undefined) return undefined;
  const locked = lockedFrom(debianName(image, major), found);
  if (image === 'node') await nameForBuilds(engine, locked);
  return locked;
}

/** An image that is built here, by its name or the earlier one, if it is what would be built now. */
async function inspectLocal(
  engine: Docker,
  [current, earlier]: readonly [string, string],
  pin: string,
): Promise<ImageFacts | undefined> {
  for (const name of [current, earlier]) {
    const facts = await inspectImage(engine, name);
    if (facts?.labels[LABELS.pin] !== pin) continue;
    if (name === earlier) await tagImage(engine, facts.id, current);
    return facts;
  }
  return undefined;
}

/**
 * Gives a locked image the name that Dockerfiles use, if the engine has none of that name: it would be asked
 * of a registry.
 */
export async function nameForBuilds(engine: Docker, locked: LockedImage): Promise<void> {
  if (locked.ref.includes('@')) return;
  const name = buildName(locked);
  if ((await inspectImage(engine, name)) === undefined) await tagImage(engine, locked.ref, name);
}

/** Entry of the lock file for an image that was built here. */
export function lockedFrom(name: string, facts: ImageFacts): LockedImage {
  return { ref: facts.id, name, version: facts.labels[LABELS.version] ?? 'unknown' };
}

/**
 * Builds the images that are missing; two processes never build at the same time. A build may be
 * interrupted: an image gets its name when it is finished, and the engine's cache resumes the rest.
 * @param newest whether to build an image again for which apt offers newer packages
 */
export async function buildDebian(
  engine: Docker,
  wanted: Readonly<Partial<Record<ImageName, string>>>,
  log: (line: string) => void,
  { newest = false }: { readonly newest?: boolean } = {},
): Promise<Partial<Record<ImageName, LockedImage>>> {
  await requireSameProcessor(engine);
  const cache = join(cacheRoot(), 'images');
  return withLock(
    cache,
    async () => {
      const built: Partial<Record<ImageName, LockedImage>> = {};
      const missing: [ImageName, string][] = [];
      for (const [image, major] of Object.entries(wanted) as [ImageName, string][]) {
        const present = await findDebian(engine, image, major);
        const found =
          present && newest && (await isOutdated(engine, cache, present, log))
            ? undefined
            : present;
        found ? Object.assign(built, { [image]: found }) : missing.push([image, major]);
      }
      if (missing.length > 0) {
        const base = await ensureBase(engine, cache, log, newest);
        await Promise.all(
          missing.map(async ([image, major]) => {
            built[image] = await buildOne(
              engine,
              cache,
              { base, fresh: newest },
              image,
              major,
              log,
            );
          }),
        );
      }
      return built;
    },
    () => log('another process is building images; waiting for it'),
  );
}

async function isOutdated(
  engine: Docker,
  cache: string,
  { name, ref }: LockedImage,
  log: (line: string) => void,
): Promise<boolean> {
  const packages = await newerPackages(engine, cache, ref);
  if (packages.length === 0) return false;
  log(`${name}: newer packages are available: ${packages.join(', ')}`);
  return true;
}

async function requireSameProcessor(engine: Docker): Promise<void> {
  const { Arch } = await engine.version();
  const own = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (own === undefined || Arch !== own) {
    throw new UserError(
      `images.source: images from Debian packages are built for the machine's own processor (${process.arch}), ` +
        `but the Docker engine runs on ${Arch}; make an image registry reachable for that engine`,
      'image-build-unsupported',
    );
  }
}

/** @returns the ID of the base */
async function ensureBase(
  engine: Docker,
  cache: string,
  log: (line: string) => void,
  fresh: boolean,
): Promise<string> {
  const names = localNames(`base:debian-${debianRelease}`);
  const [name] = names;
  const pin = basePin(process.arch);
  const found = fresh ? undefined : await inspectLocal(engine, names, pin);
  if (found !== undefined) return found.id;
  const started = Date.now();
  log(`building the Debian ${debianRelease} base of the images (about half a minute)`);
  const tarFile = join(cache, 'base.tar');
  await rm(tarFile, { force: true });
  await bootstrapDebian(cache, tarFile);
  await importImage(engine, tarFile, name, [
    `LABEL ${LABELS.pin}=${pin} ${LABELS.source}=debian org.opencontainers.image.title="Debian ${debianRelease}, base of medusa-infra's images"`,
    'CMD ["/bin/bash"]',
  ]);
  await rm(tarFile, { force: true });
  log(`built ${name} in ${seconds(started)}`);
  const built = await inspectImage(engine, name);
  if (built === undefined) throw new Error(`${name} was imported but the engine does not have it`);
  return built.id;
}

async function buildOne(
  engine: Docker,
  cache: string,
  { base, fresh }: { readonly base: string; readonly fresh: boolean },
  image: ImageName,
  major: string,
  log: (line: string) => void,
): Promise<LockedImage> {
  const started = Date.now();
  const name = debianName(image, major);
  log(`building ${name}`);
  const folder = join(cache, `build-${image}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(recipeFolder(image))) {
    await copyFile(join(recipeFolder(image), file), join(folder, file));
  }
  const proxies = image === 'node' ? {} : await stageApt(folder);
  if (image === 'node') await stageNode(cache, folder);
  const node = nodeBinaries[process.arch];
  const id = await buildImage(engine, folder, await readdir(folder), {
    fresh,
    buildArgs: {
      ...proxies,
      BASE_IMAGE: base,
      MAJOR: major,
      ...(image === 'node' && node ? { NODE_VERSION: node.version } : {}),
    },
  });
  const facts = await label(engine, folder, image, major, id, name);
  await rm(folder, { recursive: true, force: true });
  log(`built ${name} in ${seconds(started)}`);
  const locked = lockedFrom(name, facts);
  if (image === 'node') await nameForBuilds(engine, locked);
  return locked;
}

/** Adds labels with the versions inside, which only the finished image shows, and the name. */
async function label(
  engine: Docker,
  folder: string,
  image: ImageName,
  major: string,
  id: string,
  name: string,
): Promise<ImageFacts> {
  const listed = await outputOf(engine, id, ['dpkg-query', '-W', '-f', '${Package}=${Version}\\n']);
  const packages = listed.trim().split('\n');
  const main = mainPackage[image](major);
  const packageVersion = packages.find((entry) => entry.startsWith(`${main}=`));
  const full = packageVersion?.slice((main?.length ?? 0) + 1) ?? '';
  const version = image === 'node' ? nodeBinaries[process.arch]?.version : upstreamVersion(full);
  if (!version) {
    throw new Error(`${name}: the package ${main} is not in the image`);
  }
  await writeFile(join(folder, 'Dockerfile'), `FROM ${id}\n`);
  await buildImage(engine, folder, ['Dockerfile'], {
    tag: name,
    labels: {
      [LABELS.pin]: imagePin(image, process.arch),
      [LABELS.version]: version,
      [LABELS.source]: 'debian',
      [LABELS.packages]: packages.join(' '),
      'org.opencontainers.image.title': titles[image],
      'org.opencontainers.image.description':
        'Built by medusa-infra on this machine. Not an official image.',
    },
  });
  const facts = await inspectImage(engine, name);
  if (facts === undefined) {
    throw new Error(`${name} was built but the engine does not have it`);
  }
  return facts;
}

/** `15.20` of the Debian version `15.20-0+deb12u1`, `7.0.15` of `5:7.0.15-1~deb12u10`. */
export function upstreamVersion(debianVersion: string): string {
  return debianVersion.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(0)} s`;
}
