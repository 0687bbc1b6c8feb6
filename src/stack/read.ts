import { readFileSync, statSync } from 'node:fs';
import type { Document, YAMLError } from 'yaml';
import { LineCounter, parseDocument, visit } from 'yaml';
import type { Issue } from './issues.ts';
import { issueAt } from './issues.ts';
import { isNull, type MapTree } from './tree.ts';
import { documentToTree } from './yaml-tree.ts';

/** A stack file is a page or two; what is larger was named by mistake. */
const MAX_BYTES = 256 * 1024;

/** One file's text as a tree; undefined, with an issue, when it cannot be read as a map. */
export interface ReadResult {
  readonly tree?: MapTree;
  readonly issues: Issue[];
}

/** A way to read one file, named in issues as `shown`. */
export type ReadTree = (file: string, shown: string) => ReadResult;

/** Reads and parses one file. `shown` is how the file is named in issues. */
export function readTree(file: string, shown: string): ReadResult {
  let text: string;
  try {
    const found = statSync(file);
    if (!found.isFile())
      return refused(shown, 'a stack file such as stacks/dev.yaml, got a folder', 'file');
    if (found.size > MAX_BYTES) {
      return refused(
        shown,
        `at most 256Ki, got ${found.size} bytes; is this a stack file?`,
        'file',
      );
    }
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return refused(shown, unreadable(error), 'file');
  }
  return parseTree(text, shown);
}

/** Parses YAML 1.2 with merge keys. */
export function parseTree(text: string, shown: string): ReadResult {
  const lines = new LineCounter();
  const issues: Issue[] = [];
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      version: '1.2',
      merge: true,
      // Compared by text in yaml-tree.ts, with the path; the library's check takes 1 and "1" for two keys.
      uniqueKeys: false,
      // Its pretty form quotes the line, which may hold a secret.
      prettyErrors: false,
      // `silent` would also pass over a second document.
      logLevel: 'error',
    });
    // What follows the first syntax error is often only its echo.
    const first = document.errors[0];
    if (first) {
      const at = lines.linePos(first.pos[0]);
      return refused(shown, syntaxMessage(first, document, lines), 'yaml', at.line, at.col);
    }
    if (document.warnings.some((warning) => warning.code === 'BAD_DIRECTIVE')) {
      return refused(shown, SYNTAX['BAD_DIRECTIVE'] as string, 'yaml');
    }
    if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
      return refused(shown, 'YAML 1.2; remove the %YAML line', 'yaml');
    }
    const tree = documentToTree(document, lines, shown, issues);
    if (tree?.kind === 'map') return { tree, issues };
    if (issues.length > 0) return { issues };
    if (!tree || isNull(tree)) {
      return refused(shown, 'an empty file; the least is: target: docker', 'yaml');
    }
    const found = tree.kind === 'list' ? 'a list' : 'one text';
    const message = `a map of sections such as target: docker, got ${found}`;
    return refused(shown, message, 'yaml', tree.place.line, tree.place.column);
  } catch (error) {
    // The parser recurses: thousands of brackets exhaust the stack before the depth check sees them.
    if (error instanceof RangeError)
      return refused(shown, 'nested too deeply; is this a stack file?', 'yaml');
    throw error;
  }
}

function refused(file: string, message: string, path: string, line = 1, column = 1): ReadResult {
  return { issues: [issueAt({ file, line, column }, path, message, path)] };
}

function unreadable(error: unknown): string {
  if (error instanceof TypeError) return 'UTF-8 text, got other bytes; save the file as UTF-8';
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file; check the name, or create it';
  if (code === 'EACCES' || code === 'EPERM')
    return 'not readable for this user; check its permissions';
  return `cannot be read (${code ?? 'unknown error'}); check the file`;
}

const SYNTAX: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'an alias needs a name after *; add it, or quote the text',
  BAD_DIRECTIVE: 'no line that begins with %; remove it',
  BAD_DQ_ESCAPE: 'an unknown escape in "..."; write \\\\ for a backslash, or use single quotes',
  BAD_SCALAR_START: 'a text that begins with @, ` or % needs quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second ": " in one value; quote the text, or indent the next line like its neighbours',
  BLOCK_IN_FLOW: 'an indented block inside { } or [ ]; close the bracket first',
  COMMENT_SPACE: 'a comment needs a space before #; add it, or quote the text',
  DUPLICATE_KEY: 'a key set twice; keep one of them',
  KEY_OVER_1024_CHARS: 'a key of over 1024 characters; is a quote missing?',
  MISSING_CHAR: 'a key without ": "; add the colon and a space',
  MULTILINE_IMPLICIT_KEY: 'a line without ": "; add the colon and a space, or the missing quote',
  MULTIPLE_ANCHORS: 'one anchor a value; remove the other',
  MULTIPLE_DOCS: 'one document a file; remove the line --- (or ...) and what follows it',
  MULTIPLE_TAGS: 'a value without a tag; remove the text that begins with "!"',
  NON_STRING_KEY: 'a plain word before each colon',
  PROP_BEFORE_SEP: 'an anchor or tag before the colon; put it after',
  TAB_AS_INDENT: 'a tab as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'a value without a tag; remove the text that begins with "!"',
};

/** By code, because the library's own text may quote the file. */
function syntaxMessage(error: YAMLError, document: Document, lines: LineCounter): string {
  if (error.code === 'BAD_INDENT') {
    const closing = /end with an? ([}\]])/.exec(error.message)?.[1];
    return closing
      ? `a "${closing}" is missing before this line`
      : 'indented differently from the lines that belong with it; use two spaces a level';
  }
  if (error.code === 'MISSING_CHAR' && /quote/.test(error.message)) {
    // The end of the text is found where the file ends; the mistake is where it begins.
    let opened = 0;
    visit(document, {
      Scalar(_, { type, range }) {
        if (range && (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE')) opened = range[0];
      },
    });
    return `the quote that opens in line ${lines.linePos(opened).line} is not closed; close it there`;
  }
  return (
    SYNTAX[error.code] ?? 'not YAML here; look for a missing quote, bracket or colon before it'
  );
}
