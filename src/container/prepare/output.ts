/** Longest line that is kept in memory while its end has not come. */
const LONGEST_LINE = 64 * 1024;

/** Splits a stream of chunks into lines; a secret cut by a chunk's end is whole again in its line. */
export function lineSplitter(onLine: (line: string) => void): {
  push(chunk: string): void;
  end(): void;
} {
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      if (rest.length > LONGEST_LINE) {
        onLine(`(a line of more than ${LONGEST_LINE} characters is left out)`);
        rest = '';
      }
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}

/** Lines with which Medusa, TypeORM and Node begin something else than a query's text. */
const AFTER_QUERY =
  /^(Migration |\d+ migrations? |No migrations |All migrations |\{"level"|(info|warn|error|success|debug): |query failed: |error: |\w*Error: |Error |\[[ X]\] |medusa-infra)/;

/** Most of what Node prints of a PostgreSQL error. */
const EMPTY_DETAIL = /^\s+\w+: undefined,?$/;

/**
 * Says which lines to show: the migration command prints every SQL statement (190 kB on a new
 * database), which nobody reads unless it failed.
 */
export function sqlFilter(): (line: string) => boolean {
  let inQuery = false;
  return (line) => {
    if (line.startsWith('query: ')) inQuery = true;
    else if (AFTER_QUERY.test(line)) inQuery = false;
    return !inQuery && line.trim() !== '' && !EMPTY_DETAIL.test(line);
  };
}
