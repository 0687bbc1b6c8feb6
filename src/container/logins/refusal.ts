import type { IncomingMessage, ServerResponse } from 'node:http';

/** Medusa's own form of a pattern among origins: a delimiter, the expression, the delimiter, flags. */
const PATTERN = /^([/~@;%#'])(.*?)\1[gimsuy]*$/;

/**
 * Answers 429 in the form of Medusa's errors, once the request's body has come: an answer before that can be lost, as
 * the connection closes behind it.
 * @param seconds until the client may try again
 * @param origins the lists of origins that may use the store's APIs: the script of a page sees no answer without the
 * header that Medusa gives them
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  seconds: number,
  origins: readonly (string | undefined)[],
): void {
  const { origin } = request.headers;
  const body = JSON.stringify({
    code: 'too_many_requests',
    type: 'not_allowed',
    message: `Too many log-ins from this address; try again in ${seconds} seconds`,
  });
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Retry-After': String(seconds),
    Vary: 'Origin',
    ...(origin !== undefined && isAllowed(origin, origins)
      ? {
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Allow-Credentials': 'true',
          'Access-Control-Expose-Headers': 'Retry-After',
        }
      : {}),
  };
  request.on('end', () => response.writeHead(429, headers).end(body));
  request.on('error', () => undefined);
  request.resume();
}

function isAllowed(origin: string, lists: readonly (string | undefined)[]): boolean {
  return lists
    .flatMap((list) => (list ?? '').split(','))
    .some((entry) => {
      const [, , pattern] = PATTERN.exec(entry) ?? [];
      return pattern === undefined ? entry === origin : matches(pattern, origin);
    });
}

function matches(pattern: string, origin: string): boolean {
  try {
    return new RegExp(pattern).test(origin);
  } catch {
    return false;
  }
}
