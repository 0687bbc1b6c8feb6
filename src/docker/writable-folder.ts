import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { extract, pack } from 'tar-stream';

interface Folder {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whenever a container is created with an empty volume, the engine resets the volume to the owner and
 * the mode of the image's folder. This file keeps the volume from being empty. (The engine has an option
 * against the reset, but the provider's `mounts` need Docker 26 for it.) The name begins with a dot, as
 * web servers do not serve such files.
 */
const MARKER = '.medusa-infra';

/**
 * Lets the image's user write to a folder of a container that has a volume there. The volume has the
 * owner of the image's folder, or root if the image has none, and no process of the backend has root's
 * rights over files. If the image's user may not write, the folder is opened for all users: a previous
 * release may run as another one, and nobody else has the volume.
 * @param helper container of the image; it need not run
 * @param options.path absolute
 */
export async function makeWritable(
  engine: Docker,
  helper: Docker.Container,
  { image, path }: { readonly image: string; readonly path: string },
): Promise<void> {
  const { Config } = await engine.getImage(image).inspect();
  const folder = await folderFacts(helper, path);
  if (mayWrite(folder, await userOf(helper, Config?.User ?? ''))) return;
  const archive = pack();
  const { uid, gid } = folder;
  archive.entry({
    name: posix.basename(path),
    type: 'directory',
    mode: folder.mode | 0o777,
    uid,
    gid,
  });
  archive.entry({ name: posix.join(posix.basename(path), MARKER), mode: 0o444, uid, gid }, '');
  archive.finalize();
  await helper.putArchive(archive, { path: posix.dirname(path) });
}

function mayWrite({ mode, uid, gid }: Folder, user: { uid: number; gid: number }): boolean {
  const shift = user.uid === uid ? 6 : user.gid === gid ? 3 : 0;
  return ((mode >> shift) & 0o3) === 0o3;
}

/** Read from the archive's first entry, which is the folder itself. */
async function folderFacts(helper: Docker.Container, path: string): Promise<Folder> {
  const archive = await helper.getArchive({ path });
  const reader = extract();
  try {
    return await new Promise<Folder>((resolve, reject) => {
      reader.on('entry', ({ mode = 0, uid = 0, gid = 0 }) => resolve({ mode, uid, gid }));
      reader.on('error', reject);
      archive.on('error', reject);
      archive.pipe(reader);
    });
  } finally {
    (archive as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
}

/** IDs of an image's user, such as `node` or `1000:1000`; names are looked up in the image's files. */
async function userOf(
  helper: Docker.Container,
  user: string,
): Promise<{ uid: number; gid: number }> {
  const [name = '', group] = user.split(':');
  const numeric = /^\d+$/;
  const account = (await linesOf(helper, '/etc/passwd')).find(
    (fields) => fields[0] === name || (numeric.test(name) && fields[2] === name),
  );
  const uid = numeric.test(name) ? Number(name) : Number(account?.[2] ?? 0);
  if (group === undefined) return { uid, gid: Number(account?.[3] ?? 0) };
  if (numeric.test(group)) return { uid, gid: Number(group) };
  const found = (await linesOf(helper, '/etc/group')).find((fields) => fields[0] === group);
  return { uid, gid: Number(found?.[2] ?? 0) };
}

/** The fields of each line; none if the image lacks the file. */
async function linesOf(helper: Docker.Container, path: string): Promise<string[][]> {
  const archive = await helper.getArchive({ path }).catch((error) => {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  });
  if (archive === undefined) return [];
  let text = '';
  const reader = extract();
  reader.on('entry', (_, content, next) => {
    content.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    content.on('end', next);
  });
  await pipeline(archive, reader);
  return text.split('\n').map((line) => line.split(':'));
}
