import type Docker from 'dockerode';
import { UserError } from '../errors.ts';
import type { RedisUsers } from './container-runtime.ts';
import { execIn } from './exec.ts';

/** Sets the users of a running server; see ContainerRuntime.setRedisUsers. */
export async function setRedisUsers(
  container: Docker.Container,
  users: RedisUsers,
  mode: 'add' | 'only',
): Promise<void> {
  const wanted = users.accounts.map(({ name }) => name);
  // `reset` first: the account has these rights and no others. Its connections stay open.
  const set = users.accounts.map(
    ({ name, passwordDigest }) => `ACL SETUSER ${name} reset on #${passwordDigest} ${users.rules}`,
  );
  // In one command, since each takes a tenth of a second.
  const list = mode === 'only' ? ['ACL USERS'] : [];
  const answers = await run(container, users, [...set, 'ACL SAVE', ...list]);
  const done = [...set, 'ACL SAVE'].map(() => 'OK');
  requireAnswers(answers.slice(0, done.length), done);
  const others = answers
    .slice(done.length)
    .filter((name) => ![...wanted, users.admin, 'default'].includes(name));
  if (others.length === 0) return;
  const removal = [`ACL DELUSER ${others.join(' ')}`, 'ACL SAVE'];
  requireAnswers(await run(container, users, removal), [String(others.length), 'OK']);
}

function requireAnswers(answers: readonly string[], expected: readonly string[]): void {
  if (answers.join('\n') !== expected.join('\n')) throw refused(answers.join('; '));
}

/** The server's answers, one line each. */
async function run(
  container: Docker.Container,
  users: RedisUsers,
  commands: readonly string[],
): Promise<string[]> {
  const stdin = commands.map((command) => `${command}\n`).join('');
  const { exitCode, stdout, stderr } = await execIn(container, users.cli, { stdin });
  if (exitCode !== 0 || stderr.trim() !== '') throw refused(stderr.trim() || stdout.trim());
  return stdout.split('\n').filter((line) => line !== '');
}

function refused(answer: string): UserError {
  // An error of the server repeats the word that it does not accept.
  const shown = answer.replaceAll(/[0-9a-f]{64}/g, '(a digest)');
  const unknown = /modifier '\+(\S+)': Unknown command/.exec(answer)?.[1];
  const fix = unknown
    ? `; if redis.allow has ${unknown}, remove it there: this version of Redis has no such command`
    : '';
  return new UserError(
    `Redis refused to set its users: ${shown || 'it gave no answer'}${fix}`,
    'server-rejected-statement',
  );
}
