import { expect, test } from 'vitest';
import { addressList, clientOf } from '../../../../src/container/logins/client.ts';

const proxies = ['10.0.0.0/8', '192.0.2.7', 'fc00::/7', '2001:db8:ffff::1'];
const peer = '172.18.0.5';

test.each([
  // Header, addresses that are trusted, client.
  ['203.0.113.9', [], '203.0.113.9'],
  // Without trusted proxies the edge writes one entry. Were there more, its own would be the last.
  ['198.51.100.1, 203.0.113.9', [], '203.0.113.9'],
  ['203.0.113.9, 10.0.0.3', proxies, '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9, 10.0.0.3', proxies, '203.0.113.9'],
  ['203.0.113.9, 192.0.2.7, 10.0.0.3', proxies, '203.0.113.9'],
  ['198.51.100.1,203.0.113.9 ,10.0.0.3', proxies, '203.0.113.9'],
  // A client whose own address is trusted: the proxy itself asks, or a program next to it.
  ['10.0.0.3', proxies, '10.0.0.3'],
  ['10.0.0.9, 10.0.0.3', proxies, '10.0.0.9'],
  // With a port, as some proxies write it.
  ['203.0.113.9:4711, 10.0.0.3:80', proxies, '203.0.113.9'],
  ['[2001:db8:1:2::9]:4711, 10.0.0.3', proxies, '2001:db8:1:2::/64'],
  // What is no address says nothing; whoever wrote it counts.
  ['unknown, 10.0.0.3', proxies, '10.0.0.3'],
  ['203.0.113.9, _hidden, 10.0.0.3', proxies, '10.0.0.3'],
  ['300.1.1.1', [], peer],
  ['', [], peer],
  [undefined, [], peer],
  // All addresses of a /64 are one client.
  ['2001:db8:1:2::9', [], '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:aaaa:bbbb:cccc:dddd', [], '2001:db8:1:2::/64'],
  ['2001:db8::9', [], '2001:db8:0:0::/64'],
  ['::1', [], '0:0:0:0::/64'],
  ['fe80::1%eth0', [], 'fe80:0:0:0::/64'],
  ['1:2:3:4:5:6:7::', [], '1:2:3:4::/64'],
  ['2001:db8:1:2::9, 2001:db8:ffff::1', proxies, '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9, fd00::1', proxies, '2001:db8:1:2::/64'],
  // An IPv4 address on a socket for both families.
  ['::ffff:203.0.113.9', [], '203.0.113.9'],
  ['203.0.113.9, ::ffff:10.0.0.3', proxies, '203.0.113.9'],
])('%s with %j is %s', (header, trusted, client) => {
  expect(clientOf(header, peer, addressList(trusted))).toBe(client);
});

test('a peer that is gone', () => {
  expect(clientOf(undefined, undefined, addressList([]))).toBe('unknown');
  expect(clientOf(undefined, '::ffff:172.18.0.5', addressList([]))).toBe('172.18.0.5');
});
