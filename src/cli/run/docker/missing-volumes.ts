import type Docker from 'dockerode';
import { stackLabels } from '../../../derive/labels.ts';
import { labelFilter } from '../../../docker/labels.ts';
import { UserError } from '../../../errors.ts';
import { nameOf } from '../events.ts';
import type { StateResource } from '../stack-state.ts';

/** Volumes that nothing can fill again, by their logical names. */
const DATA = new Set(['database-volume', 'redis-volume', 'uploads-volume', 'sqlite-volume']);

/**
 * Names of volumes with data that the state knows and the engine no longer has. Pulumi would create them again without a
 * word, and PostgreSQL would begin with an empty database. Those that `destroy` would delete do not count.
 */
export async function missingVolumes(
  docker: Docker,
  resources: readonly StateResource[],
): Promise<string[]> {
  const known = resources.filter(
    ({ urn, retainOnDelete, id }) => DATA.has(nameOf(urn)) && retainOnDelete && id !== undefined,
  );
  if (known.length === 0) return [];
  const { Volumes } = await docker.listVolumes();
  const there = new Set((Volumes ?? []).map(({ Name }) => Name));
  return known.flatMap(({ id = '' }) => (there.has(id) ? [] : [id])).sort();
}

/** Said before anything is made: outside development nobody goes on with less than there was. */
export function volumesGone(project: string, stack: string, names: readonly string[]): UserError {
  const labels = labelFilter(stackLabels(project, stack))
    .map((label) => `--label ${label}`)
    .join(' ');
  return new UserError(
    [
      `${stack}: the engine no longer has ${listed(names)}, which the state knows: this up would go on without the data. Nothing was changed.`,
      'If a backup has it, make the volume, fill it, and run up again; if the data may be lost, make it and run up again:',
      ...names.map((name) => `docker volume create ${labels} ${name}`),
    ].join('\n'),
    'data-volume-missing',
  );
}

/** `the volume a`, `the volumes a and b`. */
export function listed(names: readonly string[]): string {
  if (names.length === 1) return `the volume ${names[0]}`;
  return `the volumes ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
