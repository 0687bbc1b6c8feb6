import { existsSync } from 'node:fs';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { derivePlan } from '../src/derive/derive.ts';
import { UserError } from '../src/errors.ts';
import { readImageLock } from '../src/images/lock-file.ts';
import { bringStackImages } from '../src/images/stack-images.ts';
import { requireStackFile } from '../src/stack/load.ts';
import { namedFileProblems } from '../src/stack/named-files.ts';
import { formatProblems } from '../src/stack/problems.ts';
import type { StackFile } from '../src/stack/stack-file.ts';
import { toRunError } from './run-error.ts';

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
    );
  }
  const { stack } = requireStackFile(file);
  await requireWhatIsNamed(stack, file);
  const images = await bringStackImages(stack, stacksFolder, stackName, {
    log: (line) => void pulumi.log.info(line),
  });
  const plan = derivePlan(stack, { project: pulumi.getProject(), stack: stackName, images });
  // Each target loads its own providers alone.
  return plan.target === 'aws'
    ? (await import('./targets/aws/up.ts')).up(plan, file)
    : (await import('./targets/docker/up.ts')).up(plan);
}

/** Files, and on docker images: told before anything is brought, also where `pulumi` runs by itself. */
async function requireWhatIsNamed(stack: StackFile, file: string): Promise<void> {
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
  if (problems.length > 0) throw new UserError(formatProblems(file, problems));
}

/** The folder of Pulumi.yaml. Older language hosts tell no path: then it is looked for upwards. */
function projectFolder(): string {
  const told = pulumi.getRootDirectory();
  if (path.isAbsolute(told)) return told;
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'Pulumi.yaml'))) return folder;
    if (path.dirname(folder) === folder) {
      throw new UserError(`there is no Pulumi.yaml in ${process.cwd()} or above it`);
    }
  }
}
