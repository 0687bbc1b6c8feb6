import { PROOF_SECONDS, signToken, type TokenOptions } from '../../container/tokens.ts';
import {
  currentValue,
  type EarlierVersion,
  notTried,
  type Proof,
  type ProofFacts,
  unknownSecret,
} from './proof.ts';
import type { RotationStep } from './steps.ts';

/** Answers 404 where the signature is accepted (there is no such customer), 401 where it is refused. */
const PATH = '/store/auth';

/**
 * Who the proofs say to be: a customer who does not exist, which is the least that Medusa distinguishes from
 * nobody. Never a user of the admin API: that opens it, whether the user exists or not.
 */
export const NOBODY = { customer_id: 'cus_rotation_proof_of_medusa_infra' };

/** A token of nobody: the domain keeps it out of the admin API. */
export function tokenOfNobody(secret: string, options: TokenOptions = {}): string {
  return signToken({ ...NOBODY, domain: 'store' }, secret, options);
}

/** What Redis holds of a session of nobody. Each request that uses it lets it live as long again. */
export function sessionOfNobody(): string {
  const cookie = { originalMaxAge: PROOF_SECONDS * 1000, httpOnly: true, path: '/' };
  return JSON.stringify({ cookie, ...NOBODY });
}

/** Headers of one request. */
export type Headers = Readonly<Record<string, string>>;

/** Makes the headers right before the request: what they hold is good for seconds. */
export type MakeHeaders = () => Headers | Promise<Headers>;

/** Who is asked. */
export interface Asked {
  /** The status of the answer to each of the headers, once for each one who is asked, or each time. */
  answers(path: string, headers: readonly MakeHeaders[]): Promise<readonly (readonly number[])[]>;
  /** `2 of 2 replicas`. */
  counted(good: number, all: number): string;
}

/** Tokens of the new value are accepted, those of earlier ones as far as they are kept. */
export async function proveJwt(
  context: ProofFacts,
  step: RotationStep,
  earlier: readonly EarlierVersion[],
  asked: Asked,
): Promise<Proof[]> {
  const until = Date.parse(context.environment['JWT_SECRET_PREVIOUS_UNTIL'] ?? '') || Infinity;
  const current = currentValue(context, step);
  const header = (secret: string) => {
    // What an earlier version signs counts only if it is from that version's time.
    const issuedAt = secret === current ? Date.now() : Math.min(Date.now(), until);
    return { authorization: `Bearer ${tokenOfNobody(secret, { issuedAt })}` };
  };
  return proveSigned(context, step, earlier, { what: 'a token', header, asked });
}

/** What is signed, and how it is presented. */
export interface Signed {
  readonly what: string;
  readonly header: (secret: string) => Headers | Promise<Headers>;
  readonly asked: Asked;
}

/** What a signature of each version comes to: accepted, or refused. */
export async function proveSigned(
  context: ProofFacts,
  step: RotationStep,
  earlier: readonly EarlierVersion[],
  { what, header, asked }: Signed,
): Promise<Proof[]> {
  const current = currentValue(context, step);
  if (current === undefined) return [notTried(step, `version ${step.to} is not in the state`)];
  const known = earlier.filter(({ value }) => value !== undefined);
  const values = [unknownSecret(), current, ...known.map(({ value }) => value ?? '')];
  const answers = await asked.answers(
    PATH,
    values.map((value) => () => header(value)),
  );
  if (answers.some(([strange]) => strange !== REFUSED)) {
    return [notTried(step, `GET ${PATH} does not refuse ${what} with a made-up signature`)];
  }
  const judge = (index: number, accepted: boolean, text: string, none = ''): Proof => {
    const good = answers.filter((one) => isAccepted(one[index]) === accepted);
    const other = answers.find((one) => isAccepted(one[index]) !== accepted)?.[index];
    const seen = good.length === answers.length ? '' : ` (one answered ${other ?? 'nothing'})`;
    return {
      secret: step.name,
      ok: answers.length > 0 && good.length === answers.length,
      text: `${text} by ${asked.counted(good.length, answers.length)}${seen}${good.length === 0 ? none : ''}`,
    };
  };
  return [
    judge(1, true, `${what} of version ${step.to} is accepted`),
    ...known.map(({ version, kept }, index) =>
      judge(
        index + 2,
        kept,
        `${what} of version ${version} is ${kept ? 'still accepted, as it is kept,' : 'refused'}`,
        kept ? NO_OVERLAP : '',
      ),
    ),
    ...earlier
      .filter(({ value }) => value === undefined)
      .map(({ version }) =>
        notTried(step, `the value of version ${version} is gone, so nobody can sign with it`),
      ),
  ];
}

/** What is most likely, where all of them run with the new secret and none accepts a kept one. */
const NO_OVERLAP =
  '; a medusa-config.js written by hand accepts only the current secret until it has the lines of docs/runtime.md#written-by-hand';

const REFUSED = 401;

function isAccepted(status: number | undefined): boolean {
  return status !== undefined && status !== REFUSED && status > 0 && status < 500;
}
