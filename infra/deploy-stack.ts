import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type Docker from 'dockerode';
import { derivePlan } from '../src/derive/derive.ts';
import type { Plan } from '../src/derive/plan.ts';
import { readImageLock } from '../src/images/lock-file.ts';
import { prepareStackImages } from '../src/images/stack-images.ts';
import { requireStackFile } from '../src/stack/load.ts';
import { namedFileProblems } from '../src/stack/named-files.ts';
import { requireNoProblems } from '../src/stack/problems.ts';
import type { StackFile } from '../src/stack/stack-file.ts';
import type { AwsTargetOutputs } from './targets/aws/deploy.ts';
import type { TargetOutputs } from './targets/outputs.ts';
import type { UpOptions } from './targets/up-options.ts';

export interface StackRequest extends Omit<UpOptions, 'provider'> {
  /** The stack file's path; `images.lock.yaml` is in its folder. */
  readonly file: string;
  /** Name of the stack in names of objects and in the image lock. */
  readonly stackName: string;
  /** The provider that the program passes for a target, if it does. @default none */
  readonly providerOf?: (target: StackFile['target']) => pulumi.ProviderResource | undefined;
}

export interface DeployedStack {
  readonly plan: Plan;
  readonly outputs: TargetOutputs | AwsTargetOutputs;
}

/**
 * Checks a stack file, prepares its images and creates its resources.
 * @throws UserError with all problems, before a resource is created
 */
export async function deployStack(request: StackRequest): Promise<DeployedStack> {
  const { file, stackName, scope, secrets } = request;
  const folder = path.dirname(file);
  const { stack } = requireStackFile(file);
  const provider = request.providerOf?.(stack.target);
  const engine = stack.target === 'docker' ? await engineOf(provider) : undefined;
  await requireReferencedFiles(stack, file, stackName, engine);
  const images = await prepareStackImages(stack, folder, stackName, {
    log: (line) => void pulumi.log.info(line),
    project: pulumi.getProject(),
    ...(engine ? { engine } : {}),
  });
  const plan = derivePlan(stack, { project: pulumi.getProject(), stack: stackName, images });
  const options = {
    ...(scope ? { scope } : {}),
    ...(secrets ? { secrets } : {}),
  };
  // Each target loads only its own providers.
  if (plan.target === 'aws') {
    const { up } = await import('./targets/aws/up.ts');
    return {
      plan,
      outputs: await up(plan, file, { ...options, ...(provider ? { provider } : {}) }),
    };
  }
  const { up } = await import('./targets/docker/up.ts');
  return { plan, outputs: await up(plan, file, { ...options, ...(engine ? { engine } : {}) }) };
}

async function engineOf(provider: pulumi.ProviderResource | undefined): Promise<Docker> {
  const { providerEngine } = await import('./targets/docker/provider-engine.ts');
  return providerEngine(provider);
}

/**
 * The files, and on docker the images, that the stack file names. Plain `pulumi up` runs no command that
 * would have checked them before images are pulled.
 */
async function requireReferencedFiles(
  stack: StackFile,
  file: string,
  stackName: string,
  engine: Docker | undefined,
): Promise<void> {
  const problems = namedFileProblems(stack);
  if (engine) {
    const [{ imageProblems }, { namedImages }] = await Promise.all([
      import('../src/images/image-problems.ts'),
      import('../src/images/named-images.ts'),
    ]);
    const lock = await readImageLock(path.dirname(file), stackName);
    problems.push(...(await imageProblems(engine, namedImages(stack, lock))));
  }
  requireNoProblems(file, problems);
}
