import type { Client } from 'pg';
import { masker } from '../../mask.ts';
import { provenLine } from '../prepared-state.ts';
import { readState } from './catalog.ts';
import { runCommand } from './child.ts';
import { PrepareFailure } from './failure.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { withLock } from './lock.ts';
import { endOf, isMedusaCommand, migratePostgres, type RunOptions, showTail } from './migrate.ts';
import { connectPostgres } from './postgres.ts';
import { probeRedis } from './redis-probe.ts';
import { checkForeignMedusa, checkRights } from './rights.ts';

/**
 * Runs in the backend's image before a release takes traffic: probes PostgreSQL and Redis with the
 * backend's own login, migrates under a lock, and proves it. Exit code 0 means proven; otherwise the
 * last line says what failed and what to do.
 */
async function main(): Promise<number> {
  let redact = (text: string) => text;
  const log = (line: string) => process.stdout.write(`${redact(line)}\n`);
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      controller.abort(new PrepareFailure(`stopped by ${signal}; run up again`));
    });
  }
  try {
    const inputs = readInputs(process.env);
    redact = masker(inputs.secrets);
    await prepare(inputs, log, controller);
    log('prepare: done');
    return 0;
  } catch (error) {
    const reason = controller.signal.aborted ? controller.signal.reason : error;
    if (reason instanceof PrepareFailure) log(`prepare: FAILED: ${reason.message}`);
    else
      log(
        `prepare: FAILED: ${reason instanceof Error ? (reason.stack ?? reason.message) : reason}`,
      );
    return 1;
  }
}

async function prepare(
  inputs: Inputs,
  log: (line: string) => void,
  controller: AbortController,
): Promise<void> {
  const { config, env } = inputs;
  const { signal } = controller;
  const run: RunOptions = { env, signal, log, timeoutSeconds: config.timeoutSeconds };
  if (config.redis) {
    const { REDIS_URL: url, REDIS_PREFIX: prefix } = env;
    await probeRedis({ url, prefix, waitSeconds: config.waitSeconds, signal, log });
  }
  if (config.database === 'sqlite') {
    // Medusa up to 1.11 creates its SQLite tables as it starts; its migrations are PostgreSQL's SQL
    // and would leave half a file behind.
    log('SQLite: the backend creates its tables as it starts');
    await seed(config.seed, run);
    return;
  }
  const schema = config.schema ?? 'public';
  const client = await connectPostgres({
    url: env['DATABASE_URL'],
    waitSeconds: config.waitSeconds,
    signal,
    log,
    onLost: (error) =>
      controller.abort(
        new PrepareFailure(
          `the connection that holds the lock broke (${error.message}); run up again`,
        ),
      ),
  });
  // SIGTERM must also end a wait for the lock: closing the connection ends every query.
  signal.addEventListener('abort', () => void client.end().catch(() => undefined));
  try {
    await checkAll(client, schema, config.migrate);
    const lock = { schema, timeoutSeconds: config.lockTimeoutSeconds, log };
    await withLock(client, lock, async () => {
      await migratePostgres(
        client,
        { schema, migrate: config.migrate, server: config.server },
        run,
      );
      await seed(config.seed, run);
      log(provenLine(schema, await readState(client, schema)));
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkAll(client: Client, schema: string, migrate: readonly string[]): Promise<void> {
  const isMedusa = isMedusaCommand(migrate);
  await checkRights(client, schema, isMedusa);
  if (isMedusa) await checkForeignMedusa(client, schema);
}

async function seed(command: readonly string[] | undefined, options: RunOptions): Promise<void> {
  if (!command) return;
  const result = await runCommand(command, {
    ...options,
    onLine: (line) => options.log(`  ${line}`),
  });
  options.signal.throwIfAborted();
  if (result.endedBy === 'itself' && result.code === 0) {
    options.log('the seed data is in place');
    return;
  }
  showTail(result, options.log);
  throw new PrepareFailure(
    `the seed command "${command.join(' ')}" ${endOf(result)} (limit ${options.timeoutSeconds} s); the migrations are done; fix the seed and run up again`,
  );
}

main().then((code) => {
  // Written out first: what is still in a pipe would be lost at exit.
  process.stdout.write('', () => process.exit(code));
});
