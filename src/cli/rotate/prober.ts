import http from 'node:http';
import https from 'node:https';
import { EDGE_ANSWER_MILLISECONDS, EDGE_REQUEST_INTERVAL_MILLISECONDS } from '../limits.ts';

/** What was seen of the edge while something went on. */
export interface ProbeReport {
  /** What was asked, as messages call it. */
  readonly target: string;
  /** Counted from the first answer on: what was down before is no failure of what went on. */
  readonly sent: number;
  /** Status or error of each request that was not answered 200, with its time since the start. */
  readonly failures: readonly string[];
  /** Why nothing was counted: what came in place of an answer. */
  readonly unanswered?: string;
}

export interface ProbeTarget {
  /** Where the port is published. */
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** Name that the edge serves. */
  readonly host: string;
  readonly path: string;
  /** How messages call it. */
  readonly name: string;
}

/** Asks five times a second, each time over its own connection, until `stop`. */
export function probeEdge(target: ProbeTarget): { stop(): Promise<ProbeReport> } {
  const began = Date.now();
  const open = new Set<Promise<void>>();
  const failures: string[] = [];
  let answered = false;
  let unanswered: string | undefined;
  let sent = 0;
  const askOnce = async () => {
    const at = Date.now();
    const problem = await ask(target);
    if (problem === undefined) answered = true;
    else if (!answered) unanswered = problem;
    if (!answered) return;
    sent += 1;
    if (problem) failures.push(`${((at - began) / 1000).toFixed(1)} s: ${problem}`);
  };
  const next = () => {
    const request = askOnce().finally(() => open.delete(request));
    open.add(request);
  };
  next();
  const timer = setInterval(next, EDGE_REQUEST_INTERVAL_MILLISECONDS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      const silent = answered || unanswered === undefined ? {} : { unanswered };
      return { target: target.name, sent, failures, ...silent };
    },
  };
}

/** undefined when the answer is 200, otherwise what came instead. */
function ask(target: ProbeTarget): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = {
      host: target.address,
      port: target.port,
      path: target.path,
      headers: { host: target.host, connection: 'close' },
      agent: false,
      signal: AbortSignal.timeout(EDGE_ANSWER_MILLISECONDS),
    };
    const answer = (response: http.IncomingMessage) => {
      response.once('error', (error) => resolve(error.message));
      response.once('end', () =>
        resolve(response.statusCode === 200 ? undefined : String(response.statusCode)),
      );
      response.resume();
    };
    const request = target.tls
      ? // Whether it is trusted is not the question here, and nothing secret is sent.
        https.get({ ...options, servername: target.host, rejectUnauthorized: false }, answer)
      : http.get(options, answer);
    request.once('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.name === 'AbortError'
          ? `no answer in ${EDGE_ANSWER_MILLISECONDS / 1000} s`
          : (error.code ?? error.message),
      ),
    );
  });
}
