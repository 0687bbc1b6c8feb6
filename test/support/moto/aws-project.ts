import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { stringify } from 'yaml';
import { buildTar } from '../../../src/docker/images.ts';
import { docker } from '../engine.ts';
import { type CommandResult, repository, TestProject } from '../project.ts';
import type { Moto } from './moto.ts';

/** A project whose shell and stacks have moto for their AWS account. */
export async function awsProject(moto: Moto, ...stacks: readonly string[]): Promise<TestProject> {
  const project = await TestProject.create({ newerNode: true });
  Object.assign(project.shell, moto.shell);
  cpSync(join(repository, 'stacks/base.yaml'), join(project.stacks, 'base.yaml'));
  for (const stack of stacks) {
    project.writeStack(`Pulumi.${stack}`, stringify({ config: moto.config }));
  }
  return project;
}

/** `stacks/prod.yaml` as it is committed, with another image. */
export function productionStack(image: string): string {
  const text = readFileSync(join(repository, 'stacks/prod.yaml'), 'utf8');
  return edited(text, [/image: ghcr\.io\/\S+/, `image: ${image}`]);
}

/** Replaces in a text what must be in it. */
export function edited(text: string, ...changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((before, [what, by]) => {
    if (!what.test(before)) throw new Error(`there is no ${what} in:\n${before}`);
    return before.replace(what, by);
  }, text);
}

/** An image of a few bytes, for what pushes but never runs; the project's cleanup removes it. */
export async function smallImage(project: string): Promise<string> {
  const tag = `${project}/shop:1.4.2`;
  const context = pack();
  context.entry({ name: 'Dockerfile' }, 'FROM scratch\nCOPY shop /\n');
  context.entry({ name: 'shop' }, 'a shop');
  context.finalize();
  await buildTar(docker, context, { tag });
  return tag;
}

/** What an operation with `--json` changed, as `CHANGE NAME: PROPERTIES`, sorted; throws where it failed. */
export function changesOf({ code, stdout, stderr }: CommandResult): string[] {
  const { changes, errors } = JSON.parse(stdout || '{}') as {
    changes?: { name: string; change: string; properties: string[] }[];
    errors?: string[];
  };
  if (code !== 0 || !changes)
    throw new Error(`exit code ${code}: ${errors?.join('\n')}\n${stderr}`);
  return changes
    .map(({ name, change, properties }) =>
      `${change} ${name}: ${[...properties].sort().join(' ')}`.replace(/: $/, ''),
    )
    .sort();
}
