/** How many draws `npm run bench -- properties` wants of each property; undefined in a usual run. */
const wanted = process.env['FAST_CHECK_RUNS'];

/**
 * `numRuns` of a property that is drawn more or less often than others: its draws cost more, or find more. A bench draws
 * each of them more often in proportion, but no cheap one more often than it wants.
 */
export function draws(usual: number): number {
  if (!wanted) return usual;
  const FAST_CHECKS_OWN = 100;
  return Math.min(Number(wanted), Math.ceil((Number(wanted) * usual) / FAST_CHECKS_OWN));
}
