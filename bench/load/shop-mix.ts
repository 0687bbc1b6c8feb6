import { randomBytes } from 'node:crypto';
import { request as send } from 'undici';
import { type Login, Logins, sessionCookie } from './logins.ts';
import type { Answer, LoadRequest } from './request.ts';

export interface ShopMixOptions {
  readonly origin: string;
  /** Of a user of the admin API that exists. */
  readonly admin: { readonly email: string; readonly password: string };
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How often each kind of request comes in 200; a second's worth at the rate of the bench. */
const SHARES = {
  health: 35,
  collections: 22,
  types: 22,
  tags: 22,
  regions: 3,
  product: 1,
  adminSession: 32,
  adminToken: 14,
  customerSession: 8,
  customerToken: 4,
  renameCustomer: 8,
  noteBySession: 20,
  noteByToken: 6,
  cart: 1,
  adminLogin: 1,
  adminTokenLogin: 1,
} as const;

type Kind = keyof typeof SHARES;

/** So many logins of each kind are opened before a change. */
const OPENED_BEFORE = { sessions: 8, tokens: 4, customers: 2 };

/**
 * What a store's clients ask: cheap reads and dear ones, writes, and logged-in requests of four kinds.
 * New logins come every second; those opened first stay in use to the end.
 */
export class ShopMix {
  readonly logins = new Logins();
  /** Names this load in what it writes, to find it again in the database. */
  readonly mark = randomBytes(6).toString('hex');
  /** Notes that the store said it has written. */
  notesAnswered = 0;
  /** Notes that were asked for. */
  notesAsked = 0;
  readonly #options: ShopMixOptions;
  readonly #order: readonly Kind[] = interleave(SHARES);
  readonly #makers: Readonly<Record<Kind, () => LoadRequest>>;
  #turn = 0;

  private constructor(options: ShopMixOptions, product: string, region: string) {
    this.#options = options;
    const as = (kind: Login['kind'], request: LoadRequest) =>
      this.logins.as(this.logins.inTurn(kind), request);
    this.#makers = {
      health: () => this.#get('/health', 'OK'),
      collections: () => this.#get('/store/collections', '"collections":['),
      types: () => this.#get('/store/product-types', '"product_types":['),
      tags: () => this.#get('/store/product-tags', '"product_tags":['),
      regions: () => this.#get('/store/regions', `"id":"${region}"`),
      product: () => this.#get(`/store/products/${product}`, `"id":"${product}"`),
      adminSession: () => as('admin session', this.#whoIsAdmin()),
      adminToken: () => as('admin token', this.#whoIsAdmin()),
      customerSession: () =>
        as('customer session', this.#get('/store/customers/me', '"customer":')),
      customerToken: () => as('customer token', this.#get('/store/customers/me', '"customer":')),
      renameCustomer: () => as('customer session', this.#rename()),
      noteBySession: () => as('admin session', this.#note()),
      noteByToken: () => as('admin token', this.#note()),
      cart: () => this.#post('/store/carts', { region_id: region }, '"cart":'),
      adminLogin: () => this.#adminLogin(),
      adminTokenLogin: () => this.#adminTokenLogin(),
    };
  }

  /** Logs everybody in who is to stay logged in; throws when the store does not let them. */
  static async open(options: ShopMixOptions): Promise<ShopMix> {
    const ask = (request: LoadRequest) => answered(options.origin, request);
    const get = async (path: string) =>
      JSON.parse((await ask(plainGet(path, options.headers))).body) as {
        products?: { id: string }[];
        regions?: { id: string }[];
      };
    const product = (await get('/store/products?limit=1&fields=id&expand=')).products?.[0]?.id;
    const region = (await get('/store/regions')).regions?.[0]?.id;
    if (!product || !region) throw new Error('the store has no product or no region to ask for');
    const mix = new ShopMix(options, product, region);
    for (let opened = 0; opened < OPENED_BEFORE.sessions; opened += 1) await ask(mix.#adminLogin());
    for (let opened = 0; opened < OPENED_BEFORE.tokens; opened += 1) {
      await ask(mix.#adminTokenLogin());
    }
    for (let opened = 0; opened < OPENED_BEFORE.customers; opened += 1) {
      const customer = {
        email: `${mix.mark}-${opened}@example.com`,
        password: randomBytes(12).toString('hex'),
      };
      const names = { first_name: 'Ada', last_name: 'Lovelace' };
      await ask(mix.#post('/store/customers', { ...customer, ...names }, '"customer":'));
      await ask(mix.#login('/store/auth', customer, 'customer session'));
      await ask(mix.#tokenLogin('/store/auth/token', customer, 'customer token'));
    }
    return mix;
  }

  /** The next request of the mix. */
  next(): LoadRequest {
    const kind = this.#order[this.#turn % this.#order.length] as Kind;
    this.#turn += 1;
    return this.#makers[kind]();
  }

  #get(path: string, holds: string): LoadRequest {
    return { ...plainGet(path, this.#options.headers), judge: (answer) => wrong(answer, holds) };
  }

  #post(path: string, document: object, holds: string): LoadRequest {
    return {
      method: 'POST',
      path,
      headers: { ...this.#options.headers, 'content-type': 'application/json' },
      body: JSON.stringify(document),
      judge: (answer) => wrong(answer, holds),
    };
  }

  #whoIsAdmin(): LoadRequest {
    return this.#get('/admin/auth', `"email":"${this.#options.admin.email}"`);
  }

  #rename(): LoadRequest {
    // Others may have renamed the same customer before the store reads the name for its answer.
    const name = `Lovelace ${this.#turn}`;
    return this.#post('/store/customers/me', { last_name: name }, '"last_name":"Lovelace ');
  }

  #note(): LoadRequest {
    this.notesAsked += 1;
    const note = { resource_type: 'bench', resource_id: this.mark, value: `note ${this.#turn}` };
    const request = this.#post('/admin/notes', note, `"resource_id":"${this.mark}"`);
    return {
      ...request,
      judge: (answer) => {
        const problem = request.judge(answer);
        if (problem === undefined) this.notesAnswered += 1;
        return problem;
      },
    };
  }

  #adminLogin(): LoadRequest {
    return this.#login('/admin/auth', this.#options.admin, 'admin session');
  }

  #adminTokenLogin(): LoadRequest {
    return this.#tokenLogin('/admin/auth/token', this.#options.admin, 'admin token');
  }

  #login(path: string, who: object, kind: Login['kind']): LoadRequest {
    return {
      ...this.#post(path, who, ''),
      judge: (answer) => {
        if (answer.status !== 200) return `status ${answer.status}`;
        const cookie = sessionCookie(answer);
        if (cookie === undefined) return 'status 200 without a session cookie';
        this.logins.add({ kind, headers: { cookie } });
        return undefined;
      },
    };
  }

  #tokenLogin(path: string, who: object, kind: Login['kind']): LoadRequest {
    return {
      ...this.#post(path, who, ''),
      judge: (answer) => {
        const problem = wrong(answer, '"access_token":"');
        if (problem !== undefined) return problem;
        const token = (JSON.parse(answer.body) as { access_token: string }).access_token;
        this.logins.add({ kind, headers: { authorization: `Bearer ${token}` } });
        return undefined;
      },
    };
  }
}

/** A status other than 200, or a body that does not hold what it must. */
function wrong(answer: Answer, holds: string): string | undefined {
  if (answer.status !== 200) return `status ${answer.status}`;
  return answer.body.includes(holds) ? undefined : 'status 200 with a wrong body';
}

function plainGet(path: string, headers: ShopMixOptions['headers']): LoadRequest {
  return { method: 'GET', path, headers, judge: (answer) => wrong(answer, '') };
}

/** Outside the load, before it: a wrong answer is an error. */
async function answered(origin: string, request: LoadRequest): Promise<Answer> {
  const { method, path, headers, body } = request;
  const response = await send(`${origin}${path}`, { method, headers, ...(body ? { body } : {}) });
  const answer = {
    status: response.statusCode,
    headers: response.headers,
    body: await response.body.text(),
  };
  const problem = request.judge(answer);
  if (problem !== undefined) throw new Error(`${method} ${path}: ${problem}`);
  return answer;
}

/** Each kind as often as its share says, spread evenly. */
export function interleave<K extends string>(shares: Readonly<Record<K, number>>): K[] {
  const entries = Object.entries(shares) as [K, number][];
  return entries
    .flatMap(([kind, share], order) =>
      Array.from({ length: share }, (_, index) => ({
        kind,
        at: (index + (order + 0.5) / entries.length) / share,
      })),
    )
    .sort((left, right) => left.at - right.at)
    .map(({ kind }) => kind);
}
