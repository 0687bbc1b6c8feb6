import { readFileSync } from 'node:fs';
import { ROTATION_TABLE, type RotationMeaning } from '../../src/rotation.ts';

export const file = 'docs/rotation.md';

const BEGIN =
  '<!-- Generated from src/rotation.ts by `npm run docs`; do not edit until the end mark. -->';
const END = '<!-- End of what is generated. -->';

/** The hand-written document with its tables made from the code. */
export function render(): string {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} lacks the marks of its generated part`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${tables()}\n${text.slice(end)}`;
}

function tables(): string {
  return [
    '| secret | what changes hands | what overlaps | what users see with `keep: 0` | what users see with `keep: 1` or more |',
    '|---|---|---|---|---|',
    ...ROTATION_TABLE.map(
      (one) =>
        `| ${nameOf(one)} | ${one.changes} | ${one.overlap} | ${one.usersSee.keepNone} | ${one.usersSee.keepSome} |`,
    ),
    '',
    '| secret | what you do beside it | how to go back |',
    '|---|---|---|',
    ...ROTATION_TABLE.map((one) => `| ${nameOf(one)} | ${one.operator} | ${one.undo} |`),
    '',
    'On target `aws` the rest is the same, but for:',
    '',
    '| secret | what changes hands | what overlaps |',
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
