import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { PrepareFailure } from './failure.ts';
import { codeOf } from './wait.ts';

/** First half of the key, the same for all of this project's locks: "medu" in ASCII. */
const NAMESPACE = 0x6d656475;

/**
 * Runs `work` under an advisory lock of this database, one for each schema, so that a schema is never
 * migrated twice at once. The server releases it when the connection ends, however it ends.
 */
export async function withLock<T>(
  client: Client,
  options: {
    readonly schema: string;
    readonly timeoutSeconds: number;
    readonly log: (line: string) => void;
  },
  work: () => Promise<T>,
): Promise<T> {
  const key = createHash('sha256').update(options.schema).digest().readInt32BE(0);
  if (!(await tryLock(client, key))) {
    options.log(
      `waiting for another prepare of schema "${options.schema}": ${await holder(client, key)}`,
    );
    await waitForLock(client, key, options);
  }
  try {
    return await work();
  } finally {
    // A broken connection has released it already.
    await client
      .query('select pg_advisory_unlock($1, $2)', [NAMESPACE, key])
      .catch(() => undefined);
  }
}

async function tryLock(client: Client, key: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1, $2) as locked',
    [NAMESPACE, key],
  );
  return rows[0]?.locked === true;
}

async function waitForLock(
  client: Client,
  key: number,
  { schema, timeoutSeconds }: { readonly schema: string; readonly timeoutSeconds: number },
): Promise<void> {
  const milliseconds = Math.max(1, Math.round(timeoutSeconds * 1000));
  await client.query(`set lock_timeout = ${milliseconds}`);
  try {
    await client.query('select pg_advisory_lock($1, $2)', [NAMESPACE, key]);
  } catch (error) {
    if (codeOf(error) !== '55P03') throw error;
    throw new PrepareFailure(
      `schema "${schema}" is still being prepared elsewhere after ${timeoutSeconds} s: ${await holder(client, key)}; wait for it, or end it, then run up again`,
    );
  } finally {
    await client.query('set lock_timeout = 0').catch(() => undefined);
  }
}

/** Who holds the lock, as far as this role may see it. */
async function holder(client: Client, key: number): Promise<string> {
  const { rows } = await client.query<{ text: string }>(
    `select concat_ws(', ', nullif(a.application_name, ''), 'user ' || a.usename,
         'from ' || host(a.client_addr), 'process ' || a.pid, 'since ' || a.backend_start::timestamptz(0)) as text
       from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted and l.objsubid = 2
         and l.database = (select oid from pg_database where datname = current_database())
         and l.classid = $1::bigint::oid and l.objid = $2::bigint::oid`,
    [NAMESPACE, key >>> 0],
  );
  return rows[0]?.text ?? 'it has just ended';
}
