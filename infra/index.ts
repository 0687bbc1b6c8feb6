import { existsSync } from 'node:fs';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../src/errors.ts';
import { deployStack } from './deploy-stack.ts';
import { projectFolder } from './project-folder.ts';
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
  const { outputs } = await deployStack({ file, stackName });
  return outputs;
}
