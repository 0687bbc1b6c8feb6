/**
 * Top-level names that are nobody's on the internet: RFC 6761 (special use), RFC 6762 (local),
 * RFC 8375 (home.arpa), and `internal`, which ICANN set aside in 2024.
 */
const RESERVED = /\.(localhost|local|internal|test|example|invalid|home\.arpa)$/;

/** Whether no public authority issues a certificate for a host: local names, single labels, addresses. */
export function isLocalHost(host: string): boolean {
  return !host.includes('.') || RESERVED.test(host) || /^[\d.]+$/.test(host);
}
