import { expect } from 'vitest';

/** What `rotate` proves of a first rotation of all four secrets, where nobody answers at the public URL. */
export function provenOnce(project: string, stack: string, revision: number): unknown[] {
  const name = `${project}-${stack}`;
  return [
    `ok      cookie: 2 of 2 tasks run with version 2 (${name}:${revision})`,
    'ok      cookie: 2 of 2 tasks got its value from Secrets Manager: COOKIE_SECRET, COOKIE_SECRET_PREVIOUS',
    '-       cookie: not tried: the sessions are in ElastiCache, which only the tasks can reach, so none could be created for the proof',
    `ok      database: 2 of 2 tasks run with version 2 (${name}:${revision})`,
    'ok      database: 2 of 2 tasks got its value from Secrets Manager: DATABASE_URL',
    `ok      database: prepare-migrate logged in with the password of version 2 before the release (${name}-prepare:3)`,
    `ok      database: role medusa_a is retired (/${project}/${stack}/retired: database=2 redis=2)`,
    expect.stringMatching(/^ok {6}database: the retire task ended with exit code 0 \(\S+\)$/),
    '-       database: not tried: a login from here, because only the tasks can reach PostgreSQL',
    `ok      jwt: 2 of 2 tasks run with version 2 (${name}:${revision})`,
    'ok      jwt: 2 of 2 tasks got its value from Secrets Manager: JWT_SECRET, JWT_SECRET_PREVIOUS',
    expect.stringMatching(/^- {7}jwt: not tried: \S+\/health does not answer \(\S+\)$/),
    `ok      redis: 2 of 2 tasks run with version 2 (${name}:${revision})`,
    'ok      redis: 2 of 2 tasks got its value from Secrets Manager: REDIS_URL',
    `ok      redis: prepare-migrate logged in with the password of version 2 before the release (${name}-prepare:3)`,
    `ok      redis: ElastiCache was set to accept only the password of version 2 (/${project}/${stack}/retired: database=2 redis=2)`,
    `ok      redis: ${name}-redis requires a password and has no pending change of it`,
    '-       redis: not tried: a login from here, because only the tasks can reach Redis',
    expect.stringMatching(
      /^- {7}requests: not watched, because \S+ did not answer before either \(\S+\)$/,
    ),
  ];
}

/** Lines of the proof of a rotation. */
export const proofs = (stdout: string) =>
  stdout.split('\n').filter((line) => /^(ok|FAILED|-) {2,}/.test(line));
