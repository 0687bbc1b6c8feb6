import { readFileSync } from 'node:fs';
import type { BlockList } from 'node:net';
import { codeOf } from '../prepare/wait.ts';
import { parseRedisUrl } from '../redis-connection.ts';
import { addressList, clientOf } from './client.ts';
import type { LoginLimitConfig } from './config.ts';
import { MemoryCounts } from './memory-counts.ts';
import { RedisCounts } from './redis-counts.ts';

/** What the limit reads of a request. */
export interface LoginRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

export interface LimitOptions {
  /** Has REDIS_URL, or REDIS_URL_FILE in an image without a shell, and REDIS_PREFIX. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/** Knows which requests are log-ins, and counts them. */
export class LoginLimit {
  readonly #path: RegExp;
  readonly #trusted: BlockList;
  readonly #memory: MemoryCounts;
  readonly #options: LimitOptions;
  readonly #config: LoginLimitConfig;
  #redis: RedisCounts | undefined;
  #reported = false;

  constructor(config: LoginLimitConfig, options: LimitOptions) {
    this.#config = config;
    this.#path = new RegExp(config.path);
    this.#trusted = addressList(config.trusted);
    this.#memory = new MemoryCounts(config);
    this.#options = options;
  }

  isLogin({ method, url }: Pick<LoginRequest, 'method' | 'url'>): boolean {
    return method === 'POST' && url !== undefined && this.#path.test(pathOf(url));
  }

  /** Counts a log-in; gives the seconds until its client may try again, 0: now. Never rejects. */
  async count({ headers, socket }: LoginRequest): Promise<number> {
    const forwarded = headers['x-forwarded-for'];
    const client = clientOf(String(forwarded ?? ''), socket.remoteAddress, this.#trusted);
    if (this.#config.redis) {
      try {
        const seconds = await this.#together().count(client);
        this.#reported = false;
        return seconds;
      } catch (error) {
        this.#report(codeOf(error) || 'no connection');
      }
    }
    return this.#memory.count(client, Date.now());
  }

  /** Not before the first log-in: most processes of a container serve nobody. */
  #together(): RedisCounts {
    if (this.#redis) return this.#redis;
    const {
      REDIS_URL: url,
      REDIS_URL_FILE: file = '',
      REDIS_PREFIX: prefix = '',
    } = this.#options.env;
    const target = parseRedisUrl(url ?? readFileSync(file, 'utf8').trim());
    if (!target) throw Object.assign(new Error(), { code: 'no URL in REDIS_URL' });
    this.#redis = new RedisCounts(target, prefix, this.#config);
    return this.#redis;
  }

  /** Once, until Redis answers again. */
  #report(reason: string): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#options.log(
      `Redis does not count log-ins (${reason}); until it does, each replica counts those that it gets`,
    );
  }
}

/** In small letters, without what Express does not compare: scheme and host, query and fragment. */
function pathOf(url: string): string {
  return url
    .replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/s, '')
    .replaceAll('\\', '/')
    .toLowerCase();
}
