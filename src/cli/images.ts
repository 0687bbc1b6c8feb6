import { ensureImages } from '../../toolchain/images/ensure.ts';
import { readImageLock, writeImageLock } from '../../toolchain/images/lock-file.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { type Context, note } from './context.ts';
import { dockerEngine } from './docker.ts';
import type { Project } from './project.ts';

/**
 * Brings the images of a stack before the engine starts. The program would do so too; here the minutes of
 * a first time are shown as they pass, and `--offline` holds.
 */
export async function bringImages(
  context: Context,
  project: Project,
  name: string,
  stack: StackFile,
  options: { offline?: boolean },
): Promise<void> {
  const images = await ensureImages({
    source: stack.images.source,
    registry: stack.images.registry,
    wanted: wantedVersions(stack),
    lock: await readImageLock(project.stacksDir, name),
    offline: options.offline ?? false,
    log: (line) => note(context, context.color.stderr.dim(line)),
    engine: await dockerEngine(context),
  });
  await writeImageLock(project.stacksDir, name, images);
}

/** Major versions that the stack file asks for. */
export function wantedVersions({ database, redis }: StackFile): {
  postgres?: number;
  redis?: number;
} {
  return {
    ...(database.type === 'postgres' && database.version !== undefined
      ? { postgres: database.version }
      : {}),
    ...(redis !== false && redis.version !== undefined ? { redis: redis.version } : {}),
  };
}
