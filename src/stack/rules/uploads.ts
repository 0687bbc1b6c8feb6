import { posix } from 'node:path';
import {
  FILE_LOCAL,
  isUnset,
  keepsFilesElsewhere,
  LOCAL_FOLDER,
} from '../../container/file-plugins.ts';
import { describeFound } from '../found.ts';
import { UPLOADS_FOLDER } from '../sections/uploads.ts';
import type { OptionValue, UploadsSection } from '../stack-file.ts';
import type { Path } from '../tree.ts';
import { treeAt } from '../tree.ts';
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
        message: `not on aws, where a task keeps no files; remove it (where another file sets it, write uploads: null), and ${BUCKET}`,
        atKey: true,
      }),
    ),
};

const uploadDir: Rule = {
  name: 'upload-dir',
  about: 'The upload_dir of @medusajs/file-local is a folder.',
  check: (context) =>
    localPlugins(context).flatMap(({ index, written }) => {
      const right = isUnset(written) || typeof written === 'string' || isVariable(written);
      const path = ['plugins', index, 'options', 'upload_dir'];
      return when(!right, () => ({
        path,
        message: `a folder such as uploads, got ${describeFound(treeAt(context.tree, path), path)}`,
      }));
    }),
};

const fileLocal: Rule = {
  name: 'file-local',
  about:
    'What @medusajs/file-local writes is kept: on docker in the volume of `uploads`; on aws nowhere.',
  acceptable: true,
  check: (context) => {
    const level = context.stack.environment === 'development' ? 'warning' : 'error';
    return localPlugins(context).flatMap((plugin): Finding[] => {
      const lost = lossOf(context, plugin);
      return lost === undefined ? [] : [{ ...placeOf(plugin), message: lost, level }];
    });
  },
};

/** Why files of the plugin are lost, and the fix; undefined where they are kept. */
function lossOf({ stack }: RuleContext, { name, folder }: LocalPlugin): string | undefined {
  if (stack.target === 'aws') {
    return `${name} writes into the task: other tasks do not have its files, and the next release loses them; ${BUCKET}`;
  }
  if (!stack.uploads) {
    return `${name} writes into the container: other replicas do not have its files, and the next release loses them; remove uploads: false, or ${BUCKET}`;
  }
  if (folder === undefined || isWithin(folder, stack.uploads.path)) return undefined;
  // The folder is part of the links as well: an absolute one makes none that work.
  const usable = UPLOADS_FOLDER.test(folder) && !posix.isAbsolute(folder);
  const fix = usable ? `write uploads: { path: ${folder} }` : 'set upload_dir to uploads';
  return `${name} writes to ${folder} (upload_dir), which is outside ${VOLUME} at ${stack.uploads.path}; ${fix}`;
}

/** Demands nothing: `check` shows it once a file is right. */
export const uploadsNote: Rule = {
  name: 'uploads-kept',
  about: 'Whether uploaded files are kept.',
  whole: true,
  check: (context) => {
    const { stack } = context;
    const local = localPlugins(context);
    if (local.length > 0) return local.flatMap((plugin) => noteOf(context, plugin));
    const other = stack.plugins.find(({ resolve }) => keepsFilesElsewhere(resolve));
    if (other) {
      const message = `${other.resolve} keeps uploaded files itself, such as in a bucket`;
      return [{ path: ['uploads'], message, level: 'note' }];
    }
    const container = stack.target === 'aws' ? 'task' : 'container';
    const message = stack.uploads
      ? `uploaded files ${keptIn(stack.uploads)}`
      : `uploaded files that are written into a ${container} are lost with it; ${BUCKET}`;
    return [{ path: ['uploads'], message, level: 'note' }];
  },
};

function noteOf(context: RuleContext, plugin: LocalPlugin): Finding[] {
  const { uploads, accept } = context.stack;
  const lost = lossOf(context, plugin);
  const accepted = accept[fileLocal.name];
  // The rule has said it already.
  if (lost !== undefined && accepted === undefined) return [];
  const kept = uploads ? `files of ${plugin.name} ${keptIn(uploads)}` : '';
  const unknown = plugin.folder === undefined ? '; its upload_dir must be that folder' : '';
  const message = lost === undefined ? `${kept}${unknown}` : `${lost} (accepted: ${accepted})`;
  return [{ ...placeOf(plugin), message, level: 'note' }];
}

function keptIn({ path, onDestroy }: UploadsSection): string {
  const end =
    onDestroy === 'keep' ? 'releases and destroy keep it' : 'releases keep it, destroy deletes it';
  return `are kept in ${VOLUME} at ${path}; all replicas share it, ${end}`;
}

interface LocalPlugin {
  readonly index: number;
  readonly name: string;
  /** Its `upload_dir` as the file has it. */
  readonly written: OptionValue | undefined;
  /** The folder that it writes to; undefined where only the environment knows. */
  readonly folder: string | undefined;
}

function localPlugins({ stack, broken }: RuleContext): readonly LocalPlugin[] {
  if (broken.some(([first]) => first === 'plugins')) return [];
  return stack.plugins.flatMap(({ resolve, options }, index) => {
    if (!FILE_LOCAL.includes(resolve)) return [];
    const written = options?.['upload_dir'];
    const text = isVariable(written) ? stack.backend.env[written.env] : written;
    const folder = isUnset(text) ? LOCAL_FOLDER : typeof text === 'string' ? text : undefined;
    return [{ index, name: resolve, written, folder: folder && normalized(folder) }];
  });
}

function isVariable(value: unknown): value is { readonly env: string } {
  return typeof value === 'object' && value !== null && 'env' in value;
}

function normalized(folder: string): string {
  const short = posix.normalize(folder);
  return short === '/' ? short : short.replace(/\/$/, '');
}

function placeOf({ index }: LocalPlugin): { readonly path: Path; readonly at: Path } {
  return { path: ['plugins'], at: [index] };
}

/** Whether a folder is the volume's or below it, wherever the working folder is to which one is relative. */
function isWithin(folder: string, volume: string): boolean {
  const parts = folder.split('/');
  const parents = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  if (posix.isAbsolute(folder) === posix.isAbsolute(volume)) return parents.includes(volume);
  return posix.isAbsolute(volume)
    ? parents.some((parent) => volume.endsWith(`/${parent}`))
    : `${folder}/`.includes(`/${volume}/`);
}

export const uploadsRules: readonly Rule[] = [uploadsTarget, uploadDir, fileLocal];
