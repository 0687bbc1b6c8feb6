/**
 * What the Docker provider cannot do for a container, done against the engine itself. Components
 * get it as an argument, so that they can be tested without an engine.
 */
export interface ContainerRuntime {
  /**
   * Brings a service that exists to its wanted state: unpaused, the limit on processes applied (the
   * provider has no input for it), healthy again after a start.
   */
  settle(containerId: string, wanted: SettledContainer): Promise<void>;
  /**
   * Waits until a replica of a release is healthy, like `settle`, and notices a crash at once. Where one
   * fails, all replicas of its release are stopped, those that start beside it too, unless the release
   * gets the traffic already. Throws the same UserError for each of them: which failed, how, its last
   * lines, and what serves now.
   */
  startReplica(containerId: string, replica: StartingReplica): Promise<void>;
  /**
   * Starts a job and waits until it has ended well; one that has ended well before is left alone as long
   * as its result is there, one that still runs is waited for, one that failed in an earlier run is started
   * again. Throws a UserError with the job's last lines otherwise.
   */
  finish(containerId: string, job: JobRun): Promise<void>;
  /**
   * Brings the edge's configuration in place: validated first, loaded without dropping a connection;
   * nothing where it is in place already. Throws a UserError with the proxy's own message where it
   * does not take it; it then goes on with what it had.
   */
  configureEdge(containerId: string, edge: EdgeConfig): Promise<void>;
  /**
   * Sends all traffic to a release whose replicas are healthy, lets the earlier ones finish their
   * requests and stops them. Nothing is left to do where that was done before.
   */
  switchRelease(edgeId: string, release: Release): Promise<void>;
  /**
   * Sets the users of a running Redis, and keeps them for its next start. `add`: beside those that it
   * has. `only`: all others are taken away and their connections ended.
   */
  setRedisUsers(containerId: string, users: RedisUsers, mode: 'add' | 'only'): Promise<void>;
  /**
   * Absolute path of the folder of uploaded files in an image; `folder` is relative to the image's working
   * folder, or absolute. Throws a UserError where a volume there would hide the backend itself.
   */
  uploadsFolder(image: string, folder: string): Promise<string>;
  /**
   * Before the replicas of an image start: lets its user write to the volume, and copies into it what
   * containers of the backend hold that do not have it. Nothing is left to do where that was done before.
   */
  prepareUploads(uploads: Uploads): Promise<void>;
  /** Once the earlier replicas have stopped: copies what they got since. */
  finishUploads(uploads: Uploads): Promise<void>;
  /** Runs SQL as the superuser inside the container of PostgreSQL. Throws a UserError with psql's message. */
  runSql(containerId: string, script: string): Promise<void>;
}

export interface EdgeConfig {
  /** A Caddyfile; it holds no secret. */
  readonly config: string;
  /** Files that it names, in the edge's volume. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Ports in the container that take requests. */
  readonly ports: readonly number[];
}

export interface ReleaseName {
  /** Name inside the private network that its replicas share, and no others do. */
  readonly alias: string;
  /** Labels by which every container of the stack is found, those of earlier releases too. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The replicas that serve, or are about to. */
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
  /** By these all containers of the stack are found. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The users that backends log in as. */
export interface RedisUsers {
  /** Runs the server's commands from its standard input as `admin`, in the server's container. */
  readonly cli: readonly string[];
  /** The user who sets the others; never taken away. */
  readonly admin: string;
  /** Rights of each account in the ACL's own words, such as `~* &* +@all -@admin`. */
  readonly rules: string;
  /** `passwordDigest`: SHA-256, lower-case hex. */
  readonly accounts: readonly { readonly name: string; readonly passwordDigest: string }[];
}

export interface SettledContainer {
  /** Name shown in messages. */
  readonly title: string;
  readonly pidsLimit: number;
  /** Time for its health check to succeed. */
  readonly timeoutSeconds: number;
}

export interface StartingReplica extends SettledContainer {
  readonly release: ReleaseName;
  /** Container of the edge, which knows the release that gets the traffic. */
  readonly edgeId: string;
  /** Values that are masked where the replica wrote them. */
  readonly secrets: readonly string[];
}

export interface JobRun {
  /** Name shown in messages, such as `prepare-migrate`. */
  readonly title: string;
  readonly pidsLimit: number;
  readonly timeoutSeconds: number;
  /** Written into the container right before it starts. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** @default a job that has ended well never runs again */
  readonly result?: JobResult;
}

/** Where the result of a job is: it runs again where that is gone, such as after a restored backup. */
export interface JobResult {
  /** Container of PostgreSQL. */
  readonly databaseId: string;
  readonly database: string;
  readonly schema: string;
  /** `schema`: that it exists. `proven`: what the job's log says that it proved of it. */
  readonly expects: 'schema' | 'proven';
}
