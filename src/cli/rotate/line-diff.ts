/** One line of a difference: kept, taken away or added; `line` counts from 1 where it stands. */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly line: number;
  readonly text: string;
}

/** Lines that differ between two texts, in order. For files of a page or two. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const whole = { a: before.split(/\r?\n/), b: after.split(/\r?\n/) };
  let same = 0;
  while (same < whole.a.length && same < whole.b.length && whole.a[same] === whole.b[same])
    same += 1;
  const a = whole.a.slice(same);
  const b = whole.b.slice(same);
  const common = longestCommon(a, b);
  const diff: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const rest = common[i]?.[j] ?? 0;
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (i < a.length && (common[i + 1]?.[j] ?? 0) === rest) {
      diff.push({ mark: '-', line: same + i + 1, text: a[i] ?? '' });
      i += 1;
    } else {
      diff.push({ mark: '+', line: same + j + 1, text: b[j] ?? '' });
      j += 1;
    }
  }
  return diff;
}

/** Length of the longest common subsequence of the rests from each pair of places on. */
function longestCommon(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = table[i] as number[];
      row[j] =
        a[i] === b[j]
          ? (table[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
