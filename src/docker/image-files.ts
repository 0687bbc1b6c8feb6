import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { LABELS } from '../derive/labels.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * The engine reads files of an image, and of a volume, only through a container, which need not run: one is made for
 * the work and removed after it.
 * @param options.labels by these the next `up` finds and removes what a killed run leaves
 */
export async function withImageFiles<T>(
  engine: Docker,
  {
    image,
    labels,
    component,
    volume,
  }: {
    readonly image: string;
    readonly labels: Labels;
    readonly component: string;
    readonly volume?: { readonly name: string; readonly path: string };
  },
  work: (helper: Docker.Container) => Promise<T>,
): Promise<T> {
  const helper = await engine.createContainer({
    Image: image,
    // Never started, but the engine makes no container without a command, and an image may name none.
    Cmd: ['none'],
    Labels: { ...labels, [LABELS.component]: component },
    HostConfig: {
      NetworkMode: 'none',
      ...(volume && { Mounts: [{ Type: 'volume', Source: volume.name, Target: volume.path }] }),
    },
  });
  try {
    return await work(helper);
  } finally {
    await helper.remove({ force: true, v: true });
  }
}

/** IDs of an image's user, such as `node` or `1000:1000`; names are looked up in the image's files. */
export async function idsOfUser(
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
  const file = (await fileIn(helper, path)) ?? '';
  return file.split('\n').map((line) => line.split(':'));
}

/** A file of a container, running or not; undefined: it has none. */
export async function fileIn(
  container: Docker.Container,
  path: string,
): Promise<string | undefined> {
  const archive = await container.getArchive({ path }).catch((error) => {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  });
  if (archive === undefined) return undefined;
  let found: string | undefined;
  const reader = extract();
  reader.on('entry', (_, content, next) => {
    text(content).then((read) => {
      found = read;
      next();
    }, next);
  });
  await pipeline(archive, reader);
  return found;
}
