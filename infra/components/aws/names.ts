import { createHash } from 'node:crypto';

/**
 * A name that AWS takes at most `limit` characters of: shortened ones end with a digest of the whole,
 * so that two long names that begin alike never meet.
 */
export function shortName(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, limit - digest.length - 1).replace(/-+$/, '')}-${digest}`;
}
