import { isLocalHost } from '../stack/local-host.ts';

/**
 * HSTS for a day and for this name alone: a browser that has seen it will not open a page over http, nor past
 * a certificate that it does not trust, so an operator who goes back to plain HTTP, or whose certificate runs
 * out, must not lock people out for long.
 */
export const STRICT_TRANSPORT = 'max-age=86400';

/** Whether browsers get the header: they come to the port of https, whatever port they saw it on. */
export function isStrictTransport({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): boolean {
  return port === 443 && !isLocalHost(host);
}
