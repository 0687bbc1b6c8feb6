import { createHash, randomBytes } from 'node:crypto';
import {
  copyFile,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../../toolchain/cache.ts';
import { withLock } from '../../toolchain/lock.ts';
import type { LockedImage } from '../derive/plan.ts';
import { UserError } from '../errors.ts';
import { type ContextFile, digestContext, listContext } from './context-files.ts';
import { declaresArgument, hostFolder, withAuthorities } from './dockerfile.ts';
import { type HostNetwork, hostNetwork } from './host-network.ts';
import { STAGED_MODES, setStagedModes } from './staged-modes.ts';

/** What is to be built, as the stack file says it. */
export interface BuildSource {
  /** Absolute path of the folder. */
  readonly build: string;
  /** Path of the Dockerfile in it. */
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface BuildOptions {
  /** Given as the build argument NODE_IMAGE, where the Dockerfile declares it. */
  readonly nodeImage?: LockedImage;
  /** Text of the runtime's bundle, put into the context where medusa-config.js or the Dockerfile names its file. */
  readonly runtimeBundle?: string;
  /** @default what this host uses */
  readonly network?: HostNetwork;
}

/** What the engine's build gets. */
export interface BuildContext {
  /** Folder outside the repository with everything that the build needs, and nothing else. */
  readonly context: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  /** Changes with the files, the arguments and the base image, and only with them. */
  readonly digest: string;
}

export interface PreparedContext extends BuildContext {
  /** What was done beyond copying, for people. */
  readonly notes: readonly string[];
}

const runtimeFile = 'medusa-infra-runtime.cjs';
const configFiles = ['medusa-config.js', 'medusa-config.cjs', 'medusa-config.ts'];

/**
 * Stages a folder for the engine's build, in the cache folder: the files that `.dockerignore` lets
 * through, the runtime's bundle, and what a build needs of this host's network (its certificate
 * authorities, npm registry and proxies, as `.medusa-infra/ca.crt` and `.medusa-infra/npmrc`).
 * The same content at the same place stays as it is.
 * @throws UserError where the folder or its Dockerfile does not exist
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
    // The name stays the same where an image is built again.
    'NODE_IMAGE' in args && !('NODE_IMAGE' in source.args) ? (options.nodeImage?.ref ?? '') : '',
  ]);
  const network = options.network ?? (await hostNetwork());
  const notes: string[] = [];
  const added = await hostFiles(network);
  if (bundle !== undefined) {
    added[runtimeFile] = bundle;
  }
  const adapted = network.caFile === undefined ? undefined : withAuthorities(dockerfile);
  if (adapted !== undefined) {
    added[source.dockerfile] = adapted;
    notes.push(
      `${source.dockerfile} knows nothing of this machine's certificate authorities (${network.caFile}): ` +
        'they are put into its stages that run something',
    );
  }
  const context = await stage(source, kept, added, content);
  return { context, dockerfile: source.dockerfile, args, digest, notes };
}

async function readDockerfile(source: BuildSource): Promise<string> {
  const folder = await stat(source.build).catch(() => undefined);
  if (!folder?.isDirectory()) {
    throw new UserError(
      `backend.image.build: there is no folder ${source.build}; make it, or name another (paths are relative to the stack file)`,
    );
  }
  try {
    return await readFile(join(source.build, source.dockerfile), 'utf8');
  } catch {
    throw new UserError(
      `backend.image.dockerfile: there is no file ${source.dockerfile} in ${source.build}; write one, or name another`,
    );
  }
}

/** The bundle, where the configuration or the Dockerfile names its file. */
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
  // An ID alone is not accepted by every builder; the name of an image built here is only here.
  return { NODE_IMAGE: image.ref.includes('@') ? image.ref : image.name };
}

async function hostFiles(network: HostNetwork): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  if (network.caFile !== undefined) {
    files[`${hostFolder}/ca.crt`] = await readFile(network.caFile, 'utf8');
  }
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = network.proxies;
  const settings = {
    registry: network.npmRegistry,
    proxy: HTTP_PROXY,
    'https-proxy': HTTPS_PROXY,
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

/** Copies what is needed beside the old copy, and puts it in its place only when it differs. */
async function stage(
  source: BuildSource,
  files: readonly ContextFile[],
  added: Readonly<Record<string, string>>,
  content: string,
): Promise<string> {
  const root = join(cacheRoot(), 'contexts');
  const place = join(root, digestOf([source.build, source.dockerfile]).slice(0, 16));
  const mark = digestOf([STAGED_MODES, content, ...Object.entries(added).sort().flat()]);
  await withLock(
    `${place}.state`,
    async () => {
      const markFile = join(`${place}.state`, 'digest');
      const staged = await readFile(markFile, 'utf8').catch(() => '');
      if (staged === mark && (await stat(place).catch(() => undefined)) !== undefined) {
        return;
      }
      const fresh = `${place}.${randomBytes(4).toString('hex')}`;
      try {
        await fill(fresh, source.build, files, added);
        await rm(markFile, { force: true });
        await rm(place, { recursive: true, force: true });
        await rename(fresh, place);
        await writeFile(markFile, mark);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    },
    () => {},
  );
  return place;
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
