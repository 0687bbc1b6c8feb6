import { existsSync } from 'node:fs';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { derivePlan } from '../src/derive/derive.ts';
import { UserError } from '../src/errors.ts';
import { readImageLock } from '../src/images/lock-file.ts';
import { prepareStackImages } from '../src/images/stack-images.ts';
import { requireStackFile } from '../src/stack/load.ts';
import { namedFileProblems } from '../src/stack/named-files.ts';
import { requireNoProblems } from '../src/stack/problems.ts';
import type { StackFile } from '../src/stack/stack-file.ts';
import { toRunError } from './run-error.ts';

// Pulumi's SDK takes a stack trace for each promise and lets source-map-support look up each frame of it, which is a
// quarter of what the process computes.
Reflect.deleteProperty(Error, 'prepareStackTrace');

/** The Pulumi program: one stack file in, one target's resources out. */
export default async function program(): Promise<object> {
  try {
    return await deploy();
  } catch (error) {
    throw toRunError(error);
  }
}

async function deploy(): Promise<object> {
  const stacksFolder = path.join(projectFolder(), 'stacks');
  const stackName = pulumi.getStack();
  const file = path.join(stacksFolder, `${stackName}.yaml`);
  if (!existsSync(file)) {
    throw new UserError(
      `there is no stack file ${file}; write one, or select another stack: pulumi stack select`,
      'stack-file-missing',
    );
  }
  const { stack } = requireStackFile(file);
  await requireReferencedFiles(stack, file);
  const images = await prepareStackImages(stack, stacksFolder, stackName, {
    log: (line) => void pulumi.log.info(line),
  });
  const plan = derivePlan(stack, { project: pulumi.getProject(), stack: stackName, images });
  // Each target loads only its own providers.
  return plan.target === 'aws'
    ? (await import('./targets/aws/up.ts')).up(plan, file)
    : (await import('./targets/docker/up.ts')).up(plan, file);
}

/**
 * The files, and on docker the images, that the stack file names. Plain `pulumi up` runs no command that
 * would have checked them before images are pulled.
 */
async function requireReferencedFiles(stack: StackFile, file: string): Promise<void> {
  const problems = namedFileProblems(stack);
  if (stack.target === 'docker') {
    const [{ imageProblems }, { namedImages }, { connectEngine }] = await Promise.all([
      import('../src/images/image-problems.ts'),
      import('../src/images/named-images.ts'),
      import('../src/docker/images.ts'),
    ]);
    const lock = await readImageLock(path.dirname(file), pulumi.getStack());
    problems.push(...(await imageProblems(connectEngine(), namedImages(stack, lock))));
  }
  requireNoProblems(file, problems);
}

/** The folder of Pulumi.yaml; searched upwards if an older language host does not report it. */
function projectFolder(): string {
  const reported = pulumi.getRootDirectory();
  if (path.isAbsolute(reported)) return reported;
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'Pulumi.yaml'))) return folder;
    if (path.dirname(folder) === folder) {
      throw new UserError(
        `there is no Pulumi.yaml in ${process.cwd()} or above it; run the command in a project`,
        'project-missing',
      );
    }
  }
}
