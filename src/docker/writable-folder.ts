import { posix } from 'node:path';
import type Docker from 'dockerode';
import { extract, pack } from 'tar-stream';
import { idsOfUser } from './image-files.ts';

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
  if (mayWrite(folder, await idsOfUser(helper, Config?.User ?? ''))) return;
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
