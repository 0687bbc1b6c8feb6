/**
 * What a backend may do in the stack's Redis. A list, as a category such as @write has FLUSHALL, SWAPDB and
 * FUNCTION in it. Measured in `INFO commandstats`, which counts what scripts call too, with Medusa 1.20.11
 * under products, carts, logins, batch and scheduled jobs, subscribers and the Redis modules.
 */
const SEEN = {
  /** ioredis, at the start of each connection; AUTH and HELLO are open to all. */
  connection: ['client|setname', 'info', 'ping', 'select'],
  /** BullMQ's queues (events, scheduled jobs): scripts, and a worker that waits for a job. */
  queues: [
    ...['bzpopmin', 'eval', 'evalsha', 'exists', 'hget', 'hgetall', 'hincrby', 'hmget', 'hmset'],
    ...['hset', 'incr', 'llen', 'lpush', 'lrange', 'lrem', 'rpoplpush', 'scard', 'smembers'],
    ...['srem', 'xadd', 'xtrim', 'zadd', 'zcard', 'zpopmin', 'zrange', 'zrangebyscore', 'zrem'],
    ...['zrevrange', 'zrevrangebyscore', 'zscore'],
  ],
  /** connect-redis; the cache, which looks by KEYS for what it has to drop; prepare's probe. */
  sessions: ['del', 'expire', 'get', 'keys', 'set'],
} as const;

/**
 * For other versions and for plugins: the rest of what BullMQ's scripts, Bull 3 (Medusa up to 1.11) and
 * connect-redis call, and everyday commands on the data of single keys. All are in Redis 6.2, the oldest that an
 * image is offered of: the server refuses a list with a command that it does not know.
 */
const MARGIN = {
  connection: [
    ...['client|getname', 'client|id', 'echo', 'time', 'wait'],
    ...['discard', 'exec', 'multi', 'unwatch', 'watch'],
    ...['script|exists', 'script|load'],
  ],
  keys: [
    ...[
      'copy',
      'expireat',
      'persist',
      'pexpire',
      'pexpireat',
      'pttl',
      'rename',
      'renamenx',
      'scan',
    ],
    ...['touch', 'ttl', 'type', 'unlink'],
  ],
  strings: [
    ...['append', 'bitcount', 'decr', 'decrby', 'getbit', 'getdel', 'getex', 'getrange', 'getset'],
    ...['incrby', 'incrbyfloat', 'mget', 'mset', 'msetnx', 'psetex', 'setbit', 'setex', 'setnx'],
    ...['setrange', 'strlen'],
  ],
  hashes: [
    'hdel',
    'hexists',
    'hincrbyfloat',
    'hkeys',
    'hlen',
    'hscan',
    'hsetnx',
    'hstrlen',
    'hvals',
  ],
  lists: [
    ...['blmove', 'blpop', 'brpop', 'brpoplpush', 'lindex', 'linsert', 'lmove', 'lpop', 'lpos'],
    ...['lpushx', 'lset', 'ltrim', 'rpop', 'rpush', 'rpushx'],
  ],
  sets: [
    ...['sadd', 'sdiff', 'sinter', 'sismember', 'smismember', 'smove', 'spop', 'srandmember'],
    ...['sscan', 'sunion'],
  ],
  sortedSets: [
    ...['bzpopmax', 'zcount', 'zincrby', 'zlexcount', 'zmscore', 'zpopmax', 'zrangebylex', 'zrank'],
    ...['zremrangebylex', 'zremrangebyrank', 'zremrangebyscore', 'zrevrank', 'zscan'],
  ],
  streams: [
    ...['xack', 'xautoclaim', 'xclaim', 'xdel', 'xgroup', 'xlen', 'xpending', 'xrange', 'xread'],
    ...['xreadgroup', 'xrevrange'],
  ],
  channels: ['psubscribe', 'publish', 'punsubscribe', 'subscribe', 'unsubscribe'],
} as const;

/** The commands that a backend may give by default, sorted. */
const REDIS_COMMANDS: readonly string[] = [
  ...Object.values(SEEN).flat(),
  ...Object.values(MARGIN).flat(),
].sort();

/**
 * Rights in the ACL's own words. All keys and channels: the server has one store's data alone, and the
 * names of keys are partly the plugins' own.
 * @param more `redis.allow`
 */
export function redisRights(more: readonly string[]): string {
  const commands = [...new Set([...REDIS_COMMANDS, ...more])].sort();
  return ['~*', '&*', '-@all', ...commands.map((command) => `+${command}`)].join(' ');
}
