import type { IncomingHttpHeaders } from 'node:http';

/** One request of a mix, and what a right answer to it is. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is wrong with an answer; undefined for a right one. Called once, when the answer is complete. */
  judge(answer: Answer): string | undefined;
}

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request without a right answer. Never its headers or its body: they may hold a secret. */
export interface Failure {
  /** When it was due, as ISO 8601, to find it in logs. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Such as `status 502` or `ECONNRESET`. */
  readonly reason: string;
  /** From the time it was due until it failed. */
  readonly milliseconds: number;
}
