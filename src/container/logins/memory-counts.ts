import type { LoginLimitConfig } from './config.ts';

/** So that strangers with many addresses cannot fill the store's memory: about a megabyte. */
const MOST_CLIENTS = 10_000;

interface Count {
  requests: number;
  readonly until: number;
}

/** Counts of this replica alone; its window begins with the first log-in of a client. */
export class MemoryCounts {
  readonly #counts = new Map<string, Count>();
  readonly #limit: Pick<LoginLimitConfig, 'requests' | 'windowSeconds'>;

  constructor(limit: Pick<LoginLimitConfig, 'requests' | 'windowSeconds'>) {
    this.#limit = limit;
  }

  /** Counts a log-in; gives the seconds until the client may try again, 0: now. @param now milliseconds */
  count(client: string, now: number): number {
    const count = this.#current(client, now);
    count.requests += 1;
    if (count.requests <= this.#limit.requests) return 0;
    return Math.max(1, Math.ceil((count.until - now) / 1000));
  }

  #current(client: string, now: number): Count {
    const known = this.#counts.get(client);
    if (known && known.until > now) return known;
    this.#counts.delete(client);
    // In the order of their ends: what is over is in front.
    for (const [other, { until }] of this.#counts) {
      if (until > now && this.#counts.size < MOST_CLIENTS) break;
      this.#counts.delete(other);
    }
    const count = { requests: 0, until: now + this.#limit.windowSeconds * 1000 };
    this.#counts.set(client, count);
    return count;
  }
}
