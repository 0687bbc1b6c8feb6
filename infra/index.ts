import { existsSync } from 'node:fs';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../src/errors.ts';
import { deployStack } from './deploy-stack.ts';
import { settledEffects } from './effects.ts';
import { projectFolder } from './project-folder.ts';
import { toRunError } from './run-error.ts';

// Pulumi's SDK takes a stack trace for each promise and lets source-map-support look up each frame of it, which is a
// quarter of what the process computes.
Reflect.deleteProperty(Error, 'prepareStackTrace');

/** The Pulumi program: one stack file in, one target's resources out. */
export default function program(): Promise<object> {
  return deployProject(projectFolder);
}

/**
 * The same where Pulumi cannot say in which folder the project is.
 * @param findFolder of Pulumi.yaml
 */
export async function deployProject(findFolder: () => string): Promise<object> {
  try {
    const outputs = await deploy(findFolder());
    await settledEffects();
    return outputs;
  } catch (error) {
    throw toRunError(error);
  }
}

async function deploy(folder: string): Promise<object> {
  const stacksFolder = path.join(folder, 'stacks');
  const stackName = pulumi.getStack();
  const file = path.join(stacksFolder, `${stackName}.yaml`);
  if (!existsSync(file)) {
    throw new UserError(
      `there is no stack file ${file}; write one, or select another stack: pulumi stack select`,
      'stack-file-missing',
    );
  }
  const { outputs } = await deployStack({ file, stackName });
  return outputs;
}
