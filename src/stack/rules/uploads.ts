import { posix } from 'node:path';
import { FILE_LOCAL } from '../../file-plugins.ts';
import type { Path } from '../tree.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';
import { isSet, when } from './rule.ts';

const BUCKET = 'use a file plugin that writes to a bucket, such as medusa-file-s3';
/** The name of the volume without the project's, which is not in the stack file. */
const VOLUME = 'the volume <project>-<stack>-uploads';

const uploadsTarget: Rule = {
  name: 'uploads-target',
  about: 'The volume for uploaded files is on docker only.',
  check: (context) =>
    when(
      context.stack.target === 'aws' &&
        isSet(context, ['uploads']) &&
        context.raw.uploads !== false,
      () => ({
        path: ['uploads'],
        message: `not on aws, where a task keeps no files; write uploads: null in the file of this stack, and ${BUCKET}`,
        atKey: true,
      }),
    ),
};

const fileLocal: Rule = {
  name: 'file-local',
  about:
    'What @medusajs/file-local writes is kept: on docker in the volume of `uploads`; on aws nowhere.',
  acceptable: true,
  check: (context) => {
    const level = context.stack.environment === 'development' ? 'warning' : 'error';
    return localPlugins(context).flatMap(({ index, name, folder }): Finding[] => {
      const lost = lossOf(context, name, folder);
      return lost === undefined ? [] : [{ ...atPlugin(index), message: lost, level }];
    });
  },
};

/** Why files of the plugin are lost, and the fix; undefined where they are kept. */
function lossOf({ stack }: RuleContext, name: string, folder: string): string | undefined {
  if (stack.target === 'aws') {
    return `${name} writes into the task: other tasks do not have its files, and the next release loses them; ${BUCKET}`;
  }
  if (!stack.uploads) {
    return `${name} writes into the container: other replicas do not have its files, and the next release loses them; remove uploads: false, or ${BUCKET}`;
  }
  const { path } = stack.uploads;
  // Only the image knows how a relative folder and an absolute one relate.
  const comparable = posix.isAbsolute(path) === posix.isAbsolute(folder);
  if (!comparable || isWithin(folder, path)) return undefined;
  return `${name} writes to ${folder} (upload_dir), which is outside ${VOLUME} at ${path}; write uploads: { path: ${folder} }`;
}

/** Demands nothing: `check` shows it once a file is right. */
export const uploadsNote: Rule = {
  name: 'uploads-kept',
  about: 'What becomes of uploaded files.',
  whole: true,
  check: (context) => {
    const { target, uploads } = context.stack;
    const [plugin] = localPlugins(context);
    const place = plugin ? atPlugin(plugin.index) : { path: ['uploads'] };
    const files = plugin ? `files of ${plugin.name}` : 'uploaded files';
    const container = target === 'aws' ? 'task' : 'container';
    const message = uploads
      ? `${files} are kept in ${VOLUME} at ${uploads.path}; all replicas share it, ${uploads.onDestroy === 'keep' ? 'releases and destroy keep it' : 'releases keep it, and destroy deletes it'}`
      : `${files} that are written into a ${container} are lost with it; ${BUCKET}`;
    return [{ ...place, message, level: 'note' }];
  },
};

interface LocalPlugin {
  readonly index: number;
  readonly name: string;
  /** Its `upload_dir`. */
  readonly folder: string;
}

function localPlugins({ stack, broken }: RuleContext): readonly LocalPlugin[] {
  if (broken.some(([first]) => first === 'plugins')) return [];
  return stack.plugins.flatMap(({ resolve, options }, index) => {
    if (!FILE_LOCAL.includes(resolve)) return [];
    const folder = options?.['upload_dir'];
    const written = typeof folder === 'string' && folder !== '' ? folder : 'uploads';
    return [{ index, name: resolve, folder: posix.normalize(written).replace(/\/$/, '') }];
  });
}

function atPlugin(index: number): { readonly path: Path; readonly at: Path } {
  return { path: ['plugins'], at: [index] };
}

function isWithin(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(`${parent}/`);
}

export const uploadsRules: readonly Rule[] = [uploadsTarget, fileLocal];
