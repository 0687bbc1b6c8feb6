import { once } from '../../../toolchain/probe.ts';
import { dockerEngine } from '../../docker/client.ts';
import { prepareStackImages } from '../../images/stack-images.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, note } from '../context.ts';
import type { DeployOptions } from '../options.ts';
import type { Project } from '../project.ts';
import { checkBefore, checkImages } from './check-before.ts';
import { existingStack, type OpenedStack, openOrCreate } from './new-stack.ts';
import { recoverKilledRun } from './recover.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/**
 * Prepares all that an `up` needs: tools, images, the stack, and a tidy state after a run that was killed.
 * Without `create` a missing stack is a UserError.
 * @throws StackLockedError while another run is in progress
 */
export async function openStack(
  context: Context,
  project: Project,
  stackFile: StackFile,
  options: Pick<DeployOptions, 'stack' | 'offline'>,
  { create = true }: { readonly create?: boolean } = {},
): Promise<OpenedStack & { workspace: Workspace }> {
  const { target } = stackFile;
  const known = await checkBefore(context, project, stackFile, options);
  // The program would pull or build them too; here the minutes of a first time show their progress, and
  // `--offline` applies.
  const images = once(async () => {
    // Images that are chosen for aws need no engine; others are built on the toolchain's.
    const engine = target === 'docker' ? await dockerEngine(context.env) : undefined;
    if (engine && !known.images) await checkImages(project, stackFile, options, engine);
    await prepareStackImages(stackFile, project.stacksDir, options.stack, {
      offline: options.offline ?? false,
      project: project.name,
      log: (line) => note(context, context.color.stderr.dim(line)),
      ...(engine ? { engine } : {}),
    });
  });
  const onEngine = { title: 'images', run: async () => images().then(() => 'ready') };
  const workspace = await openWorkspace(context, project, {
    ...options,
    target,
    resources: true,
    ...(target === 'docker' ? { onEngine } : {}),
  });
  await images();
  const opened = create
    ? await openOrCreate(workspace, options.stack)
    : existingStack(await workspace.select(options.stack, { create }));
  try {
    await recoverKilledRun(context, workspace, opened.stack, { next: 'up', target, stackFile });
  } catch (error) {
    await opened.discardIfEmpty();
    throw error;
  }
  return { workspace, ...opened };
}
