import { readFileSync } from 'node:fs';
import { type ErrorCodeText, errorCodes } from '../../src/error-codes.ts';
import { acceptRules } from '../../src/stack/rules/accept.ts';
import { RULES } from '../../src/stack/rules/index.ts';
import { uploadsNote } from '../../src/stack/rules/uploads.ts';

export const file = 'docs/errors.md';

/** The reference of errors: every code with its meaning and fix, then the rules of the stack file. */
export function render(): string {
  return [
    INTRO,
    ...sections().map(({ title, codes }) => codesText(title, codes)),
    rulesText(),
  ].join('\n');
}

interface Section {
  readonly title: string;
  readonly codes: readonly string[];
}

/** The areas of the table stand in its comments, so that each is written once. */
function sections(): Section[] {
  const source = readFileSync(new URL('../../src/error-codes.ts', import.meta.url), 'utf8');
  const [, ...parts] = source.split(/^ {2}\/\/ --- /m);
  return parts.map((part) => ({
    title: part.slice(0, part.indexOf(' --')),
    codes: [...part.matchAll(/^ {2}'([a-z-]+)': \{/gm)].map(([, code]) => code ?? ''),
  }));
}

function codesText(title: string, codes: readonly string[]): string {
  const texts: Readonly<Record<string, ErrorCodeText>> = errorCodes;
  return [
    `## ${title}\n`,
    '| code | meaning | what you do |',
    '|---|---|---|',
    ...codes.map((code) => {
      const { meaning, fix } = texts[code] ?? { meaning: '', fix: '' };
      return `| \`${code}\` | ${cell(meaning)} | ${cell(fix)} |`;
    }),
    '',
  ].join('\n');
}

function rulesText(): string {
  return [
    '## Rules of the stack file\n',
    'The code of an issue in the stack file is the name of the rule that it breaks.',
    '[stack-file.md](stack-file.md#rules-across-options) says which rules may be accepted.\n',
    '| rule | what it requires |',
    '|---|---|',
    ...Object.entries(FILE_RULES).map(([name, about]) => `| \`${name}\` | ${about} |`),
    ...[...RULES, uploadsNote, ...acceptRules(RULES, new Set())].map(
      ({ name, about }) => `| \`${name}\` | ${cell(about)} |`,
    ),
    '',
  ].join('\n');
}

const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\n/g, ' ');

/** Names under which the file itself and its single values are checked; the other rules have their own text. */
export const FILE_RULES: Readonly<Record<string, string>> = {
  file: 'The file exists, is readable and is a text.',
  yaml: 'The file is YAML 1.2 and uses only the parts of it that a stack file may use.',
  'yaml-duplicate': 'A map has each key once.',
  extends: 'The file that `extends` names exists, and no file extends itself.',
  required: 'An option without a default has a value.',
  schema: 'A value has the type and the form that its option allows.',
  'key-name': 'A name that you choose, such as that of a secret, has the allowed form.',
  'unknown-key': 'Each option is one that exists.',
};

const INTRO = `<!-- Generated from src/error-codes.ts and src/stack by scripts/docs/errors.ts; do not edit. Run: npm run docs -->
# Errors

An error that you can fix ends the command with exit code 1. The message says what is wrong and what to do; after it
a line has a code from this page, unless the message lists issues of the stack file. A code is permanent, so scripts can rely on it. With \`--json\` the command prints

\`\`\`json
{ "ok": false, "error": "the message", "code": "port-taken", "problems": [] }
\`\`\`

where \`problems\` is left out if the message is about a single problem. Each problem is
\`{ code, path, file, line, column, message }\`; those about no value of the stack file have no place.
\`medusa-infra check --json\` prints the issues of each file, where \`code\` and \`rule\` are the same. For errors by
their literal text, see [troubleshooting.md](troubleshooting.md).
`;
