import type {
  Alphabet,
  BackendSection,
  Environment,
  ModuleSpec,
  PluginSpec,
} from '../stack/stack-file.ts';
import type { AwsPlan } from './aws/plan/aws-plan.ts';
import type { PostgresUrlOptions, Template } from './template-parts.ts';

export type * from './template-parts.ts';

/**
 * All that a target needs to make a stack's resources, and nothing else: derived by pure functions,
 * printable (`medusa-infra plan`), without a secret value.
 */
export interface Plan {
  /** `<project>-<stack>`: prefix of every name on the engine. */
  readonly name: string;
  readonly project: string;
  readonly stack: string;
  readonly target: 'docker' | 'aws';
  readonly environment: Environment;
  readonly nodeEnv: 'development' | 'production';
  /** On every object that the stack owns. */
  readonly labels: Readonly<Record<string, string>>;
  readonly images: StackImages;
  /** With target docker alone. */
  readonly network?: { readonly name: string };
  readonly secrets: readonly PlannedSecret[];
  readonly database: PostgresPlan | ManagedPostgresPlan | ExternalPostgresPlan | SqlitePlan;
  /** undefined: no Redis at all. */
  readonly redis?: RedisPlan | ManagedRedisPlan | ExternalRedisPlan;
  /** Where uploaded files are kept; undefined: nowhere. */
  readonly uploads?: UploadsPlan;
  readonly prepare: PreparePlan;
  readonly backend: BackendPlan;
  readonly edge: EdgePlan;
  /** What the edge is with target docker; on aws `aws.edge` says it. */
  readonly proxy?: ProxyPlan;
  readonly modules: Readonly<Record<string, ModuleSpec>>;
  readonly plugins: readonly PluginSpec[];
  /** With target aws alone. */
  readonly aws?: AwsPlan;
}

/** Where the images of a stack come from, chosen once and kept in `stacks/images.lock.yaml`. */
export interface StackImages {
  readonly source: 'official' | 'debian';
  /** Those that its target uses. */
  readonly images: Readonly<Partial<Record<ImageName, LockedImage>>>;
}

/** The same with all images, as target docker uses them. */
export interface ImageLock extends StackImages {
  readonly images: Readonly<Record<ImageName, LockedImage>>;
}

export type ImageName = 'postgres' | 'redis' | 'node' | 'edge';

export interface LockedImage {
  /** What containers run: a digest reference (official) or an image ID `sha256:…` (built here). */
  readonly ref: string;
  /** Readable name, such as `postgres:17-bookworm` or `medusa-infra/postgres:15-debian-bookworm`. */
  readonly name: string;
  /** Full version of the software in it, such as `15.14`. */
  readonly version: string;
}

export type PlannedSecret =
  | {
      readonly name: string;
      readonly from: 'generated';
      readonly length: number;
      readonly alphabet: Alphabet;
      /** Versions alive, newest first; the first is the current one. */
      readonly versions: readonly number[];
    }
  | {
      readonly name: string;
      readonly from: 'config' | { readonly env: string } | { readonly command: readonly string[] };
    };

export interface EnvironmentEntry {
  readonly name: string;
  readonly value: Template;
  /** Whether the value holds a secret: it then reaches the container as a file. */
  readonly secret: boolean;
  /** Path in the stack file from which the value comes, such as `database.schema`. */
  readonly source: string;
}

/** A PostgreSQL server that the stack owns. */
export interface PostgresPlan {
  readonly kind: 'postgres';
  readonly containerName: string;
  /** Name inside the private network. */
  readonly host: string;
  readonly port: number;
  readonly volume: { readonly name: string; readonly keep: boolean };
  /** Unix socket shared with the prepare job: the superuser has no way in over the network. */
  readonly socketVolume: { readonly name: string };
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
  /** Size of /dev/shm: Docker's 64 MiB is too small for parallel queries. */
  readonly shmBytes: number;
  /** Settings passed as `-c name=value`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1, development only. */
  readonly exposePort?: number;
  readonly stopGraceSeconds: number;
  /**
   * Takes the login away from roles that no living version of the password uses; for the superuser,
   * after the release is serving. Idempotent.
   */
  readonly retireSql: string;
}

/** A PostgreSQL server that the cloud runs for the stack; `plan.aws.database` says which. */
export interface ManagedPostgresPlan {
  readonly kind: 'managed-postgres';
  readonly port: number;
}

export interface ExternalPostgresPlan {
  readonly kind: 'external-postgres';
  /** Name of the secret that holds the URL. */
  readonly secret: string;
  /** What the kit adds to the URL; `checkExternalPostgresUrl` compares the URL with it. */
  readonly options: PostgresUrlOptions;
}

export interface SqlitePlan {
  readonly kind: 'sqlite';
  /** Absolute folder in the backend's container that holds the file, kept in a volume. */
  readonly folder: string;
  readonly volume: { readonly name: string; readonly keep: boolean };
}

export interface RedisPlan {
  readonly kind: 'redis';
  readonly host: string;
  readonly port: number;
  readonly volume: { readonly name: string; readonly keep: boolean };
  readonly persist: boolean;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
  /** redis.conf; it holds no secret. */
  readonly config: string;
  readonly command: readonly string[];
  /** Path of tmpfs mounts -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
  /** Who may log in; set while the server runs, so that a changed password never restarts it. */
  readonly users: RedisUsersPlan;
  /** Exits 0 when the server answers a user who has logged in. */
  readonly healthCommand: readonly string[];
  readonly exposePort?: number;
  readonly stopGraceSeconds: number;
}

/** A Redis that the cloud runs for the stack; `plan.aws.redis` says which. */
export interface ManagedRedisPlan {
  readonly kind: 'managed-redis';
  readonly port: number;
}

export interface RedisUsersPlan {
  /** Runs the server's commands from its standard input as `admin`, in the server's container. */
  readonly cli: readonly string[];
  /** The user who sets the others; made by the server's start and never taken away. */
  readonly admin: string;
  /** Rights of each account in the ACL's own words. */
  readonly rules: string;
  /** Newest first. */
  readonly accounts: readonly { readonly name: string; readonly passwordDigest: Template }[];
}

export interface ExternalRedisPlan {
  readonly kind: 'external-redis';
  /** Name of the secret that holds the URL. */
  readonly secret: string;
}

/** A volume that all replicas and jobs of the backend share. */
export interface UploadsPlan {
  readonly volume: { readonly name: string; readonly keep: boolean };
  /** Folder in the container: absolute, or from the image's working folder. */
  readonly path: string;
}

/** What runs once, under a lock, before a release takes traffic. */
export interface PreparePlan {
  /** Absent with sqlite. */
  readonly sql?: SqlPreparePlan;
  readonly migrate: MigratePlan;
}

/** The psql job in the PostgreSQL image. */
export interface SqlPreparePlan {
  /** Idempotent; reads passwords and the URL from files under /run/secrets, so it holds no secret. */
  readonly script: string;
  /** Files under /run/secrets of the job, by name. */
  readonly secretFiles: Readonly<Record<string, Template>>;
  /** Other files of the job: path in it -> absolute path on this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** `/bin/sh -c` text that runs psql on the script at `scriptPath`. */
  readonly command: readonly string[];
  readonly scriptPath: string;
  readonly timeoutSeconds: number;
}

/** The job in the backend's image: lock, migrations, proof, repairs, seed, probes (`src/container/prepare`). */
export interface MigratePlan {
  readonly command: readonly string[];
  readonly seed?: readonly string[];
  readonly timeoutSeconds: number;
  /** JSON that the prepare script reads from PREPARE_CONFIG. */
  readonly config: PrepareConfig;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
}

/** The prepare script's whole input beside the backend's own environment. */
export interface PrepareConfig {
  readonly database: 'postgres' | 'sqlite';
  /** Only with postgres. */
  readonly schema?: string;
  readonly extensionsSchema?: string;
  /** The stack's own PostgreSQL on docker: where a person runs what a message proposes. */
  readonly server?: { readonly container: string; readonly database: string };
  readonly redis: boolean;
  readonly migrate: readonly string[];
  readonly seed?: readonly string[];
  /** Limit on the migrate command, and apart from it on the seed command. */
  readonly timeoutSeconds: number;
  /** How long to wait for the advisory lock. */
  readonly lockTimeoutSeconds: number;
}

export interface BackendPlan {
  readonly image: BackendSection['image'];
  readonly command: readonly string[];
  readonly shell: boolean;
  readonly replicas: number;
  /** The name that all replicas share inside the private network. */
  readonly alias: string;
  readonly port: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
  readonly stopGraceSeconds: number;
  readonly health: { readonly path: string; readonly startSeconds: number };
  /** Every variable that the backend receives, sorted by name. */
  readonly environment: readonly EnvironmentEntry[];
  /** Files that the container gets beside its secrets: path in it -> absolute path on this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** Path of tmpfs mounts -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
}

/** Where the world reaches a stack. */
export interface EdgePlan {
  readonly host: string;
  readonly port: number;
  readonly tls: string;
  /** Where the published port answers. No trailing slash. */
  readonly url: string;
  /** What the world opens: `url`, or https where TLS ends in front of this edge. No trailing slash. */
  readonly publicUrl: string;
}

/** The container in front of the replicas. */
export interface ProxyPlan {
  /** Published port on which plain HTTP is redirected; undefined: none. */
  readonly httpPort?: number;
  /** `acme`: of its own authority until ACME has succeeded; `local`: always of its own authority. */
  readonly certificates: 'none' | 'acme' | 'local';
  /** Address on the engine's host that the port is published on. */
  readonly bind: string;
  /** Holds configuration, route, certificates and keys. */
  readonly volume: { readonly name: string; readonly keep: boolean };
  /** The proxy's configuration file (a Caddyfile). */
  readonly config: string;
  /** What a proxy runs that has no configuration yet. */
  readonly bootstrapConfig: string;
  /** Files that the configuration names: path in the container -> absolute path on this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** What is published: port on the engine's host, port in the container. */
  readonly ports: readonly { readonly external: number; readonly internal: number }[];
  /** Answers 200 on 127.0.0.1 inside the container as long as the proxy itself lives. */
  readonly healthPort: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
}
