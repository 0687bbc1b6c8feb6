import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { canonicalJson } from '../canonical-json.ts';

/** What a stack has on an engine, by how the engine is asked for it. */
export interface EngineObject {
  readonly kind: 'container' | 'network' | 'volume' | 'image';
  /** ID, or the name of a volume or an image. */
  readonly id: string;
}

/** Stands for an object that the engine does not have. */
export const GONE = 'gone';

/**
 * Looks at all objects at once, which takes milliseconds, and gives a digest of each: as long as it is the same, a refresh
 * would read the same. All that the engine reports counts, but for what changes while nobody does anything.
 */
export async function lookAt(
  docker: Docker,
  objects: readonly EngineObject[],
): Promise<ReadonlyMap<string, string>> {
  const looks = objects.map(async (object): Promise<[string, string]> => {
    const report = await inspect(docker, object);
    const digest = report === undefined ? GONE : digestOf(steady[object.kind](report));
    return [`${object.kind} ${object.id}`, digest];
  });
  return new Map(await Promise.all(looks));
}

type Report = Readonly<Record<string, unknown>>;

async function inspect(docker: Docker, { kind, id }: EngineObject): Promise<Report | undefined> {
  const object = {
    container: () => docker.getContainer(id),
    network: () => docker.getNetwork(id),
    volume: () => docker.getVolume(id),
    image: () => docker.getImage(id),
  }[kind]();
  try {
    return (await object.inspect()) as unknown as Report;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** Of a container's state; the rest are times, process numbers and the health of the moment. */
const STEADY_STATE = ['Status', 'Running', 'Paused', 'Dead', 'ExitCode', 'Error'];

/** The parts of a report that stay as they are unless somebody or something changes the object. */
const steady: Readonly<Record<EngineObject['kind'], (report: Report) => unknown>> = {
  container: ({ State, Mounts, ExecIDs: _, RestartCount: __, ...rest }) => {
    const state = (State ?? {}) as Report;
    return {
      ...rest,
      State: STEADY_STATE.map((key) => state[key]),
      // The engine lists them in any order.
      Mounts: [...((Mounts ?? []) as unknown[])].map(canonicalJson).sort(),
    };
  },
  // Which containers are connected is in their own reports.
  network: ({ Containers: _, ...rest }) => rest,
  volume: (report) => report,
  // Other names and uses of the same image are not the stack's.
  image: ({ Id, RepoDigests }) => ({ Id, RepoDigests }),
};

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}
