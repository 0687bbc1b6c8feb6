import { readFileSync } from 'node:fs';
import { ROTATION_TABLE, type RotationMeaning } from '../../src/rotation.ts';

export const file = 'docs/rotation.md';

const BEGIN =
  '<!-- Generated from src/rotation.ts by `npm run docs`; do not edit until the end mark. -->';
const END = '<!-- End of what is generated. -->';

/** The hand-written document with its tables generated from the code. */
export function render(): string {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} lacks the marks of its generated part`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${tables()}\n${text.slice(end)}`;
}

function tables(): string {
  return [
    '| secret | what changes | what overlaps | what users notice with `keep: 0` | what users notice with `keep: 1` or more |',
    '|---|---|---|---|---|',
    ...ROTATION_TABLE.map(
      (one) =>
        `| ${nameOf(one)} | ${one.changes} | ${one.overlap} | ${one.usersSee.keepNone} | ${one.usersSee.keepSome} |`,
    ),
    '',
    '| secret | what else you do | how to go back |',
    '|---|---|---|',
    ...ROTATION_TABLE.map((one) => `| ${nameOf(one)} | ${one.operator} | ${one.undo} |`),
    '',
    'Target `aws` differs in:',
    '',
    '| secret | what changes | what overlaps |',
    '|---|---|---|',
    ...ROTATION_TABLE.flatMap((one) =>
      one.onAws
        ? [`| ${nameOf(one)} | ${one.onAws.changes ?? one.changes} | ${one.onAws.overlap} |`]
        : [],
    ),
    '',
  ].join('\n');
}

function nameOf({ secret }: RotationMeaning): string {
  return secret === '*' ? 'any other' : `\`${secret}\``;
}
