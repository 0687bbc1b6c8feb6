import { createHash } from 'node:crypto';

const DIGEST_LENGTH = 8;

/**
 * A stack's name for services that take fewer characters, or no two dashes in a row; a digest of the
 * whole name stands for what is left out.
 */
export function awsName(name: string, suffix: string, max: number): string {
  const plain = `${name}${suffix}`;
  if (plain.length <= max && !plain.includes('--')) return plain;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  const room = max - suffix.length - DIGEST_LENGTH - 1;
  const readable = name.replaceAll(/-+/g, '-').slice(0, room).replace(/-$/, '');
  return `${readable}-${digest}${suffix}`;
}
