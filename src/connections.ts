/** Connection pools of a Medusa process, each of the size in `database.pool`: TypeORM's and knex's. */
const POOLS = 2;
/** Releases whose replicas run at once while one takes over from the other. */
const RELEASES = 2;
/** For the jobs that prepare a release, and for people. */
const OTHERS = 20;

/** Connections that a release may open while the previous one still runs. @param replicas as many as there may be */
export function neededConnections(replicas: number, poolMax: number): number {
  return replicas * RELEASES * POOLS * poolMax + OTHERS;
}

interface Scaling {
  readonly max: number;
  readonly schedule: readonly { readonly max: number }[];
}

/** Replicas that a release may have, on aws by its scaling too. */
export function mostReplicas(replicas: number, scaling?: Scaling): number {
  const scaled = scaling ? [scaling.max, ...scaling.schedule.map(({ max }) => max)] : [];
  return Math.max(replicas, ...scaled);
}
