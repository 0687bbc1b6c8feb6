import { existsSync } from 'node:fs';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../src/errors.ts';

/** The folder of Pulumi.yaml; searched upwards if an older language host does not report it. */
export function projectFolder(): string {
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
