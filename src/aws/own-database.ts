import { LABELS } from '../derive/labels.ts';
import type { AwsResources } from '../derive/plan.ts';

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

const OWNER = [LABELS.project, LABELS.stack];

/**
 * Whether an instance or a cluster is that of the stack: its identifier has a random end, and another stack's
 * may have the same beginning.
 */
export function isOwnDatabase(
  { database, tags }: Pick<AwsResources, 'database' | 'tags'>,
  identifier: string | undefined,
  list: Tags = [],
): identifier is string {
  return (
    database !== undefined &&
    identifier?.startsWith(`${database.identifier}-`) === true &&
    OWNER.every((key) => list.some(({ Key, Value }) => Key === key && Value === tags[key]))
  );
}
