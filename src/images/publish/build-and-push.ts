import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import {
  buildImage,
  buildTar,
  connectEngine,
  inspectImage,
  pushImage,
  requireEngine,
} from '../../docker/images.ts';
import { lastLine, messageOf } from '../../error-text.ts';
import { type Problem, UserError } from '../../errors.ts';
import { ProblemError } from '../../stack/problems.ts';
import { imageProblems } from '../image-problems.ts';
import { currentDigest } from '../moved-tag.ts';
import { digestIn, splitTag } from '../reference.ts';
import { platformProblem, pullPlatform, requirePlatform } from './image-platform.ts';
import type { ImageRecipe, RegistryLogin, Repository } from './image-publisher.ts';
import { loginOf, registryOf, storedLogin } from './registry-login.ts';

interface BuildAndPushOptions {
  /** @default the engine of DOCKER_HOST or the system's socket */
  readonly engine?: Docker;
  readonly log: (line: string) => void;
}

/**
 * Builds an image on an engine and pushes it.
 * @returns its digest
 * @throws UserError if the base is not available, or the registry refuses the image
 */
export async function buildAndPush(
  repository: Repository,
  tag: string,
  recipe: ImageRecipe,
  { engine = connectEngine(), log }: BuildAndPushOptions,
): Promise<string> {
  const name = `${repository.url}:${tag}`;
  const problem = await platformProblem(engine, recipe);
  if (problem) throw new ProblemError(problem);
  log(`building ${name}`);
  const { platform } = recipe;
  const base = await baseOf(engine, recipe);
  await buildTar(engine, contextTar(base, recipe), {
    tag: name,
    platform,
    registryLogins: await loginsFor(recipe),
  });
  await requirePlatform(engine, name, platform);
  log(`pushing ${name}`);
  try {
    return await pushImage(engine, name, await authOf(repository));
  } catch (error) {
    throw unreachable(repository, error);
  }
}

/**
 * Why the base of an image is not available, neither on the engine nor in its registry; pulls nothing.
 * @throws UserError if no engine answers
 */
export async function baseProblems(
  { base, platform }: ImageRecipe,
  { engine = connectEngine() }: Pick<BuildAndPushOptions, 'engine'>,
): Promise<readonly Problem[]> {
  await requireEngine(engine);
  const wrongPlatform = await platformProblem(engine, { base, platform });
  if (wrongPlatform) return [wrongPlatform];
  if (!('reference' in base)) return [];
  const { reference } = base;
  if (reference.startsWith('sha256:')) {
    const exists = (await inspectImage(engine, reference)) !== undefined;
    return exists ? [] : [missingBase(reference)];
  }
  const problems = await imageProblems(engine, [{ path: [], reference }], { platform });
  return problems.map(({ message, code }) => ({ message, code }));
}

/** A reference by its digest: what the engine has, otherwise what the registry serves now. */
export async function referenceDigest(
  reference: string,
  { engine = connectEngine() }: Pick<BuildAndPushOptions, 'engine'>,
): Promise<string | undefined> {
  const held = await inspectImage(engine, reference);
  if (held) return digestIn(held, reference);
  // The build itself reports a registry that does not answer.
  const digest = await currentDigest(reference, engine).catch(() => undefined);
  return digest && `${splitTag(reference)[0]}@${digest}`;
}

function missingBase(reference: string): Problem {
  return {
    message: `the engine has no image ${reference}, which another is built from; if images.lock.yaml names it, remove the stack's entry there; then run up again`,
    code: 'image-pin-gone',
  };
}

async function baseOf(engine: Docker, { base, platform }: ImageRecipe): Promise<string> {
  if ('reference' in base) {
    const { reference } = base;
    // The engine itself pulls any other reference.
    const exists = (await inspectImage(engine, reference)) !== undefined;
    if (!exists && reference.startsWith('sha256:')) throw new ProblemError(missingBase(reference));
    const login = (await loginsFor({ base }))[registryOf(reference)];
    await pullPlatform(engine, reference, platform, login);
    return reference;
  }
  return buildImage(engine, base.context, await readdir(base.context), {
    dockerfile: base.dockerfile,
    buildArgs: base.args,
    platform,
  });
}

/**
 * The build context: files and writable folders under `root/`, copied over the base. Nothing is run, so
 * the base may be for any platform; all times are 0, so that the same recipe gives the same layer.
 */
function contextTar(base: string, recipe: ImageRecipe): Readable {
  const tar = pack();
  const add = (name: string, entry: object, text?: string) =>
    tar.entry({ name, mtime: new Date(0), uid: 0, gid: 0, ...entry }, text);
  const folders = [...recipe.writableFolders].sort();
  const volumes = folders.length === 0 ? [] : [`VOLUME ${JSON.stringify(folders)}`];
  const dockerfile = [`FROM ${base}`, 'COPY root/ /', ...volumes, ''].join('\n');
  add('Dockerfile', { mode: 0o644 }, dockerfile);
  for (const folder of parentFolders(Object.keys(recipe.files), folders)) {
    const mode = folders.includes(folder) ? 0o1777 : 0o755;
    add(`root${folder}`, { type: 'directory', mode });
  }
  for (const [file, text] of Object.entries(recipe.files).sort(byName)) {
    add(`root${file}`, { mode: 0o644 }, text);
  }
  tar.finalize();
  return tar;
}

/** Every parent folder of the files and the writable folders, outermost first. */
function parentFolders(files: readonly string[], folders: readonly string[]): string[] {
  const found = new Set(folders);
  for (const each of [...files, ...folders]) {
    for (let up = path.posix.dirname(each); up !== '/'; up = path.posix.dirname(up)) found.add(up);
  }
  return [...found].sort();
}

function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

async function authOf(repository: Repository): Promise<object | undefined> {
  const login = await loginOf(repository);
  return login && { ...login, serveraddress: registryOf(repository.url) };
}

async function loginsFor({
  base,
}: Pick<ImageRecipe, 'base'>): Promise<Readonly<Record<string, RegistryLogin>>> {
  if (!('reference' in base) || base.reference.startsWith('sha256:')) return {};
  const registry = registryOf(base.reference);
  const login = await storedLogin(registry);
  return login ? { [registry]: login } : {};
}

function unreachable(repository: Repository, error: unknown): Error {
  // Without the prefix of the engine's client, which means nothing to a reader.
  const reason = lastLine(messageOf(error)).replace(/^\(HTTP code \d+\) [^-]* - /, '');
  return new UserError(
    `the registry of ${repository.url} refuses the image: ${reason}; log in to it (docker login ${registryOf(repository.url)}) and check that the repository exists`,
    'registry-refused',
  );
}
