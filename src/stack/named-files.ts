import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../errors.ts';
import type { StackFile } from './stack-file.ts';

/**
 * Every folder and file that a stack file names and that is missing or wrong: asked before tools and
 * images are pulled or built, which takes minutes the first time.
 */
export function namedFileProblems({ backend, database, edge }: StackFile): Problem[] {
  return [
    ...('build' in backend.image ? buildProblems(backend.image) : []),
    ...(database.type === 'postgres' ? certificateProblems(['database', 'ca'], database.ca) : []),
    ...certificateProblems(['edge', 'acme', 'ca'], edge.acme?.ca),
  ];
}

function buildProblems(image: { readonly build: string; readonly dockerfile: string }): Problem[] {
  const { build } = image;
  if (!statSync(build, { throwIfNoEntry: false })?.isDirectory()) {
    const message = `there is no folder ${build}; name the folder with the backend's Dockerfile (relative to the stack file)`;
    return [{ path: ['backend', 'image', 'build'], message, code: 'build-context-missing' }];
  }
  const dockerfile = path.join(build, image.dockerfile);
  if (statSync(dockerfile, { throwIfNoEntry: false })?.isFile()) return [];
  const message = `there is no file ${dockerfile}; name the Dockerfile as it is called in ${build}`;
  return [{ path: ['backend', 'image', 'dockerfile'], message, code: 'build-context-missing' }];
}

function certificateProblems(
  key: NonNullable<Problem['path']>,
  file: string | undefined,
): Problem[] {
  if (file === undefined) return [];
  const problem = (found: string): Problem[] => [
    { path: key, message: `${found}; name the CA's PEM file`, code: 'certificate-file-invalid' },
  ];
  if (!existsSync(file)) return problem(`there is no file ${file}`);
  try {
    new X509Certificate(readFileSync(file));
    return [];
  } catch {
    return problem(`${file} holds no certificate in PEM form`);
  }
}
