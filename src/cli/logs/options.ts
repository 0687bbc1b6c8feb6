import type { StackOptions } from '../options.ts';

export interface LogsOptions extends StackOptions {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly since?: string;
}

/** What each target is asked for. */
export interface LogsRequest extends LogsOptions {
  /** undefined: all components. */
  readonly component: string | undefined;
  /** `--since` as seconds since 1970. */
  readonly sinceSeconds: number | undefined;
}
