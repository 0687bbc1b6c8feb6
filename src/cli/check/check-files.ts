import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { extendedNames, isStackFileName } from '../../stack/extends.ts';
import { formatIssue, type Issue } from '../../stack/issues.ts';
import { loadStackFile } from '../../stack/load.ts';
import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import { count } from '../units-text.ts';

interface CheckedFile {
  readonly file: string;
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
  readonly notes: readonly Issue[];
}

/**
 * `check FILE...`: one line per issue on stdout, a summary on stderr; exit code 1 with any error.
 * Looks at the files alone; for a folder, at all its stack files.
 */
export function checkFiles(
  context: Context,
  paths: readonly string[],
  options: { json?: boolean },
): number {
  const results = expandFolders(paths).map(({ file, fromFolder }) => checkFile(file, fromFolder));
  const errors = results.flatMap((result) => result.issues);
  const warnings = results.flatMap((result) => result.warnings);
  if (options.json) {
    printJson(context, { ok: errors.length === 0, files: results.map(withCodes) });
  } else {
    const { red, yellow, dim } = context.color.stdout;
    for (const result of results) {
      for (const issue of result.issues) print(context, red(formatIssue(issue)));
      for (const warning of result.warnings)
        print(context, yellow(`warning: ${formatIssue(warning)}`));
      for (const each of result.notes) print(context, dim(`note: ${formatIssue(each)}`));
    }
    note(context, summary(results.length, errors.length, warnings.length));
  }
  return errors.length > 0 ? exitCodes.userError : exitCodes.ok;
}

/** The name of a rule is its code: `--json` has both keys for every issue. */
function withCodes({ file, issues, warnings, notes }: CheckedFile) {
  const withCode = (issue: Issue) => ({ ...issue, code: issue.rule });
  return {
    file,
    issues: issues.map(withCode),
    warnings: warnings.map(withCode),
    notes: notes.map(withCode),
  };
}

function summary(files: number, errors: number, warnings: number): string {
  const found = [
    countOrNo(errors, 'error'),
    ...(warnings > 0 ? [countOrNo(warnings, 'warning')] : []),
  ];
  return `${countOrNo(files, 'file')} checked: ${found.join(', ')}`;
}

function countOrNo(n: number, noun: string): string {
  return n === 0 ? `no ${noun}s` : count(n, noun);
}

function checkFile(file: string, fromFolder: boolean): CheckedFile {
  const { issues, warnings, notes } = loadStackFile(file);
  // A file that others extend may be incomplete: they add what it lacks, and are checked merged with it.
  const extended = extendedNames(dirname(file)).has(stackName(file));
  const parent = extended && issues.some(isMissingTarget);
  return {
    file,
    issues: parent ? issues.filter((issue) => !isMissingTarget(issue)) : issues,
    warnings: parent && fromFolder ? [] : warnings,
    notes: fromFolder && extended ? [] : notes,
  };
}

function stackName(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

function isMissingTarget(issue: Issue): boolean {
  return issue.path === 'target' && issue.rule === 'required';
}

interface NamedFile {
  readonly file: string;
  readonly fromFolder: boolean;
}

function expandFolders(paths: readonly string[]): NamedFile[] {
  return paths.flatMap((path): NamedFile[] => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      return [{ file: path, fromFolder: false }];
    const names = readdirSync(path).filter(isStackFileName).sort();
    if (names.length === 0)
      throw new UserError(`${path}: there is no stack file in this folder`, 'stack-file-missing');
    return names.map((name) => ({ file: join(path, name), fromFolder: true }));
  });
}
