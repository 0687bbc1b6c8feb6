/** Of a bench that runs several things in turn. */
export interface InTurnOptions {
  /** Runs of each that count. */
  readonly runs: number;
  /** Prints one JSON document in place of the tables. */
  readonly json: boolean;
  /** Puts the tables into bench/README.md. */
  readonly writeReadme: boolean;
}
