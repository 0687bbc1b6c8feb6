import { Client } from 'undici';
import type { Failure, LoadRequest } from './request.ts';

export interface LoadOptions {
  /** Where the requests go, such as `http://127.0.0.1:9080`. */
  readonly origin: string;
  /** Requests a second, whatever the answers do. @default 200 */
  readonly rate?: number;
  /** Connections, all kept alive as long as the server lets them. @default 16 */
  readonly connections?: number;
  /** Seconds after which a request has failed that was not sent, or not answered then. @default 30 */
  readonly timeoutSeconds?: number;
}

/** What came of a load between its start and its stop. */
export interface LoadRun {
  /** From the start until the last request came to its end. */
  readonly seconds: number;
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** Milliseconds from the time a request was due to its complete answer, ascending; failed ones too. */
  readonly latencies: readonly number[];
  /** More than `connections` when the server closed some. */
  readonly connectionsOpened: number;
}

/**
 * Load with a constant arrival rate: each request is due at a time fixed in advance and is sent then
 * if a connection is free, else as soon as one is. Its latency counts from the time it was due, so that
 * a server that stalls is charged for all that had to wait, not only for the few it was working on.
 *
 * A request is given to a connection once. undici's `Client` repeats none that it has begun to write
 * (a `RetryAgent` would); one that finds its connection closed beforehand goes over a new one, as with
 * every client that keeps connections.
 */
export class ConstantLoad {
  readonly #next: () => LoadRequest;
  readonly #rate: number;
  readonly #timeoutMilliseconds: number;
  readonly #clients: Client[];
  /** The one that is idle longest comes first, so that all are in use. */
  readonly #idle: Client[];
  /** When each was due, on the clock of `performance.now()`. */
  readonly #waiting: number[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failures: Failure[] = [];
  readonly #latencies: number[] = [];
  #connectionsOpened = 0;
  #began = 0;
  #planned = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param next gives each request at the moment it is sent */
  constructor(next: () => LoadRequest, options: LoadOptions) {
    const { origin, rate = 200, connections = 16, timeoutSeconds = 30 } = options;
    this.#next = next;
    this.#rate = rate;
    this.#timeoutMilliseconds = timeoutSeconds * 1000;
    this.#clients = Array.from({ length: connections }, () => {
      const client = new Client(origin, {
        pipelining: 1,
        keepAliveTimeout: 60_000,
        headersTimeout: timeoutSeconds * 1000,
        bodyTimeout: timeoutSeconds * 1000,
        connect: { timeout: timeoutSeconds * 1000 },
      });
      client.on('connect', () => {
        this.#connectionsOpened += 1;
      });
      return client;
    });
    this.#idle = [...this.#clients];
  }

  start(): this {
    this.#began = performance.now();
    // Finer timers would not be kept; one that fires late is made up for.
    this.#timer = setInterval(() => this.#queueWhatIsDue(), 2);
    return this;
  }

  /** Plans no more, waits until every request has come to its end, and closes the connections. */
  async stop(): Promise<LoadRun> {
    clearInterval(this.#timer);
    this.#queueWhatIsDue();
    while (this.#running.size > 0) await Promise.race(this.#running);
    const seconds = (performance.now() - this.#began) / 1000;
    await Promise.all(this.#clients.map((client) => client.destroy()));
    return {
      seconds,
      requests: this.#latencies.length,
      failures: this.#failures,
      latencies: this.#latencies.sort((left, right) => left - right),
      connectionsOpened: this.#connectionsOpened,
    };
  }

  #queueWhatIsDue(): void {
    const now = performance.now();
    for (;;) {
      const due = this.#began + (this.#planned * 1000) / this.#rate;
      if (due > now) break;
      this.#waiting.push(due);
      this.#planned += 1;
    }
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const client = this.#idle.shift() as Client;
      const due = this.#waiting.shift() as number;
      const sending = this.#send(client, due).finally(() => {
        this.#running.delete(sending);
        this.#idle.push(client);
        this.#sendWaiting();
      });
      this.#running.add(sending);
    }
  }

  async #send(client: Client, due: number): Promise<void> {
    const request = this.#next();
    const problem = await this.#outcome(client, request, due);
    const milliseconds = performance.now() - due;
    this.#latencies.push(milliseconds);
    if (problem === undefined) return;
    const { method, path } = request;
    const at = new Date(performance.timeOrigin + due).toISOString();
    this.#failures.push({ at, method, path, reason: problem, milliseconds });
  }

  async #outcome(client: Client, request: LoadRequest, due: number): Promise<string | undefined> {
    // Otherwise a server that is slower than the rate would be waited for without end.
    if (performance.now() - due > this.#timeoutMilliseconds)
      return 'no connection was free in time';
    return answerOf(client, request).then(
      (answer) => request.judge(answer),
      (error: NodeJS.ErrnoException) => `${error.code ?? error.name} ${error.message}`.trim(),
    );
  }
}

async function answerOf(client: Client, request: LoadRequest) {
  const { method, path, headers, body } = request;
  const response = await client.request({ method, path, headers, ...(body ? { body } : {}) });
  try {
    return {
      status: response.statusCode,
      headers: response.headers,
      body: await response.body.text(),
    };
  } catch (error) {
    const cut = error as NodeJS.ErrnoException;
    cut.message = `${cut.message} in the body of an answer ${response.statusCode}`;
    throw cut;
  }
}
