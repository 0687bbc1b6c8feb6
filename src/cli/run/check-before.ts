import type Docker from 'dockerode';
import type { StackImages } from '../../derive/plan.ts';
import { answeringEngine } from '../../docker/client.ts';
import { portProblems } from '../../docker/port-problems.ts';
import type { Problem } from '../../errors.ts';
import { readImageLock } from '../../images/lock-file.ts';
import { versionProblems, wantedVersions } from '../../images/offers.ts';
import { namedFileProblems } from '../../stack/named-files.ts';
import { requireNoProblems } from '../../stack/problems.ts';
import type { DockerStack, StackFile } from '../../stack/stack-file.ts';
import type { Context } from '../context.ts';
import type { DeployOptions } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { type Project, shown, stackFilePath } from '../project.ts';

type Options = Pick<DeployOptions, 'stack' | 'offline'>;

/**
 * What can be known before tools and images are installed, which takes minutes the first time: files,
 * ports and images that the stack file names.
 * @returns whether an engine was there to ask for images
 * @throws UserError with all that is wrong
 */
export async function checkBefore(
  context: Context,
  project: Project,
  stackFile: StackFile,
  options: Options,
): Promise<{ readonly images: boolean }> {
  const problems: Problem[] = namedFileProblems(stackFile);
  let engine: Docker | undefined;
  // On aws nothing is published here, and what the registry of the stack has needs none of the images.
  if (stackFile.target === 'docker') {
    engine = await answeringEngine(context.env);
    const lock = await readImageLock(project.stacksDir, options.stack);
    const { source } = stackFile.images;
    const versions = versionProblems(
      source === 'auto' ? (lock?.source ?? 'official') : source,
      wantedVersions(stackFile),
    );
    const [ports, images] = await Promise.all([
      // Without versions there is no plan.
      versions.length === 0 ? portsOf(project, stackFile, options, engine) : [],
      engine ? imagesOf(stackFile, lock, options, engine) : [],
    ]);
    problems.push(...versions, ...ports, ...images);
  }
  refuse(project, options, problems);
  return { images: engine !== undefined };
}

/** As above, of the images alone: for an engine that had to be installed first. */
export async function checkImages(
  project: Project,
  stackFile: StackFile,
  options: Options,
  engine: Docker,
): Promise<void> {
  const lock = await readImageLock(project.stacksDir, options.stack);
  refuse(project, options, await imagesOf(stackFile, lock, options, engine));
}

async function portsOf(
  project: Project,
  stackFile: DockerStack,
  { stack }: Options,
  engine: Docker | undefined,
): Promise<Problem[]> {
  const { plan } = await planOf(project, stack, stackFile);
  return portProblems(plan, engine);
}

async function imagesOf(
  stackFile: StackFile,
  lock: StackImages | undefined,
  { offline }: Options,
  engine: Docker,
): Promise<Problem[]> {
  // The engine's client comes with them, which is large.
  const [{ imageProblems }, { namedImages }] = await Promise.all([
    import('../../images/image-problems.ts'),
    import('../../images/named-images.ts'),
  ]);
  return imageProblems(engine, namedImages(stackFile, lock), { offline: offline ?? false });
}

function refuse(project: Project, { stack }: Options, problems: readonly Problem[]): void {
  requireNoProblems(shown(stackFilePath(project, stack)), problems);
}
