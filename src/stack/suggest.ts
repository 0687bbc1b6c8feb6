import { distance } from 'fastest-levenshtein';

/**
 * The candidate that was probably meant, or undefined when none is near: at most one typing mistake in
 * three letters; letter case, `-` and `_` do not count, and swapped letters count as one mistake.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_]/g, '');
  const wanted = plain(word);
  if (wanted === '' || wanted.length > 64) return undefined;
  let best: { candidate: string; steps: number } | undefined;
  for (const candidate of candidates) {
    const steps = sameLetters(wanted, plain(candidate)) ? 1 : distance(wanted, plain(candidate));
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (steps <= allowed && steps < candidate.length && (!best || steps < best.steps)) {
      best = { candidate, steps };
    }
  }
  return best?.candidate;
}

function sameLetters(a: string, b: string): boolean {
  return (
    a.length > 2 &&
    a.length === b.length &&
    a !== b &&
    [...a].sort().join() === [...b].sort().join()
  );
}

/** `; did you mean "x"?` for a value, an abbreviation such as `prod` included; nothing when none is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const begun = candidates.filter((candidate) => word.length > 2 && candidate.startsWith(word));
  const found = begun.length === 1 ? begun[0] : nearest(word, candidates);
  return found === undefined ? '' : `; did you mean "${found}"?`;
}
