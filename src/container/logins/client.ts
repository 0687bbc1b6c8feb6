import { BlockList, isIP } from 'node:net';

/** @param ranges addresses and ranges such as 10.0.0.0/8 */
export function addressList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/**
 * Whose log-ins are counted together: an IPv4 address, or the /64 of an IPv6 address, all of which one customer of a
 * provider has.
 *
 * The last entry of X-Forwarded-For is the edge's: who connected to it. Where that is a trusted proxy, the one before it
 * is the proxy's, and so on; what a client writes is never reached, unless the client itself is trusted.
 * @param peer who connected to this server; counts if the header says nothing
 */
export function clientOf(
  forwardedFor: string | undefined,
  peer: string | undefined,
  trusted: BlockList,
): string {
  let client = parseAddress(peer ?? '');
  for (const entry of (forwardedFor ?? '').split(',').reverse()) {
    const address = parseAddress(entry.trim());
    // Whoever wrote that is known; whom it means is not.
    if (!address) break;
    client = address;
    if (!trusted.check(address.text, address.family)) break;
  }
  if (!client) return 'unknown';
  return client.family === 'ipv4' ? client.text : `${network(client.text)}::/64`;
}

interface Address {
  readonly text: string;
  readonly family: 'ipv4' | 'ipv6';
}

/** Some proxies add the port: 192.0.2.7:1234, [2001:db8::7]:1234. */
const WITH_PORT = /^(?:(\d[\d.]*):\d+|\[([^\]]*)\](?::\d+)?)$/;
/** How a socket for both families shows an IPv4 address, in the canonical form. */
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

function parseAddress(written: string): Address | undefined {
  const [, v4, v6] = WITH_PORT.exec(written) ?? [];
  const [text = ''] = (v4 ?? v6 ?? written).split('%');
  switch (isIP(text)) {
    case 4:
      return { text, family: 'ipv4' };
    case 6:
      return ipv6(text);
    default:
      return undefined;
  }
}

function ipv6(text: string): Address {
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(canonical);
  if (!mapped) return { text: canonical, family: 'ipv6' };
  const bytes = mapped
    .slice(1)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
  return { text: bytes.join('.'), family: 'ipv4' };
}

/** The first four groups of a canonical address. */
function network(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length;
  return [...groups, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
