import type { JobFile } from './job-files.ts';

/**
 * What the Docker provider cannot do for a container, done through the engine's API. Components
 * get it as an argument, so that they can be tested without an engine.
 */
export interface ContainerRuntime {
  /**
   * Gets an existing service into the desired state: not paused, the limit on processes applied (the
   * provider has no input for it), and its health check succeeds.
   */
  settle(containerId: string, wanted: SettledContainer): Promise<void>;
  /**
   * Waits until a replica of a release is healthy, like `settle`, and notices a crash at once. Until then it has no limit
   * of processors, and takes only what nothing else wants where another release gets the traffic. If one
   * fails, all replicas of its release are stopped, also those still starting, unless the release
   * already gets the traffic. Throws the same UserError for each of them: which one failed, how, its last
   * lines, and what is running now.
   */
  startReplica(containerId: string, replica: StartingReplica): Promise<void>;
  /**
   * Starts a job and waits until it succeeds. A job that succeeded before is left alone while its result
   * exists, one that is running is waited for, one that failed in an earlier run is started again.
   * Throws a UserError with the job's last lines if it fails.
   */
  finish(containerId: string, job: JobRun): Promise<void>;
  /**
   * Validates the edge's configuration and loads it without dropping a connection; does nothing if it
   * is loaded already. Throws a UserError with the proxy's own message if the proxy rejects it; the proxy
   * then keeps its previous configuration.
   */
  configureEdge(containerId: string, edge: EdgeConfig): Promise<void>;
  /**
   * Sends all traffic to a release whose replicas are healthy, lets the previous replicas finish their
   * requests and stops them. Idempotent.
   */
  switchRelease(edgeId: string, release: Release): Promise<void>;
  /**
   * Sets the users of a running Redis, and saves them for its next start. `add`: existing users stay.
   * `only`: all others are deleted and their connections closed.
   */
  setRedisUsers(containerId: string, users: RedisUsers, mode: 'add' | 'only'): Promise<void>;
  /**
   * The user of an image, with a group that no process of the host has: then no user of the host who has the same number
   * reads the environment and the files of its processes. undefined: the image's user is root, whom the host's users
   * are not.
   * @param labels of every container of the stack
   */
  imageUser(
    image: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<ContainerUser | undefined>;
  /** Connects the running replicas that are not in a network to it. */
  connectReplicas(labels: Readonly<Record<string, string>>, network: string): Promise<void>;
  /**
   * Absolute path of the folder of uploaded files in an image; `folder` is relative to the image's working
   * folder, or absolute. Throws a UserError if a volume there would hide the backend itself.
   */
  uploadsFolder(image: string, folder: string): Promise<string>;
  /**
   * Before the replicas of an image start: lets its user write to the volume, and copies the files of
   * replicas that do not have the volume into it. Idempotent.
   */
  prepareUploads(uploads: Uploads): Promise<void>;
  /** Once the previous replicas have stopped: copies the files that they received since. */
  finishUploads(uploads: Uploads): Promise<void>;
  /** Runs SQL as the superuser in PostgreSQL's container. Throws a UserError with psql's message. */
  runSql(containerId: string, script: string): Promise<void>;
}

/** In the engine's form. */
export interface ContainerUser {
  /** `<user>:<group>`, names or numbers. */
  readonly user: string;
  /** Further groups. */
  readonly groups: string[];
}

export interface EdgeConfig {
  /** A Caddyfile; it holds no secret. */
  readonly config: string;
  /** Files that it names, in the edge's volume. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Ports in the container that accept requests. */
  readonly ports: readonly number[];
}

export interface ReleaseName {
  /** Name in the private network that its replicas share and no others have. */
  readonly alias: string;
  /** Labels of every container of the stack, those of earlier releases included. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The replicas that get the traffic. */
export interface Release extends ReleaseName {
  readonly containerIds: readonly string[];
  /** Port that the replicas listen on. */
  readonly port: number;
  /** Seconds from the switch of the traffic until an earlier replica is killed. */
  readonly stopGraceSeconds: number;
}

/** The volume of uploaded files. */
export interface Uploads {
  readonly volume: string;
  /** ID of the image whose replicas get it. */
  readonly image: string;
  /** The folder as the stack file names it: from an image's working folder, or absolute. */
  readonly folder: string;
  /** The same folder in this image, absolute. */
  readonly path: string;
  /** Labels of every container of the stack. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The users that backends log in as. */
export interface RedisUsers {
  /** Runs commands from its standard input as `admin`, in the server's container. */
  readonly cli: readonly string[];
  /** The user who manages the others; never deleted. */
  readonly admin: string;
  /** Rights of each account in the ACL's own words, such as `~* &* -@all +get`. */
  readonly rules: string;
  /** `passwordDigest`: SHA-256, lower-case hex. */
  readonly accounts: readonly { readonly name: string; readonly passwordDigest: string }[];
}

export interface SettledContainer {
  /** Name shown in messages. */
  readonly title: string;
  readonly pidsLimit: number;
  /** How long its health check may take to succeed. */
  readonly timeoutSeconds: number;
}

export interface StartingReplica extends SettledContainer {
  /** Its limit once it is healthy, in thousandths of a processor; it starts without one. */
  readonly cpuMillis: number;
  readonly release: ReleaseName;
  /** ID of the network that keeps the cloud's metadata address from it. @default it reaches that */
  readonly metadataNetwork?: string | undefined;
  /** Container of the edge, which knows which release gets the traffic. */
  readonly edgeId: string;
  /** Values that are masked in the replica's output. */
  readonly secrets: readonly string[];
}

export interface JobRun {
  /** Name shown in messages, such as `prepare-migrate`. */
  readonly title: string;
  readonly pidsLimit: number;
  readonly timeoutSeconds: number;
  /** Written into the container right before it starts. */
  readonly files: readonly JobFile[];
  /** The same, but emptied when it has ended. What they hold is masked in its output. */
  readonly secretFiles: readonly JobFile[];
  /** ID of the network that keeps the cloud's metadata address from it. @default it reaches that */
  readonly metadataNetwork?: string | undefined;
  /** @default a job that has succeeded never runs again */
  readonly result?: JobResult;
}

/** Where the result of a job is: if it is gone, such as after a restored backup, the job runs again. */
export interface JobResult {
  /** Container of PostgreSQL. */
  readonly databaseId: string;
  readonly database: string;
  readonly schema: string;
  /** `schema`: it exists. `proven`: it is as the job's log says that the job proved it. */
  readonly expects: 'schema' | 'proven';
}
