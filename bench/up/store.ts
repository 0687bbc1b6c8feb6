import { docker, runningOf } from '../../test/support/engine.ts';
import type { TestProject } from '../../test/support/project.ts';

/** The images that a store consists of; the backend's by its tag, which the other tools look up, the others by their ids. */
export interface StoreImages {
  readonly postgres: string;
  readonly redis: string;
  readonly caddy: string;
  readonly backend: string;
}

/** What the backend is given, whoever starts it; its seed needs both plugins. */
export const STORE_ENV = {
  DATABASE_TYPE: 'postgres',
  MEDUSA_PLUGINS: JSON.stringify(
    ['medusa-fulfillment-manual', 'medusa-payment-manual'].map((resolve) => ({ resolve })),
  ),
  NODE_ENV: 'development',
  PORT: '9000',
} as const;

/** The images that a stack of the kit runs. */
export async function imagesOf(project: TestProject, stack: string): Promise<StoreImages> {
  const image = async (component: string) => {
    const [container] = await runningOf(project.name, stack, component);
    return (await docker.getContainer(container?.id ?? '').inspect()).Image;
  };
  const [postgres, redis, caddy, built] = await Promise.all(
    ['database', 'redis', 'edge', 'backend'].map(image),
  );
  const backend = (await docker.getImage(built ?? '').inspect()).RepoTags.find((tag) =>
    tag.startsWith(project.name),
  );
  if (!postgres || !redis || !caddy || !backend) throw new Error(`${stack} lacks an image`);
  return { postgres, redis, caddy, backend };
}
