import { prepareScript } from '../../src/bundle.ts';
import { MIGRATE_LOCK_SECONDS, MIGRATE_SECONDS } from '../../src/derive/limits.ts';
import { wrapCommand } from '../../src/derive/secret-exec.ts';
import { eventually } from './eventually.ts';
import type { Run, RunOptions, Servers } from './servers.ts';

/** Medusa's command in an image of `backend/`. */
export const MEDUSA = ['node', 'node_modules/.bin/medusa'];

const PORT = 9100;
const PREPARE = '/opt/medusa-infra/prepare.cjs';

/** What a backend's container gets, without any Pulumi. */
export type Backend = Required<Pick<RunOptions, 'image' | 'env' | 'secrets' | 'files'>>;

/** Plain variables of a store in production on the schema `shop`, over Redis. */
export function shopVariables(): Record<string, string> {
  return {
    NODE_ENV: 'production',
    PORT: String(PORT),
    HOME: '/tmp/home',
    DATABASE_TYPE: 'postgres',
    DATABASE_SCHEMA: 'shop',
    DATABASE_LOGGING: 'error',
    DATABASE_EXTRA: '{"max":4}',
    REDIS_PREFIX: 'acme:',
    MEDUSA_PLUGINS: '["medusa-fulfillment-manual","medusa-payment-manual"]',
    MEDUSA_MODULES: JSON.stringify({
      cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: 30 } },
      eventBus: { resolve: '@medusajs/event-bus-redis' },
    }),
  };
}

/** Migrates the schema `shop`; throws with the job's output when that fails. */
export async function prepareShop(
  servers: Servers,
  { env, files, ...backend }: Backend,
): Promise<void> {
  const run = await servers.run({
    ...backend,
    command: ['node', PREPARE],
    env: {
      ...env,
      PREPARE_CONFIG: JSON.stringify({
        database: 'postgres',
        schema: 'shop',
        redis: true,
        migrate: [...MEDUSA, 'migrations', 'run'],
        timeoutSeconds: MIGRATE_SECONDS,
        lockTimeoutSeconds: MIGRATE_LOCK_SECONDS,
      }),
    },
    files: { ...files, [PREPARE]: prepareScript() },
  });
  const { code, output } = await run.ended();
  if (code !== 0) throw new Error(output);
}

/** A Medusa that answers; throws with its output when it ends instead. */
export async function startMedusa(
  servers: Servers,
  backend: Backend,
): Promise<{ run: Run; url: string }> {
  const command = wrapCommand([...MEDUSA, 'start'], true);
  const run = await servers.run({ ...backend, command, port: PORT });
  const url = `http://127.0.0.1:${await run.port()}`;
  await eventually(
    async () => {
      const { State } = await run.container.inspect();
      // An end is an end: no need to wait for the time limit.
      if (!State.Running) return;
      const response = await fetch(`${url}/health`);
      if (response.status !== 200) throw new Error(`/health answered ${response.status}`);
    },
    { seconds: 240 },
  );
  const { State } = await run.container.inspect();
  if (!State.Running) throw new Error(`Medusa did not start:\n${await run.output()}`);
  return { run, url };
}
