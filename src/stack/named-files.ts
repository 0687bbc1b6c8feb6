import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import type { StackFile } from './stack-file.ts';

/**
 * That the folders and files which a stack file names are there: asked before tools and images are
 * brought, which takes minutes the first time.
 * @throws UserError with every one that is missing or wrong, one a line
 */
export function requireNamedFiles(stack: StackFile): void {
  const { backend, database, edge } = stack;
  const problems = [
    ...('build' in backend.image ? buildProblems(backend.image) : []),
    ...(database.type === 'postgres' ? certificateProblems('database.ca', database.ca) : []),
    ...certificateProblems('edge.acme.ca', edge.acme?.ca),
  ];
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}

function buildProblems(image: { readonly build: string; readonly dockerfile: string }): string[] {
  const { build } = image;
  if (!statSync(build, { throwIfNoEntry: false })?.isDirectory()) {
    return [
      `backend.image.build: there is no folder ${build}; name the folder with the backend's Dockerfile (relative to the stack file)`,
    ];
  }
  const dockerfile = path.join(build, image.dockerfile);
  if (existsSync(dockerfile)) return [];
  return [
    `backend.image.dockerfile: there is no file ${dockerfile}; name the Dockerfile as it is called in ${build}`,
  ];
}

function certificateProblems(key: string, file: string | undefined): string[] {
  if (file === undefined) return [];
  if (!existsSync(file)) return [`${key}: there is no file ${file}; name the CA's PEM file`];
  try {
    new X509Certificate(readFileSync(file));
    return [];
  } catch {
    return [`${key}: ${file} holds no certificate in PEM form; name the CA's PEM file`];
  }
}
