import { createHash } from 'node:crypto';
import { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { proveOnDocker } from '../../../../../src/cli/rotate/docker/prove.ts';
import type { ProofContext } from '../../../../../src/cli/rotate/proof.ts';
import type { RotationStep } from '../../../../../src/cli/rotate/steps.ts';
import { signSessionCookie, signToken } from '../../../../../src/container/tokens.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { loadStackFile } from '../../../../../src/stack/load.ts';
import { folderWith } from '../../../../support/unit/cli.ts';

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

type Answering = (command: readonly string[], stdin: string, container: string) => Answer;

/** An engine whose containers answer each exec as told. */
function engine(answering: Answering): Docker {
  const container = (id: string) => ({
    modem: {
      demuxStream: (
        stream: NodeJS.EventEmitter,
        out: NodeJS.WritableStream,
        err: NodeJS.WritableStream,
      ) => {
        stream.once('answer', ({ stdout = '', stderr = '' }: Answer) => {
          out.write(stdout);
          err.write(stderr);
        });
      },
    },
    exec: async ({ Cmd, AttachStdin }: { Cmd: string[]; AttachStdin: boolean }) => {
      let answer: Answer = {};
      const start = async () => {
        let stdin = '';
        const finish = (done: () => void) => {
          answer = answering(Cmd, stdin, id);
          stream.emit('answer', answer);
          stream.push(null);
          stream.resume();
          done();
        };
        const stream = new Duplex({
          read: () => {},
          write: (chunk, _, done) => {
            stdin += String(chunk);
            done();
          },
          final: finish,
        });
        if (!AttachStdin) setImmediate(() => finish(() => {}));
        return stream;
      };
      return { start, inspect: async () => ({ ExitCode: answer.exitCode ?? 0 }) };
    },
  });
  return { getContainer: container } as unknown as Docker;
}

const image = { ref: 'sha256:0', name: 'image', version: '15' };

function contextWith(answering: Answering, more: Partial<ProofContext> = {}): ProofContext {
  const folder = folderWith({
    'dev.yaml':
      'target: docker\nbackend: { replicas: 2 }\nsecrets: { jwt: { version: 2 }, cookie: { version: 2 }, database: { version: 2 }, redis: { version: 2 } }\n',
  });
  const { stack } = loadStackFile(`${folder}/dev.yaml`);
  if (!stack) throw new Error('the stack file is wrong');
  const plan = derivePlan(stack, {
    project: 'shop',
    stack: 'dev',
    images: {
      source: 'debian',
      images: { postgres: image, redis: { ...image, version: '7' }, node: image, edge: image },
    },
  });
  const versions = { jwt: 2, cookie: 2, database: 2, redis: 2 };
  return {
    docker: engine(answering),
    stack,
    plan,
    replicas: ['r1', 'r2'].map((id) => ({ id, name: id, versions })),
    containers: { database: 'db', redis: 'rd' },
    environment: {
      JWT_SECRET: 'new-jwt',
      JWT_SECRET_PREVIOUS: '["old-jwt"]',
      DATABASE_URL: 'the url',
      REDIS_URL: 'redis://medusa_v2:new-redis@redis:6379/0',
    },
    values: new Map(
      Object.entries({
        'jwt v1': 'old-jwt',
        'jwt v2': 'new-jwt',
        'cookie v1': 'old-cookie',
        'cookie v2': 'new-cookie',
        'database v1': 'old-database',
        'database v2': 'new-database',
        'redis v1': 'old-redis',
        'redis v2': 'new-redis',
      }),
    ),
    ...more,
  };
}

const step = (name: string): RotationStep => ({ name, from: 1, to: 2, resumed: false });
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

async function lines(context: ProofContext, name: string, more: Partial<RotationStep> = {}) {
  const proofs = await proveOnDocker(context, [{ ...step(name), ...more }]);
  return proofs.map(({ ok, text }) => `${ok === null ? '-' : ok ? 'ok' : 'FAILED'} ${text}`);
}

/** A replica that holds these values and accepts tokens of these secrets. */
function replica(
  accepted: readonly string[],
  files: Readonly<Record<string, string>>,
  oldUntil = Number.POSITIVE_INFINITY,
): Answering {
  return (command, stdin) => {
    if (stdin === '') {
      const found = command
        .slice(3)
        .map((file) => digest(files[file.split('/').at(-1) ?? ''] ?? ''));
      return { stdout: JSON.stringify(found) };
    }
    const { path, headers } = JSON.parse(stdin) as {
      path: string;
      headers: { authorization: string };
    };
    const token = headers.authorization.slice('Bearer '.length);
    const [, payload = ''] = token.split('.');
    const { iat, exp, ...rest } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      iat: number;
      exp: number;
    };
    // A customer, for seconds: Medusa would take any user of its admin API for an administrator.
    expect({ path, ...rest }).toEqual({
      path: '/store/auth',
      domain: 'store',
      customer_id: 'cus_rotation_proof_of_medusa_infra',
    });
    expect(exp - Date.now() / 1000).toBeLessThanOrEqual(15);
    const sign = (secret: string) =>
      signToken(rest, secret, { now: iat * 1000, expiresInSeconds: exp - iat });
    const signer = accepted.find((secret) => sign(secret) === token);
    const inTime = !signer?.startsWith('old-') || iat * 1000 <= oldUntil;
    return { stdout: signer && inTime ? '404' : '401' };
  };
}

const held = { JWT_SECRET: 'new-jwt', JWT_SECRET_PREVIOUS: '["old-jwt"]' };

test('jwt: both signatures are accepted, and every replica holds the value', async () => {
  expect(await lines(contextWith(replica(['new-jwt', 'old-jwt'], held)), 'jwt')).toEqual([
    'ok 2 of 2 replicas run with version 2',
    'ok 2 of 2 replicas hold its value in /run/secrets: JWT_SECRET, JWT_SECRET_PREVIOUS',
    'ok a token of version 2 is accepted by 2 of 2 replicas',
    'ok a token of version 1 is still accepted, as it is kept, by 2 of 2 replicas',
  ]);
});

test('jwt: days later the kept version is tried with a token from its time', async () => {
  const until = Date.now() - 5 * 86_400_000;
  const context = contextWith(replica(['new-jwt', 'old-jwt'], held, until));
  const known = { JWT_SECRET_PREVIOUS_UNTIL: new Date(until).toISOString() };
  const facts = { ...context, environment: { ...context.environment, ...known } };
  expect((await lines(facts, 'jwt')).slice(2)).toEqual([
    'ok a token of version 2 is accepted by 2 of 2 replicas',
    'ok a token of version 1 is still accepted, as it is kept, by 2 of 2 replicas',
  ]);
});

test('jwt: a replica with another version, another value, and no overlap is told', async () => {
  const good = replica(['new-jwt', 'old-jwt'], held);
  const bad = replica(['new-jwt'], { ...held, JWT_SECRET: 'old-jwt' });
  const context = contextWith((command, stdin, id) =>
    (id === 'r1' ? good : bad)(command, stdin, id),
  );
  const replicas = context.replicas.map((one, index) =>
    index === 0 ? one : { ...one, versions: { jwt: 1 } },
  );
  expect(await lines({ ...context, replicas }, 'jwt')).toEqual([
    'FAILED 1 of 2 replicas run with version 2, and 1 with another',
    'FAILED 1 of 2 replicas hold its value in /run/secrets: JWT_SECRET, JWT_SECRET_PREVIOUS',
    'ok a token of version 2 is accepted by 2 of 2 replicas',
    'FAILED a token of version 1 is still accepted, as it is kept, by 1 of 2 replicas (one answered 401)',
  ]);
});

test('jwt: a value that is not kept has to be refused; where nobody knows it, that is said', async () => {
  const context = contextWith(replica(['new-jwt', 'old-jwt'], held));
  const secrets = context.plan.secrets.map((secret) =>
    secret.name === 'jwt' ? { ...secret, versions: [2] } : secret,
  ) as ProofContext['plan']['secrets'];
  const strict = { ...context, plan: { ...context.plan, secrets } };
  expect((await lines(strict, 'jwt')).at(-1)).toBe(
    'FAILED a token of version 1 is refused by 0 of 2 replicas (one answered 404)',
  );
  const forgotten = { ...strict, values: new Map([['jwt v2', 'new-jwt']]) };
  expect((await lines(forgotten, 'jwt')).at(-1)).toBe(
    '- not tried: the value of version 1 is gone, so nobody can sign with it',
  );
});

test('jwt: a backend that refuses no signature proves nothing', async () => {
  const context = contextWith((command, stdin) =>
    stdin === '' ? replica([], held)(command, stdin, '') : { stdout: '404' },
  );
  expect((await lines(context, 'jwt')).at(-1)).toBe(
    '- not tried: GET /store/auth does not refuse a token with a made-up signature',
  );
});

test('cookie: without a Redis of the stack no session can be made', async () => {
  const context = contextWith(() => ({ stdout: '[]' }), { containers: {} });
  expect((await lines(context, 'cookie')).at(-1)).toBe(
    '- not tried: the sessions are kept in your own Redis, so none could be created for the proof',
  );
});

test('cookie: the session is made right before each request, of a customer, for seconds', async () => {
  const seen: string[] = [];
  const context = contextWith((command, stdin, id) => {
    if (id === 'rd') {
      seen.push(...stdin.split('\n').filter((line) => /^"(SET|DEL)" /.test(line)));
      return { stdout: 'OK\n' };
    }
    if (stdin === '') return replica([], {})(command, stdin, id);
    seen.push('asked');
    const { headers } = JSON.parse(stdin) as { headers: { cookie: string } };
    const cookie = decodeURIComponent(headers.cookie.slice('connect.sid='.length));
    const [session = ''] = cookie.slice(2).split('.');
    return { stdout: cookie === signSessionCookie(session, 'new-cookie') ? '404' : '401' };
  });
  const one = { ...context, replicas: context.replicas.slice(0, 1) };
  expect((await lines(one, 'cookie')).at(-2)).toBe(
    'ok a session of version 2 is accepted by 1 of 1 replica',
  );
  const kinds = seen.map((line) => line.replaceAll('"', '').split(' ')[0]);
  // Under two keys each: a configuration that is written by hand may leave the prefix out.
  const request = ['SET', 'SET', 'asked'];
  expect(kinds).toEqual([...request, ...request, ...request, 'DEL']);
  for (const line of seen.filter((one) => one.startsWith('"SET"'))) {
    expect(line).toMatch(/ "EX" "15"$/);
    expect(line).toContain('customer_id');
    expect(line).not.toContain('user_id');
  }
});

/** psql in the server's container: roles with the password that opens them. */
function server(passwords: Readonly<Record<string, string>>, closed = '0'): Answering {
  return (command, stdin) => {
    if (command[0] === 'node') return { stdout: JSON.stringify([digest('the url')]) };
    if (command[0] === 'psql') return { stdout: `${closed}\n` };
    expect(command.join(' ')).not.toMatch(/old-|new-/);
    const role = command.at(-2) ?? '';
    if (!(role in passwords)) {
      return { stderr: `FATAL:  role "${role}" is not permitted to log in`, exitCode: 2 };
    }
    return `${passwords[role]}\n` === stdin
      ? { stdout: '1\n' }
      : { stderr: `FATAL:  password authentication failed for user "${role}"`, exitCode: 2 };
  };
}

test('database: the new role logs in, the one before does not', async () => {
  const context = contextWith(server({ medusa_b: 'new-database' }));
  expect((await lines(context, 'database')).slice(2)).toEqual([
    'ok role medusa_b with the password of version 2 is accepted',
    'ok role medusa_a with the password of version 1 is refused',
  ]);
});

test('database: an old role that still logs in, a new one that does not, a server that is away', async () => {
  const wrong = contextWith(server({ medusa_a: 'old-database', medusa_b: 'other' }));
  expect((await lines(wrong, 'database')).slice(2)).toEqual([
    'FAILED role medusa_b with the password of version 2 is accepted (it was refused)',
    'FAILED role medusa_a with the password of version 1 is refused (it was accepted)',
  ]);
  const away = contextWith(() => ({ stderr: 'psql: error: connection refused\n', exitCode: 2 }));
  expect((await lines(away, 'database')).at(-1)).toBe(
    'FAILED role medusa_a with the password of version 1 is refused (it was psql: error: connection refused)',
  );
});

test('database: a password that nobody knows any more is proven gone by the catalog', async () => {
  const values = new Map([['database v2', 'new-database']]);
  const context = contextWith(server({ medusa_b: 'new-database' }), { values });
  expect((await lines(context, 'database', { resumed: true })).at(-1)).toBe(
    'ok role medusa_a with the password of version 1 is refused: it cannot log in, and its password is gone',
  );
  const open = contextWith(server({ medusa_b: 'new-database' }, '1'), { values });
  expect((await lines(open, 'database')).at(-1)).toBe(
    'FAILED role medusa_a with the password of version 1 is refused: but it can still log in',
  );
});

test('redis: logins by standard input, and the users that are left', async () => {
  const answering =
    (users: Readonly<Record<string, string>>): Answering =>
    (command, stdin) => {
      if (command[0] === 'node') return { stdout: '[]' };
      if (stdin.startsWith('ACL USERS')) return { stdout: Object.keys(users).join('\n') };
      expect(command.join(' ')).not.toMatch(/old-|new-/);
      const [, user = '', password = ''] = /^AUTH (\S+) "(.*)"$/m.exec(stdin) ?? [];
      return { stdout: users[user] === password ? 'OK\nPONG\n' : 'WRONGPASS invalid\nNOAUTH\n' };
    };
  const good = contextWith(answering({ medusa_v2: 'new-redis' }));
  expect((await lines(good, 'redis')).slice(2)).toEqual([
    'ok user medusa_v2 with the password of version 2 is accepted',
    'ok user medusa_v1 with the password of version 1 is refused',
  ]);
  const both = answering({ medusa_v2: 'new-redis', medusa_v1: 'old-redis' });
  expect((await lines(contextWith(both), 'redis')).at(-1)).toBe(
    'FAILED user medusa_v1 with the password of version 1 is refused (it was accepted)',
  );
  const values = new Map([['redis v2', 'new-redis']]);
  expect((await lines(contextWith(both, { values }), 'redis')).at(-1)).toBe(
    'FAILED user medusa_v1 with the password of version 1 is refused: but it can still log in',
  );
});

test('a container that went away meanwhile is a failed proof, not an unexpected end', async () => {
  const context = contextWith(() => {
    throw new Error('unused');
  });
  const docker = {
    getContainer: () => ({
      exec: async () => {
        throw new Error('no such container');
      },
    }),
  } as unknown as Docker;
  expect(await lines({ ...context, docker }, 'redis')).toEqual([
    'FAILED could not be tried: no such container',
    'FAILED could not be tried: no such container',
  ]);
});
