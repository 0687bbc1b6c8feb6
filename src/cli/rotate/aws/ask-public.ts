import http from 'node:http';
import https from 'node:https';
import { PROOF_SECONDS } from '../../../container/tokens.ts';
import type { Asked, Headers } from '../prove-signatures.ts';

const LIMIT_MS = PROOF_SECONDS * 1000;

/**
 * A store at its public URL, asked several times, each over its own connection: a load balancer
 * spreads them over the replicas. The certificate has to be valid: what answers has to be the store.
 * @param url without a slash at its end
 * @param times how often each question is asked
 */
export function askPublic(url: string, times: number): Asked {
  return {
    answers: (path, makers) =>
      Promise.all(
        Array.from({ length: times }, async () => {
          const statuses: number[] = [];
          for (const make of makers) {
            const answer = await publicAnswer(`${url}${path}`, await make());
            statuses.push(typeof answer === 'number' ? answer : 0);
          }
          return statuses;
        }),
      ),
    counted: (good, all) => `${good} of ${all} answers of ${url}`,
  };
}

/** The status of the answer to a GET, or why there was none. */
export function publicAnswer(url: string, headers: Headers = {}): Promise<number | string> {
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve) => {
    const request = get(
      url,
      { headers, agent: false, signal: AbortSignal.timeout(LIMIT_MS) },
      (response) => {
        response.once('error', ({ message }) => resolve(message));
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.resume();
      },
    );
    request.once('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.name === 'AbortError'
          ? `no answer in ${LIMIT_MS / 1000} s`
          : (error.code ?? error.message),
      ),
    );
  });
}
