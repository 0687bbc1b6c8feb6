/**
 * The nearest-rank percentile: the smallest value that at least `percent` of all do not exceed.
 * @param ascending sorted values, at least one
 * @param percent above 0, up to 100
 */
export function percentile(ascending: readonly number[], percent: number): number {
  const value = ascending[Math.ceil((percent / 100) * ascending.length) - 1];
  if (value === undefined)
    throw new Error(`no ${percent}th percentile of ${ascending.length} values`);
  return value;
}
