import { domainToASCII } from 'node:url';

const EXAMPLE = 'such as https://shop.example.com';
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * What is wrong with an origin, as the text before "got"; undefined when a browser could send it. Medusa
 * compares texts, so an entry that differs in one character never matches.
 */
export function originProblem(value: string): string | undefined {
  if (value === '') return `an origin ${EXAMPLE}`;
  if (value === '*') return `an origin ${EXAMPLE} ("*" matches none in Medusa)`;
  if (value === 'null') return `an origin ${EXAMPLE} ("null" is sent by any sandboxed page)`;
  if (value.includes(',')) return 'one origin an entry: Medusa splits the list at each comma';
  if (/\s/.test(value)) return 'an origin without space: Medusa does not trim it';
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/.exec(value);
  if (!match) return `an origin with its scheme, ${EXAMPLE}`;
  const [, scheme = '', authority = '', rest = ''] = match;
  if (authority.includes('@')) return 'an origin without user and password';
  if (rest === '/') return `no slash at the end of an origin; write ${quoted(value.slice(0, -1))}`;
  if (rest !== '')
    return `scheme, host and port alone, without path; write ${quoted(`${scheme}://${authority}`)}`;
  const port = /:(\d*)$/.exec(authority);
  const host = port ? authority.slice(0, port.index) : authority;
  if (!isHost(host)) return hostProblem(scheme, host, port?.[0] ?? '');
  if (port && !(Number(port[1]) >= 1 && Number(port[1]) <= 65535)) return 'a port from 1 to 65535';
  if (value !== value.toLowerCase())
    return `lower-case, as browsers send it; write ${quoted(value.toLowerCase())}`;
  if (port?.[1]?.startsWith('0')) return 'a port without leading zeros';
  if (port && port[1] === DEFAULT_PORTS[scheme]) {
    return `no :${port[1]}, which browsers leave out with ${scheme}; write ${quoted(`${scheme}://${host}`)}`;
  }
  return undefined;
}

function hostProblem(scheme: string, host: string, port: string): string {
  if (host.includes('*')) {
    return `no * in an origin; write a pattern such as /^https:\\/\\/.+\\.example\\.com$/`;
  }
  const ascii = /^[\x20-\x7e]*$/.test(host) ? '' : domainToASCII(host);
  return ascii
    ? `the form that browsers send; write ${quoted(`${scheme}://${ascii}${port}`)}`
    : `an origin with a host name ${EXAMPLE}`;
}

function isHost(host: string): boolean {
  if (/^\[[0-9A-Fa-f:.]{2,}\]$/.test(host)) return true;
  return /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/.test(
    host,
  );
}

const quoted = (text: string) => `"${text}"`;
