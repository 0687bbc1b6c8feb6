import { randomBytes } from 'node:crypto';
import { PROOF_SECONDS, signSessionCookie } from '../../../container/tokens.ts';
import { type EarlierVersion, notTried, type Proof, type ProofContext } from '../proof.ts';
import { type Asked, proveSigned, sessionOfNobody } from '../prove-signatures.ts';
import type { RotationStep } from '../steps.ts';
import { redisCommands } from './prove-accounts.ts';

/** Sessions whose cookie is signed with the new value are accepted, earlier ones as far as kept. */
export async function proveCookie(
  context: ProofContext,
  step: RotationStep,
  earlier: readonly EarlierVersion[],
  asked: Asked,
): Promise<Proof[]> {
  const redis = context.plan.redis?.kind === 'redis' ? context.containers['redis'] : undefined;
  if (redis === undefined) {
    const where = context.plan.redis ? 'in your own Redis' : 'in the memory of each replica';
    return [
      notTried(step, `the sessions are kept ${where}, so none could be created for the proof`),
    ];
  }
  const session = randomBytes(24).toString('hex');
  // A configuration that is written by hand may leave the prefix out.
  const keys = ['', context.environment['REDIS_PREFIX'] ?? ''].map(
    (prefix) => `${prefix}sess:${session}`,
  );
  const content = sessionOfNobody();
  const set = keys.map((key) => ['SET', key, content, 'EX', String(PROOF_SECONDS)]);
  try {
    const header = async (secret: string) => {
      await redisCommands(context, redis, set);
      return { cookie: `connect.sid=${encodeURIComponent(signSessionCookie(session, secret))}` };
    };
    return await proveSigned(context, step, earlier, { what: 'a session', header, asked });
  } finally {
    await redisCommands(context, redis, [['DEL', ...keys]]);
  }
}
