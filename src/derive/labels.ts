/**
 * Labels of objects on a Docker engine, and tags of resources in AWS. All names are permanent: objects
 * of earlier releases are found by them, and a changed label replaces a container.
 */
export const LABELS = {
  /** The project in Pulumi.yaml. */
  project: 'medusa-infra.project',
  stack: 'medusa-infra.stack',
  /** What the object is for, such as `backend`, `redis` or `prepare-migrate`. */
  component: 'medusa-infra.component',
  /** On a backend container: the name of its release inside the private network. */
  release: 'medusa-infra.release',
  /** On a backend container: the version of each generated secret that it runs with. */
  secretVersions: 'medusa-infra.secret-versions',
  /**
   * On a container of the backend: ID of the network that keeps the cloud's metadata address from it. Without that
   * network it could not start again, so it is replaced with it.
   */
  metadata: 'medusa-infra.metadata',
  /** On PostgreSQL's data volume: a newer server cannot read an older one's files. */
  postgresMajor: 'medusa-infra.postgres-major',
  /** On an image that the kit builds: what it was built from, as a digest. */
  pin: 'medusa-infra.pin',
  /** On an image that the kit builds: version of the software in it, such as `15.14`. */
  version: 'medusa-infra.version',
  /** On an image that the kit builds: where its packages come from. */
  source: 'medusa-infra.source',
  /** On an image that the kit builds: all packages in it, as `name=version`. */
  packages: 'medusa-infra.packages',
} as const;

/** On a job: the value of something else that makes it run again when it changes. */
export function runsWithLabel(name: string): string {
  return `medusa-infra.runs-with.${name}`;
}

/** On every object that a stack owns; the target adds the component. */
export function stackLabels(project: string, stack: string): Readonly<Record<string, string>> {
  return { [LABELS.project]: project, [LABELS.stack]: stack };
}
