import { createHash } from 'node:crypto';

/**
 * A name of at most `limit` characters. A shortened one ends with a digest of the whole name, so that two
 * long names with the same beginning stay different. Unlike `awsName` of the plan it keeps double dashes:
 * a changed name would replace the roles of existing stacks.
 */
export function shortName(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, limit - digest.length - 1).replace(/-+$/, '')}-${digest}`;
}
