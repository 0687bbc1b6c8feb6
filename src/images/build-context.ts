import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../../toolchain/cache.ts';
import { withLock } from '../../toolchain/lock.ts';
import type { LockedImage } from '../derive/plan.ts';
import { ProblemError } from '../stack/problems.ts';
import { type ContextFile, digestContext, listContext } from './context-files.ts';
import { declaresArgument, hostFolder, withAuthorities } from './dockerfile.ts';
import { type HostNetwork, hostNetwork } from './host-network.ts';
import { buildName } from './local-name.ts';
import { missingIgnoreLines } from './sensitive-files.ts';
import { STAGED_MODES, setStagedModes } from './staged-modes.ts';
import { withoutLogin } from './without-login.ts';

/** What to build, as the stack file says. */
export interface BuildSource {
  /** Absolute path of the folder. */
  readonly build: string;
  /** Path of the Dockerfile in it. */
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface BuildOptions {
  /** Passed as the build argument NODE_IMAGE if the Dockerfile declares it. */
  readonly nodeImage?: LockedImage;
  /** Text of the runtime's bundle, added to the context if medusa-config.js or the Dockerfile names its file. */
  readonly runtimeBundle?: string;
  /** @default what this host uses */
  readonly network?: HostNetwork;
}

/** Input of the engine's build. */
export interface BuildContext {
  /** Folder outside the repository with everything that the build needs and nothing else. */
  readonly context: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  /** Changes only with the files, the arguments and the base image. */
  readonly digest: string;
}

export interface PreparedContext extends BuildContext {
  /** What was changed in the copy, for the user. */
  readonly notes: readonly string[];
}

const runtimeFile = 'medusa-infra-runtime.cjs';
const configFiles = ['medusa-config.js', 'medusa-config.cjs', 'medusa-config.ts'];

/**
 * Copies a folder for the engine's build to the cache folder: the files that `.dockerignore` does not
 * exclude, the runtime's bundle, and what a build needs to know about this host's network (certificate
 * authorities, npm registry and proxies, as `.medusa-infra/ca.crt` and `.medusa-infra/npmrc`).
 * A copy that is up to date is left as it is.
 * @throws UserError if the folder or its Dockerfile does not exist
 */
export async function prepareBuildContext(
  source: BuildSource,
  options: BuildOptions = {},
): Promise<PreparedContext> {
  const dockerfile = await readDockerfile(source);
  const files = await listContext(source.build, source.dockerfile);
  const bundle = await wantedBundle(source.build, dockerfile, options.runtimeBundle);
  const args = { ...baseImageArgument(dockerfile, options.nodeImage), ...source.args };
  const kept = files.filter(({ path }) => bundle === undefined || path !== runtimeFile);
  const content = await digestContext(source.build, kept);
  const digest = digestOf([
    STAGED_MODES,
    content,
    source.dockerfile,
    bundle ?? '',
    JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))),
    // The name stays the same if an image is built again.
    'NODE_IMAGE' in args && !('NODE_IMAGE' in source.args) ? (options.nodeImage?.ref ?? '') : '',
  ]);
  const network = options.network ?? (await hostNetwork());
  const notes = [...loginNotes(network), ...(await secretNotes(source.build, kept))];
  const added = await hostFiles(network);
  if (bundle !== undefined) {
    added[runtimeFile] = bundle;
  }
  const adapted = network.caFile === undefined ? undefined : withAuthorities(dockerfile);
  if (adapted !== undefined) {
    added[source.dockerfile] = adapted;
    notes.push(
      `${source.dockerfile} does not use this machine's certificate authorities (${network.caFile}): ` +
        'they are added to its stages with RUN instructions',
    );
  }
  const context = await stage(source, kept, added, { digest, content });
  return { context, dockerfile: source.dockerfile, args, digest, notes };
}

async function readDockerfile(source: BuildSource): Promise<string> {
  const folder = await stat(source.build).catch(() => undefined);
  if (!folder?.isDirectory()) {
    throw new ProblemError({
      path: ['backend', 'image', 'build'],
      message: `there is no folder ${source.build}; create it, or correct the path (relative to the stack file)`,
      code: 'build-context-missing',
    });
  }
  try {
    return await readFile(join(source.build, source.dockerfile), 'utf8');
  } catch {
    throw new ProblemError({
      path: ['backend', 'image', 'dockerfile'],
      message: `there is no file ${source.dockerfile} in ${source.build}; write one, or correct the name`,
      code: 'build-context-missing',
    });
  }
}

/** The bundle if the configuration or the Dockerfile names its file. */
async function wantedBundle(
  folder: string,
  dockerfile: string,
  bundle: string | undefined,
): Promise<string | undefined> {
  if (bundle === undefined || dockerfile.includes(runtimeFile)) return bundle;
  for (const file of configFiles) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (text.includes(runtimeFile)) return bundle;
  }
  return undefined;
}

function baseImageArgument(
  dockerfile: string,
  image: LockedImage | undefined,
): Readonly<Record<string, string>> {
  if (image === undefined || !declaresArgument(dockerfile, 'NODE_IMAGE')) {
    return {};
  }
  return { NODE_IMAGE: buildName(image) };
}

/** A build keeps what it copies in a layer, and its arguments in Pulumi's state. */
function loginNotes({ proxies, npmRegistry }: HostNetwork): string[] {
  const { NO_PROXY: _hosts, ...addresses } = proxies;
  const all = { ...addresses, ...(npmRegistry ? { "npm's registry": npmRegistry } : {}) };
  const names = Object.entries(all).flatMap(([name, address]) =>
    withoutLogin(address) === address ? [] : [name],
  );
  if (names.length === 0) return [];
  return [
    `${names.join(' and ')} contains a user and password, which would stay in a layer of the image: the build gets the address without them; let a proxy on this machine add them (such as cntlm), or build the image elsewhere and name it in backend.image`,
  ];
}

async function secretNotes(folder: string, files: readonly ContextFile[]): Promise<string[]> {
  const lines = await missingIgnoreLines(folder, files);
  if (lines.length === 0) return [];
  return [
    `${folder} contains secrets that the build can copy into the image; to keep them out, add to its .dockerignore: ${lines.join(' ')} (or, to include one on purpose, !${lines[0]})`,
  ];
}

async function hostFiles(network: HostNetwork): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  if (network.caFile !== undefined) {
    files[`${hostFolder}/ca.crt`] = await readFile(network.caFile, 'utf8');
  }
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = network.proxies;
  const settings = {
    registry: network.npmRegistry && withoutLogin(network.npmRegistry),
    proxy: HTTP_PROXY && withoutLogin(HTTP_PROXY),
    'https-proxy': HTTPS_PROXY && withoutLogin(HTTPS_PROXY),
    noproxy: NO_PROXY,
  };
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}\n`],
  );
  if (lines.length > 0) {
    files[`${hostFolder}/npmrc`] = lines.join('');
  }
  return files;
}

/**
 * Copies to a folder that is named for the content, so that the same content in another checkout is the same context. An
 * earlier copy is replaced only if it differs, as this host's network may.
 */
async function stage(
  source: BuildSource,
  files: readonly ContextFile[],
  added: Readonly<Record<string, string>>,
  { digest, content }: { readonly digest: string; readonly content: string },
): Promise<string> {
  const root = join(cacheRoot(), 'contexts');
  // The files have the modes that they get in the image: nobody else may reach them here.
  await mkdir(root, { recursive: true, mode: 0o700 });
  await chmod(root, 0o700);
  const place = join(root, digest.slice(0, 16));
  const mark = digestOf([STAGED_MODES, content, ...Object.entries(added).sort().flat()]);
  await withLock(
    `${place}.state`,
    async () => {
      const markFile = join(`${place}.state`, 'digest');
      const staged = await readFile(markFile, 'utf8').catch(() => '');
      if (staged === mark && (await stat(place).catch(() => undefined)) !== undefined) {
        const now = new Date();
        await utimes(markFile, now, now);
        return;
      }
      const fresh = `${place}.${randomBytes(4).toString('hex')}`;
      try {
        await fill(fresh, source.build, files, added);
        await rm(markFile, { force: true });
        await rm(place, { recursive: true, force: true });
        await rename(fresh, place);
        await writeFile(markFile, mark);
        await removeUnused(root);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    },
    () => {},
  );
  return place;
}

/** A context is needed only until its image is built. */
const UNUSED_DAYS = 7;

async function removeUnused(root: string): Promise<void> {
  const oldest = Date.now() - UNUSED_DAYS * 24 * 3_600_000;
  for (const name of await readdir(root)) {
    if (!name.endsWith('.state')) continue;
    const used = await stat(join(root, name, 'digest')).catch(() => undefined);
    if (used === undefined || used.mtimeMs > oldest) continue;
    const state = join(root, name);
    await rm(state.slice(0, -'.state'.length), { recursive: true, force: true });
    await rm(state, { recursive: true, force: true });
  }
}

async function fill(
  target: string,
  folder: string,
  files: readonly ContextFile[],
  added: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const { path, kind } of files) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    if (kind === 'link') {
      await symlink(await readlink(join(folder, path)), join(target, path));
    } else if (added[path] === undefined) {
      await copyFile(join(folder, path), join(target, path));
    }
  }
  for (const [path, text] of Object.entries(added)) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), text);
  }
  await setStagedModes(target);
}

function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return hash.digest('hex');
}
