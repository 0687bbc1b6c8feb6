import { redisUser } from '../../../derive/docker/redis-config.ts';
import { loginRoles } from '../../../derive/login-roles.ts';
import { execIn } from '../../../docker/exec.ts';
import { lastLine } from '../../../error-text.ts';
import { LOGIN_SECONDS } from '../../limits.ts';
import { currentValue, type EarlierVersion, type Proof, type ProofContext } from '../proof.ts';
import type { RotationStep } from '../steps.ts';

/** What a login came to; anything but these two proves nothing. */
type Login = 'accepted' | 'refused' | { readonly problem: string };

/** The new role logs in; the one before does as far as its password is kept. Real logins, over TCP. */
export async function proveDatabase(
  context: ProofContext,
  step: RotationStep,
  earlier: readonly EarlierVersion[],
): Promise<Proof[]> {
  const { database } = context.stack;
  const container = context.containers['database'];
  if (database.type !== 'postgres' || container === undefined) return [];
  const roleOf = (version: number) => loginRoles(database.name, [version])[0]?.name ?? '';
  const logIn = (version: number, value: string) =>
    databaseLogin(context, container, { role: roleOf(version), database: database.name, value });
  return proveLogins(step, earlier, {
    current: currentValue(context, step),
    account: (version) => `role ${roleOf(version)}`,
    logIn,
    // A role that is used again has another password now; only a login could tell.
    isGone: (version) =>
      roleOf(version) === roleOf(step.to)
        ? Promise.resolve(true)
        : roleIsClosed(context, container, roleOf(version)),
  });
}

/** The same of the Redis users: each version of the password has its own user. */
export async function proveRedis(
  context: ProofContext,
  step: RotationStep,
  earlier: readonly EarlierVersion[],
): Promise<Proof[]> {
  const container = context.containers['redis'];
  if (context.plan.redis?.kind !== 'redis' || container === undefined) return [];
  return proveLogins(step, earlier, {
    current: currentValue(context, step),
    account: (version) => `user ${redisUser(version)}`,
    logIn: (version, value) => redisLogin(context, container, redisUser(version), value),
    isGone: async (version) => !(await redisUsers(context, container)).includes(redisUser(version)),
  });
}

interface Server {
  readonly current: string | undefined;
  readonly account: (version: number) => string;
  readonly logIn: (version: number, value: string) => Promise<Login>;
  /** Whether an account may no longer log in at all, by the server's own word. */
  readonly isGone: (version: number) => Promise<boolean>;
}

async function proveLogins(
  step: RotationStep,
  earlier: readonly EarlierVersion[],
  server: Server,
): Promise<Proof[]> {
  const secret = step.name;
  const tried = async (version: number, value: string, accepted: boolean): Promise<Proof> => {
    const login = await server.logIn(version, value);
    const wanted = accepted ? 'accepted' : 'refused';
    const account = `${server.account(version)} with the password of version ${version}`;
    return {
      secret,
      ok: login === wanted,
      text: `${account} is ${accepted && version !== step.to ? 'still accepted, as it is kept' : wanted}${
        login === wanted ? '' : ` (it was ${typeof login === 'string' ? login : login.problem})`
      }`,
    };
  };
  const proofs: Proof[] = [];
  if (server.current !== undefined) proofs.push(await tried(step.to, server.current, true));
  for (const { version, kept, value } of earlier) {
    if (value !== undefined) proofs.push(await tried(version, value, kept));
    else if (!kept) {
      const gone = await server.isGone(version);
      proofs.push({
        secret,
        ok: gone,
        text: `${server.account(version)} with the password of version ${version} is refused: ${
          gone ? 'it cannot log in, and its password is gone' : 'but it can still log in'
        }`,
      });
    }
  }
  return proofs;
}

interface DatabaseAccount {
  readonly role: string;
  readonly database: string;
  readonly value: string;
}

/** The password comes by standard input: the engine shows the arguments and variables of an exec. */
const PSQL_LOGIN = `IFS= read -r PGPASSWORD && export PGPASSWORD PGCONNECT_TIMEOUT=${LOGIN_SECONDS} && exec psql --no-psqlrc --no-password --tuples-only --no-align --host "$1" --port "$2" --username "$3" --dbname "$4" --command "SELECT 1"`;

async function databaseLogin(
  { docker, plan }: ProofContext,
  container: string,
  { role, database, value }: DatabaseAccount,
): Promise<Login> {
  if (plan.database.kind !== 'postgres') return { problem: 'not asked' };
  const { host, port } = plan.database;
  const command = ['/bin/sh', '-c', PSQL_LOGIN, 'sh', host, String(port), role, database];
  const result = await execIn(docker.getContainer(container), command, { stdin: `${value}\n` });
  if (result.exitCode === 0 && result.stdout.trim() === '1') return 'accepted';
  if (/password authentication failed|is not permitted to log in/.test(result.stderr)) {
    return 'refused';
  }
  return { problem: lastLine(result.stderr) };
}

/** By the catalog, over the socket inside of the container. */
async function roleIsClosed(
  { docker }: ProofContext,
  container: string,
  role: string,
): Promise<boolean> {
  const query = `SELECT count(*) FROM pg_catalog.pg_authid WHERE rolname = :'role' AND (rolcanlogin OR rolpassword IS NOT NULL);\n`;
  const command = ['psql', '--no-psqlrc', '--tuples-only', '--no-align'];
  const result = await execIn(
    docker.getContainer(container),
    [...command, '--username', 'postgres', '--dbname', 'postgres', '--set', `role=${role}`],
    { stdin: query },
  );
  return result.exitCode === 0 && result.stdout.trim() === '0';
}

async function redisLogin(
  context: ProofContext,
  container: string,
  user: string,
  value: string,
): Promise<Login> {
  const { redis } = context.plan;
  if (redis?.kind !== 'redis') return { problem: 'not asked' };
  const command = ['redis-cli', '-p', String(redis.port)];
  const stdin = `AUTH ${user} ${quoted(value)}\nPING\n`;
  const result = await execIn(context.docker.getContainer(container), command, { stdin });
  if (/^OK\s+PONG\s*$/.test(result.stdout)) return 'accepted';
  if (/^WRONGPASS/.test(result.stdout)) return 'refused';
  return { problem: lastLine(result.stdout || result.stderr) };
}

/** Runs commands as the backend's own user. @throws when Redis refuses one */
export async function redisCommands(
  context: ProofContext,
  container: string,
  commands: readonly (readonly string[])[],
): Promise<void> {
  const { redis } = context.plan;
  const url = context.environment['REDIS_URL'];
  if (redis?.kind !== 'redis' || !url) throw new Error('there is no Redis of the stack');
  const { username, password } = new URL(url);
  const lines = [['AUTH', username, decodeURIComponent(password)], ...commands].map((words) =>
    words.map(quoted).join(' '),
  );
  const command = ['redis-cli', '-p', String(redis.port)];
  const stdin = `${lines.join('\n')}\n`;
  const { stdout } = await execIn(context.docker.getContainer(container), command, { stdin });
  const refused = stdout.split('\n').find((line) => /^(\(error\) )?[A-Z]{3,} /.test(line));
  if (refused) throw new Error(`Redis: ${refused}`);
}

/** redis-cli's own quoting, which knows JSON's escapes of quotes and backslashes. */
function quoted(word: string): string {
  return JSON.stringify(word);
}

async function redisUsers(context: ProofContext, container: string): Promise<string[]> {
  const { redis } = context.plan;
  if (redis?.kind !== 'redis') return [];
  const stdin = 'ACL USERS\n';
  const { stdout } = await execIn(context.docker.getContainer(container), redis.users.cli, {
    stdin,
  });
  return stdout.split('\n').map((line) => line.trim());
}
