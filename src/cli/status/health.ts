import { lookup as dnsLookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { standInName } from '../../derive/docker/caddyfile.ts';

/** What the health path answered. */
export interface HealthAnswer {
  readonly ok: boolean;
  /** undefined: no answer. */
  readonly status?: number;
  /** Which authority the certificate was verified with; undefined: plain HTTP, or no answer. */
  readonly trust?: string;
  /** `GET URL: 200 OK in 12 ms`. */
  readonly text: string;
}

/** An authority that is asked about after the public ones. */
export interface Authority {
  /** Shown in the answer, such as `the edge's own authority`. */
  readonly name: string;
  /** Certificates in PEM form. */
  readonly certificates: string;
}

const limitMs = 5_000;
const PUBLIC = 'a public authority';

/**
 * Asks once. Any failure is an answer that is not `ok`. A certificate is always checked: against the
 * public authorities first, then against each of `authorities`, and the answer says which it was.
 */
export async function askHealth(
  url: string,
  authorities: readonly Authority[] = [],
): Promise<HealthAnswer> {
  let reason = '';
  for (const authority of [undefined, ...authorities]) {
    const start = Date.now();
    try {
      const { status, body } = await get(new URL(url), authority);
      const trust = url.startsWith('https:') ? (authority?.name ?? PUBLIC) : undefined;
      const note = authority ? ` (certificate of ${authority.name})` : '';
      return {
        ok: status >= 200 && status < 300,
        status,
        ...(trust === undefined ? {} : { trust }),
        text: `GET ${url}: ${status} ${body} in ${Date.now() - start} ms${note}`,
      };
    } catch (error) {
      const { code = (error as Error).message } = error as NodeJS.ErrnoException;
      reason = code;
      if (!UNTRUSTED.has(code)) break;
    }
  }
  return { ok: false, text: `GET ${url}: no answer (${reason})` };
}

/** OpenSSL's words for a chain that ends in nothing known. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

function get(
  url: URL,
  authority: Authority | undefined,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      lookup,
      agent: false,
      signal: AbortSignal.timeout(limitMs),
      ...(authority ? { ca: authority.certificates, checkServerIdentity: checkName } : {}),
    } as const;
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const asked = send(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < 1000) body += text;
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: body.split('\n')[0]?.slice(0, 60) ?? '',
        }),
      );
    });
    asked.once('error', (error) => reject(error.name === 'AbortError' ? tooLate() : error));
    asked.end();
  });
}

/** The stand-in of a host such as `example.com` is `*.com`, which no rule of names accepts. */
const checkName: typeof checkServerIdentity = (host, certificate) =>
  certificate.subjectaltname === `DNS:${standInName(host)}`
    ? undefined
    : checkServerIdentity(host, certificate);

/** `*.localhost` is this machine (RFC 6761), whatever its resolver knows. */
const lookup: LookupFunction = (host, options, callback) =>
  dnsLookup(host.endsWith('.localhost') ? 'localhost' : host, options, callback);

function tooLate(): Error {
  return new Error(`within ${limitMs / 1000} s`);
}
