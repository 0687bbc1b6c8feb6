import { quoteLiteral } from './quote.ts';

/**
 * pg_hba.conf of the stack's own server. On the Unix socket, `peer`: a role is only for the user of the
 * same name, as the kernel reports it, so the superuser is the process of user `postgres` and no other
 * that reaches the socket. `all` does not match replication, which gets the same rule for a
 * `pg_basebackup` in the container.
 */
const RULES = [
  '# Written by medusa-infra at each run of prepare-sql. Do not edit: changes are overwritten.',
  'local all all peer',
  'local replication all peer',
  'host all all all scram-sha-256',
] as const;

const FILE = 'pg_hba.conf';

/** Moved into its place when it is on the disk: no start of the server finds half a file. */
const WRITE = `cat > ${FILE}.new && sync ${FILE}.new && mv ${FILE}.new ${FILE}`;

/**
 * Sets the rules by which the running server lets sessions in; those that are open stay. In SQL, as the
 * file is in the volume: a folder that an earlier version made, or a restored one, gets the rules too.
 */
export function accessStatements(): readonly string[] {
  const text = quoteLiteral(`${RULES.join('\n')}\n`);
  const rows = RULES.map(quoteLiteral).join(', ');
  // Both the server's functions and its programs start in the data folder.
  const write = `COPY (SELECT pg_catalog.unnest(ARRAY[${rows}])) TO PROGRAM ${quoteLiteral(WRITE)}`;
  return [
    '-- Who may log in, and how.',
    `SELECT ${quoteLiteral(write)} WHERE pg_catalog.pg_read_file('${FILE}') <> ${text} \\gexec`,
    // Each time: a run may have been killed between the two.
    'SELECT pg_catalog.pg_reload_conf() \\g /dev/null',
  ];
}
