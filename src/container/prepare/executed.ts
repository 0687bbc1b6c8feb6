/**
 * What TypeORM says while it runs migrations, line by line. Source: `executePendingMigrations` of
 * typeorm/migration/MigrationExecutor.js, which also writes what `migrations show` reads.
 */
const FOUND = /^(\d+) migrations were found in the source code\.$/;
const PENDING = /^(\d+) migrations are new migrations must be executed\.$/;
const EXECUTED = /^Migration (\S+) has been\s+executed successfully\.$/;

/** A run in which TypeORM says of each pending migration that it is done. */
export interface WholeRun {
  /** Migrations in the source code: those that were pending, and others that were listed as done before. */
  readonly found: number;
  /** Names of those that were pending. */
  readonly executed: readonly string[];
}

/** Reads the output of a run. */
export class ExecutedMigrations {
  readonly #found: number[] = [];
  readonly #pending: number[] = [];
  readonly #executed = new Set<string>();

  read(line: string): void {
    const [, found] = FOUND.exec(line) ?? [];
    const [, pending] = PENDING.exec(line) ?? [];
    const [, name] = EXECUTED.exec(line) ?? [];
    if (found) this.#found.push(Number(found));
    if (pending) this.#pending.push(Number(pending));
    if (name) this.#executed.add(name);
  }

  /** Undefined where none was pending, where one is not said to be done, and where several runs said something. */
  whole(): WholeRun | undefined {
    const [found = 0, ...otherFound] = this.#found;
    const [pending = 0, ...otherPending] = this.#pending;
    if (otherFound.length + otherPending.length > 0) return undefined;
    if (pending === 0 || found < pending || this.#executed.size !== pending) return undefined;
    return { found, executed: [...this.#executed] };
  }
}
