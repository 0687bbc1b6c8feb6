import type { AwsSection } from './aws/section.ts';

/**
 * A stack file after loading: `extends` merged, validated, defaults filled in, units parsed.
 * Plain data, printable, without a secret value.
 */
export type StackFile = DockerStack | AwsStack;

export interface DockerStack extends CommonSections {
  readonly target: 'docker';
  readonly database: DatabaseSection;
  /** `false`: uploaded files are not kept. */
  readonly uploads: UploadsSection | false;
  readonly aws?: undefined;
}

export interface AwsStack extends CommonSections {
  readonly target: 'aws';
  readonly database: PostgresSection;
  /** Tasks on aws keep no files. */
  readonly uploads: false;
  readonly aws: AwsSection;
}

/** As a stack file, but what its target requires may be missing or wrong: what the rules judge. */
export interface DraftStack extends CommonSections {
  readonly target: 'docker' | 'aws';
  readonly database: DatabaseSection;
  readonly uploads: UploadsSection | false;
  readonly aws?: AwsSection;
}

export interface CommonSections {
  readonly environment: Environment;
  readonly images: { readonly source: ImageSourceChoice; readonly registry?: string };
  readonly backend: BackendSection;
  readonly edge: EdgeSection;
  /** `false`: no Redis at all (development only). */
  readonly redis: RedisSection | false;
  /** The reserved names (jwt, cookie, database, redis) are always there as far as the stack needs them. */
  readonly secrets: Readonly<Record<string, SecretSpec>>;
  /** Medusa's own origins in development where the file names none; empty otherwise. */
  readonly cors: { readonly admin: readonly string[]; readonly store: readonly string[] };
  /** With cacheService and eventBus, unless the file took them away with null. */
  readonly modules: Readonly<Record<string, ModuleSpec>>;
  readonly plugins: readonly PluginSpec[];
  /** Rules that this stack accepts, by name, each with its reason. */
  readonly accept: Readonly<Record<string, string>>;
}

export type Environment = 'development' | 'staging' | 'production';
export type ImageSourceChoice = 'auto' | 'official' | 'debian';

export interface BackendSection {
  /** A reference, or a folder to build (absolute path: resolved from the stack file's folder). */
  readonly image:
    | { readonly reference: string }
    | {
        readonly build: string;
        readonly dockerfile: string;
        readonly args: Readonly<Record<string, string>>;
      };
  readonly command: readonly string[];
  readonly migrate: readonly string[];
  /** Command run after the migrations, in the same job: idempotent seed data, for development. */
  readonly seed?: readonly string[];
  /** Whether the image has `/bin/sh`. Without one the backend gets `<NAME>_FILE` variables. @default true */
  readonly shell: boolean;
  readonly replicas: number;
  readonly port: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly stopGraceSeconds: number;
  readonly health: { readonly path: string; readonly startSeconds: number };
  /** Ports on 127.0.0.1; development only. */
  readonly expose: { readonly database?: number; readonly redis?: number };
  readonly env: Readonly<Record<string, string | SecretRef>>;
}

export interface SecretRef {
  readonly secret: string;
}

export interface EdgeSection {
  readonly host: string;
  readonly port: number;
  /** off, auto (ACME), or a certificate's ARN on aws. */
  readonly tls: 'off' | 'auto' | (string & {});
  /** Where plain HTTP is redirected; undefined: nowhere. */
  readonly httpPort?: number;
  readonly acme?: AcmeSection;
  readonly trustForwarded: boolean;
}

export interface AcmeSection {
  readonly email?: string;
  /** undefined: Let's Encrypt's. */
  readonly directory?: string;
  /** Absolute path of a PEM file. */
  readonly ca?: string;
}

export interface UploadsSection {
  /** Folder in the container: absolute, or from the image's working folder. */
  readonly path: string;
  readonly onDestroy: 'keep' | 'delete';
}

export type DatabaseSection = PostgresSection | SqliteSection;

export interface PostgresSection {
  readonly type: 'postgres';
  /** Major version; undefined: the newest that the image source offers. */
  readonly version?: number;
  readonly name: string;
  readonly schema: string;
  /** Schema that holds extensions such as pg_trgm; on the search_path after `schema`. @default extensions */
  readonly extensionsSchema: string;
  readonly storageBytes: number;
  readonly pool: { readonly min: number; readonly max: number };
  readonly logging: boolean | 'all' | readonly string[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly ssl: 'off' | 'require' | 'verify-full';
  /** Absolute path of a PEM file with the CA that verify-full trusts. */
  readonly ca?: string;
  readonly external?: { readonly url: SecretRef };
  readonly onDestroy: 'keep' | 'delete';
}

export interface SqliteSection {
  readonly type: 'sqlite';
  /** File in the backend's working folder. @default ./medusa-db.sql */
  readonly file: string;
  readonly logging: boolean | 'all' | readonly string[];
  readonly onDestroy: 'keep' | 'delete';
}

export interface RedisSection {
  /** Major version; undefined: the newest that the image source offers. */
  readonly version?: number;
  readonly memoryBytes: number;
  readonly persist: boolean;
  readonly external?: { readonly url: SecretRef };
  readonly onDestroy: 'keep' | 'delete';
}

export type SecretSpec = GeneratedSecret | SuppliedSecret;

/** Characters that a generated secret is made of; `infra/secrets.ts` says which each has. */
export type Alphabet = 'alphanumeric' | 'hex' | 'base64url' | 'symbols';

export interface GeneratedSecret {
  readonly from: 'generated';
  readonly length: number;
  readonly alphabet: Alphabet;
  readonly version: number;
  /** Versions before the current one that stay alive for overlap. */
  readonly keep: number;
  /** ISO date on which the current version began. */
  readonly since?: string;
  readonly maxAgeSeconds?: number;
}

export interface SuppliedSecret {
  readonly from: 'config' | { readonly env: string } | { readonly command: readonly string[] };
  readonly since?: string;
  readonly maxAgeSeconds?: number;
}

/** An option value of a module or plugin: JSON, where `{ env: NAME }` stands for a backend variable. */
export type OptionValue =
  | string
  | number
  | boolean
  | null
  | readonly OptionValue[]
  | { readonly [key: string]: OptionValue };

export interface ModuleSpec {
  readonly resolve: string;
  readonly options?: { readonly [key: string]: OptionValue };
}

export interface PluginSpec {
  readonly resolve: string;
  readonly options?: { readonly [key: string]: OptionValue };
}
