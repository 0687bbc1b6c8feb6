import { connectRedis, type RedisConnection, type RedisTarget } from '../redis-connection.ts';
import type { LoginLimitConfig } from './config.ts';

/** A log-in waits for it: what Redis needs is a millisecond, and a busy machine more. */
const ATTEMPT_MS = 2000;

/**
 * One step, so that no key can be left without an end. Only commands that a backend has (redisRights of src/derive), and
 * that every Redis knows which Medusa can use.
 */
const SCRIPT = `
local count = redis.call('INCR', KEYS[1])
local rest = redis.call('TTL', KEYS[1])
if rest < 0 then
  rest = tonumber(ARGV[2])
  redis.call('EXPIRE', KEYS[1], rest)
end
if count > tonumber(ARGV[1]) then return math.max(1, rest) end
return 0`;

/** Counts that all replicas share; its window begins with the first log-in of a client. */
export class RedisCounts {
  readonly #target: RedisTarget;
  readonly #prefix: string;
  readonly #limit: Pick<LoginLimitConfig, 'requests' | 'windowSeconds'>;
  #connection: Promise<RedisConnection> | undefined;

  /** @param prefix begins each key */
  constructor(
    target: RedisTarget,
    prefix: string,
    limit: Pick<LoginLimitConfig, 'requests' | 'windowSeconds'>,
  ) {
    this.#target = target;
    this.#prefix = prefix;
    this.#limit = limit;
  }

  /**
   * Counts a log-in; gives the seconds until the client may try again, 0: now. Rejects if Redis does not answer within
   * two seconds, or with an error.
   */
  async count(client: string): Promise<number> {
    const connection = await this.#open();
    const key = `${this.#prefix}medusa-infra:logins:${client}`;
    const { requests, windowSeconds } = this.#limit;
    const args = [key, String(requests), String(windowSeconds)];
    const reply = await connection.ask(['EVAL', SCRIPT, '1', ...args]);
    return Number(reply.slice(1));
  }

  /** One connection for log-ins that come close together; it closes when none came for two seconds. */
  #open(): Promise<RedisConnection> {
    if (this.#connection) return this.#connection;
    const connection = connectRedis(this.#target, ATTEMPT_MS);
    this.#connection = connection;
    const forget = () => {
      if (this.#connection === connection) this.#connection = undefined;
    };
    connection.then(({ closed }) => closed.then(forget), forget);
    return connection;
  }
}
