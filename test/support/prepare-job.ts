import { prepareScript } from '../../src/bundle.ts';
import { MIGRATE_LOCK_SECONDS, MIGRATE_SECONDS } from '../../src/derive/limits.ts';
import type { Run, Servers, TestDatabase } from './servers.ts';

export const MEDUSA = ['node', 'node_modules/.bin/medusa', 'migrations', 'run'];
export const JWT = 'jwt-secret-0123456789abcdef0123456789abcdef';
export const COOKIE = 'cookie-secret-0123456789abcdef0123456789abcdef';
const SCRIPT = '/opt/medusa-infra/prepare.cjs';

export interface PrepareOptions {
  readonly url: string;
  /** @default shop */
  readonly schema?: string;
  readonly redisUrl?: string;
  /** Laid over PREPARE_CONFIG. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

export interface PrepareJob {
  start(options: PrepareOptions): Promise<Run>;
  /** Runs it to its end and takes its container away. */
  run(options: PrepareOptions): Promise<{ code: number; output: string; last: string }>;
}

/** The prepare script in an image of `backend/`, against servers of the test's own. */
export function prepareJob(servers: Servers, image: string): PrepareJob {
  const start = (options: PrepareOptions) => {
    const schema = options.schema ?? 'shop';
    const config = {
      database: 'postgres',
      schema,
      redis: true,
      migrate: MEDUSA,
      timeoutSeconds: MIGRATE_SECONDS,
      lockTimeoutSeconds: MIGRATE_LOCK_SECONDS,
      waitSeconds: 3,
      ...options.config,
    };
    return servers.run({
      image,
      command: ['node', SCRIPT],
      env: {
        NODE_ENV: 'production',
        HOME: '/tmp',
        DATABASE_SCHEMA: schema,
        REDIS_PREFIX: 'test:',
        PREPARE_CONFIG: JSON.stringify(config),
        ...options.env,
      },
      files: { [SCRIPT]: prepareScript(), ...options.files },
      secrets: {
        DATABASE_URL: options.url,
        REDIS_URL:
          options.redisUrl ?? `redis://:${encodeURIComponent(servers.redisPassword)}@redis:6379/0`,
        JWT_SECRET: JWT,
        COOKIE_SECRET: COOKIE,
        ...options.secrets,
      },
    });
  };
  return {
    start,
    async run(options) {
      const run = await start(options);
      const { code, output } = await run.ended();
      await run.remove();
      return { code, output, last: output.trimEnd().split('\n').at(-1) ?? '' };
    },
  };
}

/** How a prepare ends that fails with this message. */
export const failed = (message: string) => ({ code: 1, last: `prepare: FAILED: ${message}` });

/** The database's URL on the schema `shop`. */
export const shop = (database: TestDatabase) => database.url('shop,extensions');

export const node = (script: string) => ['node', '-e', script];
