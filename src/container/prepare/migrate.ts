import type { Client } from 'pg';
import { areListed, readState, restoreIndexes, strayObjects, takeSnapshot } from './catalog.ts';
import { type CommandResult, runCommand } from './child.ts';
import { ExecutedMigrations } from './executed.ts';
import { PrepareFailure } from './failure.ts';
import { explainSplit, fixForStrays, missingTables, type Server } from './leftovers.ts';
import { sqlFilter } from './output.ts';

export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** What Medusa and TypeORM print when a migration failed, whatever the exit code says; best first. */
const FAILURES: readonly {
  readonly text: RegExp;
  readonly reason: (...found: string[]) => string;
}[] = [
  { text: /medusa-infra: (the backend cannot start.*?):?$/, reason: (what) => `${what} (above)` },
  { text: /(jwt_secret|cookie_secret) not found/, reason: (name) => `${name} is missing` },
  {
    text: /Migration "([^"]+)" failed, error: (.{0,200})/,
    reason: (name, error) => `migration ${name} failed: ${error}`,
  },
  { text: /QueryFailedError: (.{0,200})/, reason: (error) => error },
  { text: /(password authentication failed.{0,100})/, reason: (error) => error },
  { text: /Cannot find module '([^']+)'/, reason: (name) => `the image lacks the module ${name}` },
  {
    text: /Unable to find plugin "([^"]+)"/,
    reason: (name) => `the image lacks the plugin ${name}`,
  },
  { text: /Error in loading config: (.{0,200})/, reason: (error) => error },
  { text: /^query failed: (.{0,200})/, reason: (query) => `PostgreSQL refused: ${query}` },
];

/** Whether it is Medusa's own migration command, whose result `migrations show` can prove. */
export function isMedusaCommand(command: readonly string[]): boolean {
  return command.at(-2) === 'migrations' && command.at(-1) === 'run';
}

/**
 * Runs the migrations, then proves that they are there: Medusa's command ends with 0 on failed SQL, a
 * wrong password or missing secrets, so its exit code alone says nothing.
 */
export async function migratePostgres(
  client: Client,
  config: {
    readonly schema: string;
    readonly migrate: readonly string[];
    readonly server?: Server;
  },
  options: RunOptions,
): Promise<void> {
  const { schema, migrate, server } = config;
  const before = await takeSnapshot(client, schema);
  const reported = new ExecutedMigrations();
  let reason: string | undefined;
  try {
    reason = await runMigrate(migrate, reported, options);
  } finally {
    const restored = await restoreIndexes(client, before);
    if (restored.length > 0) {
      options.log(
        `created again what the migrations dropped in other schemas: ${restored.join(', ')}`,
      );
    }
  }
  const stray = await strayObjects(client, schema, before);
  const { tables, migrations } = await readState(client, schema);
  if (stray.length > 0) {
    const fix = fixForStrays(schema, { listed: migrations !== undefined }, stray, server);
    throw new PrepareFailure(`the migrations put objects outside of schema "${schema}": ${fix}`);
  }
  const unproven = reason ? `; its output shows: ${reason}` : '';
  if (!isMedusaCommand(migrate) && tables > 0) {
    options.log(`schema "${schema}" has ${tables} tables`);
    return;
  }
  if (tables === 0 || !migrations) {
    const split = isMedusaCommand(migrate) && (await explainSplit(client, schema, server));
    const left =
      tables === 0
        ? ` and left schema "${schema}" empty`
        : `, and schema "${schema}" has no table of done migrations`;
    throw new PrepareFailure(
      `"${migrate.join(' ')}" ended with exit code 0${left}${unproven}${split ? `; ${split}` : ''}`,
    );
  }
  const run = reported.whole();
  // What the run says of itself counts if the list says so too; asking Medusa again takes three seconds.
  const done =
    run && reason === undefined && (await areListed(client, schema, run.executed))
      ? run.found
      : await showMigrations(migrate, options, unproven);
  await checkTables(client, schema, done, server);
  options.log(`schema "${schema}" has all ${done} migrations in ${tables} tables`);
}

/** The list of migrations alone proves nothing: it may stand alone, or with the tables in another schema. */
async function checkTables(
  client: Client,
  schema: string,
  done: number,
  server: Server,
): Promise<void> {
  const missing = await missingTables(client, schema);
  if (missing.length === 0) return;
  const why =
    (await explainSplit(client, schema, server)) ??
    'restore them from a backup, or give this stack its own database';
  throw new PrepareFailure(
    `all ${done} migrations are listed as done in schema "${schema}", which lacks Medusa's tables ${missing.join(', ')}: ${why}`,
  );
}

/** Runs the command; returns the reason of a failure that its output shows, if it shows one. */
async function runMigrate(
  command: readonly string[],
  reported: ExecutedMigrations,
  options: RunOptions,
): Promise<string | undefined> {
  const reasons: string[] = [];
  const isShown = sqlFilter();
  const result = await runCommand(command, {
    ...options,
    onLine: (line) => {
      for (const [rank, { text, reason }] of FAILURES.entries()) {
        const match = text.exec(line);
        if (match) reasons[rank] ??= reason(...match.slice(1));
      }
      reported.read(line);
      if (isShown(line)) options.log(`  ${line}`);
    },
  });
  options.signal.throwIfAborted();
  const reason = reasons.find((text) => text !== undefined);
  const said = reason ? `: ${reason}` : '';
  if (result.endedBy === 'time limit' || result.code !== 0) showTail(result, options.log);
  if (result.endedBy === 'time limit') {
    throw new PrepareFailure(
      `"${command.join(' ')}" was still running after ${options.timeoutSeconds} s and was stopped${said}; if it needs longer, raise the time limit`,
    );
  }
  if (result.code !== 0) {
    throw new PrepareFailure(`"${command.join(' ')}" ${endOf(result)}${said}`);
  }
  return reason;
}

/** Counts the migrations that `migrations show` shows as done. @throws PrepareFailure where one is pending or none is shown */
async function showMigrations(
  migrate: readonly string[],
  options: RunOptions,
  unproven: string,
): Promise<number> {
  const command = [...migrate.slice(0, -1), 'show'];
  const done: string[] = [];
  const pending: string[] = [];
  const result = await runCommand(command, {
    ...options,
    onLine: (line) => {
      const shown = /^\s*\[([ X])\]\s*(?:\d+\s+)?(.*)$/.exec(line);
      if (shown) (shown[1] === 'X' ? done : pending).push(shown[2]?.trim() ?? '');
    },
  });
  options.signal.throwIfAborted();
  if (pending.length > 0) {
    throw new PrepareFailure(
      `${pending.length} of ${pending.length + done.length} migrations are not done, the first is ${pending[0]}${unproven}; fix what stops it and run up again`,
    );
  }
  if (done.length === 0 || result.code !== 0) {
    showTail(result, options.log);
    throw new PrepareFailure(
      `"${command.join(' ')}" did not show which migrations are done (${endOf(result)})${unproven}`,
    );
  }
  return done.length;
}

/** Why a command that is over counts as failed, in words. */
export function endOf(result: CommandResult): string {
  if (result.endedBy === 'time limit') return 'was stopped at its time limit';
  return result.code === undefined
    ? `was ended by ${result.signal}`
    : `ended with exit code ${result.code}`;
}

/** The last lines of a command's output, those of its SQL too. */
export function showTail(result: CommandResult, log: (line: string) => void): void {
  if (result.tail.length === 0) log('  (the command printed nothing)');
  else log('last lines of the command:');
  for (const line of result.tail)
    log(`  ${line.length > 500 ? `${line.slice(0, 500)} ...` : line}`);
}
