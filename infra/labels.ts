/** Label of PostgreSQL's data volume: a newer server cannot read an older one's files. */
export const POSTGRES_MAJOR_LABEL = 'medusa-infra.postgres-major';

/** Label of a backend container: the name of its release inside the private network. */
export const RELEASE_LABEL = 'medusa-infra.release';
