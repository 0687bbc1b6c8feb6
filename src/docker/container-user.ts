import type Docker from 'dockerode';
import type { ContainerUser } from './container-runtime.ts';
import { idsOfUser, withImageFiles } from './image-files.ts';
import { componentContainers } from './replicas.ts';

/**
 * The first group of all processes of a stack. The kernel opens `/proc/<pid>/environ` and `/proc/<pid>/root`, and so the
 * secrets, to a process with the same user AND the same group (ptrace(2), "Ptrace access mode checking"); and a
 * container's user 1000 is the host's user 1000, the first login of most machines.
 *
 * Nobody's group on a host: Debian keeps 65000 to 65533 for the future (policy 9.2.2), and systemd's dynamic users end
 * at 65519. Below 65536, as user namespaces have no more.
 */
export const CONTAINER_GROUP = 65525;

/** The user of a server's image, who has a group of the same name that its files belong to. */
export function serverUser(name: string): ContainerUser {
  return { user: `${name}:${CONTAINER_GROUP}`, groups: [name] };
}

/** @see ContainerRuntime.imageUser */
export async function imageUser(
  engine: Docker,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<ContainerUser | undefined> {
  const { Config } = await engine.getImage(image).inspect();
  const [name = '', group] = (Config?.User ?? '').split(':');
  if (['', '0', 'root'].includes(name)) return undefined;
  const user = `${name}:${CONTAINER_GROUP}`;
  // Its files may be readable by this group alone.
  const groups = group ? [group] : await groupsOf(engine, image, labels, name);
  return { user, groups };
}

/** A user's first group in an image; that of a replica, where there is one, is known without a look into the image. */
async function groupsOf(
  engine: Docker,
  image: string,
  labels: Readonly<Record<string, string>>,
  name: string,
): Promise<string[]> {
  const replicas = await componentContainers(engine, labels, 'backend', true);
  const like = replicas.find(({ ImageID }) => ImageID === image);
  if (like) {
    const { HostConfig } = await engine.getContainer(like.Id).inspect();
    if (HostConfig.GroupAdd?.length) return HostConfig.GroupAdd;
  }
  return withImageFiles(engine, { image, labels, component: 'user' }, async (helper) => [
    String((await idsOfUser(helper, name)).gid),
  ]);
}
