import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { extract, type Headers, pack } from 'tar-stream';
import { ProblemError } from '../stack/problems.ts';
import type { Uploads } from './container-runtime.ts';
import { withImageFiles } from './image-files.ts';
import { containerName } from './labels.ts';
import { componentContainers } from './replicas.ts';
import { makeWritable } from './writable-folder.ts';

/** What was copied from a replica: path below the folder -> time and size of the file. */
type Copied = Map<string, string>;

/** Where the image keeps uploaded files: `folder`, resolved from its working folder. */
export async function folderInImage(
  engine: Docker,
  image: string,
  folder: string,
): Promise<string> {
  const { Config } = await engine.getImage(image).inspect();
  return folderBelow(Config?.WorkingDir, folder);
}

/** @throws ProblemError if a volume there would hide the program itself */
function folderBelow(workingFolder: string | undefined, folder: string): string {
  const base = workingFolder || '/';
  const place = posix.resolve(base, folder);
  if (`${base}/`.startsWith(place === '/' ? place : `${place}/`)) {
    throw new ProblemError({
      path: ['uploads', 'path'],
      message: `${place} holds the backend itself (its working folder is ${base}); name a folder that holds uploaded files alone, such as ${posix.join(base, 'uploads')}`,
      code: 'uploads-path-invalid',
    });
  }
  return place;
}

/**
 * Prepares the volume of uploaded files for the replicas of an image, and copies the files of replicas
 * without the volume into it. Two steps, because those replicas keep running in between: `prepare` before
 * the new ones start, `finish` once the previous ones have stopped.
 */
export class UploadedFiles {
  readonly #engine: Docker;
  readonly #log: (line: string) => void;
  /** By container ID. */
  readonly #copied = new Map<string, Copied>();

  constructor(engine: Docker, log: (line: string) => void) {
    this.#engine = engine;
    this.#log = log;
  }

  async prepare(uploads: Uploads): Promise<void> {
    const { replicas, others } = await this.#replicas(uploads);
    const settled = replicas.some(
      ({ ImageID, Mounts }) =>
        ImageID === uploads.image &&
        Mounts.some(
          ({ Name, Destination }) => Name === uploads.volume && Destination === uploads.path,
        ),
    );
    if (settled && others.length === 0) return;
    await this.#withVolume(uploads, async (helper) => {
      if (!settled) await makeWritable(this.#engine, helper, uploads);
      await this.#copyAll(others, uploads, helper);
    });
  }

  async finish(uploads: Uploads): Promise<void> {
    const { others } = await this.#replicas(uploads);
    if (others.length === 0) return;
    await this.#withVolume(uploads, (helper) => this.#copyAll(others, uploads, helper));
  }

  /** All replicas of the stack, running or not; `others` lack the volume. */
  async #replicas({ labels, volume }: Uploads) {
    const replicas = await componentContainers(this.#engine, labels, 'backend', true);
    const others = replicas.filter(({ Mounts }) => !Mounts.some(({ Name }) => Name === volume));
    return { replicas, others };
  }

  #withVolume(
    { image, labels, volume, path }: Uploads,
    work: (helper: Docker.Container) => Promise<void>,
  ): Promise<void> {
    const files = { image, labels, component: 'uploads', volume: { name: volume, path } };
    return withImageFiles(this.#engine, files, work);
  }

  /** Oldest first: of two files of the same name, that of the newer replica stays. */
  async #copyAll(
    replicas: readonly Docker.ContainerInfo[],
    uploads: Uploads,
    helper: Docker.Container,
  ): Promise<void> {
    for (const replica of [...replicas].sort((a, b) => a.Created - b.Created)) {
      const { Id } = replica;
      const copied = this.#copied.get(Id) ?? new Map<string, string>();
      this.#copied.set(Id, copied);
      const files = await copy(this.#engine.getContainer(Id), helper, uploads, copied);
      if (files > 0) {
        const counted = files === 1 ? '1 uploaded file' : `${files} uploaded files`;
        this.#log(
          `uploads: copied ${counted} from ${containerName(replica)} to the volume ${uploads.volume}`,
        );
      }
    }
  }
}

/** Copies what the replica has written since its start and `copied` does not have. @returns number of files */
async function copy(
  replica: Docker.Container,
  helper: Docker.Container,
  uploads: Uploads,
  copied: Copied,
): Promise<number> {
  const { Config, Mounts } = await replica.inspect();
  const folder = posix.resolve(Config.WorkingDir || '/', uploads.folder);
  // A volume that the image declares there contains nothing from the image.
  const isVolume = Mounts.some(({ Destination }) => Destination === folder);
  const changed = isVolume ? undefined : await changedBelow(replica, folder);
  if (changed?.size === 0) return 0;
  let files = 0;
  const wanted = ({ name, mtime, size, type }: Headers): string | undefined => {
    // The engine names entries from the folder itself: `uploads/picture.png`.
    const below = name.replace(/^[^/]+\/?/, '').replace(/\/$/, '');
    const like = `${mtime?.getTime()} ${size}`;
    const own = changed === undefined ? below !== '' : changed.has(below);
    if (!own || copied.get(below) === like) return undefined;
    copied.set(below, like);
    if (type === 'file') files += 1;
    return posix.join(posix.basename(uploads.path), below);
  };
  const archive = await replica.getArchive({ path: folder });
  const target = pack();
  await Promise.all([
    transfer(archive, target, wanted),
    helper.putArchive(target, { path: posix.dirname(uploads.path) }),
  ]);
  return files;
}

/** Paths below a folder that the container added or changed; empty if it has no such folder. */
async function changedBelow(replica: Docker.Container, folder: string): Promise<Set<string>> {
  const changes = (await replica.changes()) as readonly { Path: string; Kind: number }[] | null;
  const below = (changes ?? []).filter(
    ({ Path, Kind }) => Kind !== DELETED && Path.startsWith(`${folder}/`),
  );
  return new Set(below.map(({ Path }) => Path.slice(folder.length + 1)));
}

/** Source: `GET /containers/{id}/changes` of the engine's API. */
const DELETED = 2;

/** Copies the wanted entries of an archive under another name. */
async function transfer(
  archive: NodeJS.ReadableStream,
  target: ReturnType<typeof pack>,
  wanted: (header: Headers) => string | undefined,
): Promise<void> {
  const reader = extract();
  reader.on('entry', (header, content, next) => {
    const name = wanted(header);
    if (name === undefined) {
      content.on('end', next).resume();
      return;
    }
    // Not the whole header: extensions of the format would restore the old name.
    const { type, mode, mtime, size, linkname, uid, gid } = header;
    content.pipe(target.entry({ name, type, mode, mtime, size, linkname, uid, gid }, next));
  });
  await pipeline(archive, reader);
  target.finalize();
}
