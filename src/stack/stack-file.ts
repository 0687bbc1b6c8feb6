import type { z } from 'zod';
import type { Named } from './sections/modules.ts';
import type { stackSchema } from './sections/root.ts';

type Frozen<T> = T extends (infer I)[]
  ? readonly Frozen<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
type Parsed = Frozen<Omit<z.output<typeof stackSchema>, 'modules' | 'plugins'>>;

/**
 * A stack file after loading: `extends` merged, validated, defaults filled in, units parsed. What its
 * keys mean, and their defaults, stands in the schema (`sections/`).
 * Plain data, printable, without a secret value.
 */
export type StackFile = DockerStack | AwsStack;

export interface DockerStack extends CommonSections {
  readonly target: 'docker';
  readonly database: DatabaseSection;
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

interface CommonSections
  extends Omit<
    Parsed,
    'extends' | 'target' | 'database' | 'uploads' | 'aws' | 'modules' | 'plugins'
  > {
  /** With cacheService and eventBus, unless the file took them away with null. */
  readonly modules: Readonly<Record<string, ModuleSpec>>;
  readonly plugins: readonly PluginSpec[];
}

export type Environment = Parsed['environment'];
export type BackendSection = Parsed['backend'];
export type EdgeSection = Parsed['edge'];
export type UploadsSection = Exclude<Parsed['uploads'], false>;
export type DatabaseSection = Parsed['database'];
export type PostgresSection = Extract<DatabaseSection, { type: 'postgres' }>;
/** `database.limits`: in seconds; false: none. */
export type DatabaseLimits = PostgresSection['limits'];
export type SqliteSection = Extract<DatabaseSection, { type: 'sqlite' }>;
export type RedisSection = Exclude<Parsed['redis'], false>;
export type SecretSpec = Parsed['secrets'][string];
export type GeneratedSecret = Extract<SecretSpec, { from: 'generated' }>;
/** Characters that a generated secret is made of; `infra/secrets.ts` says which each has. */
export type Alphabet = GeneratedSecret['alphabet'];
export type ModuleSpec = Named;
export type PluginSpec = Named;
export type AwsSection = NonNullable<Parsed['aws']>;
export type { OptionValue } from './sections/modules.ts';
