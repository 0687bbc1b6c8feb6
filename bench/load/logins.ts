import type { Answer, LoadRequest } from './request.ts';

/** Somebody who is logged in: a session's cookie or a bearer token, sent as a header. */
export interface Login {
  readonly kind: 'admin session' | 'admin token' | 'customer session' | 'customer token';
  readonly headers: Readonly<Record<string, string>>;
}

/** Whoever is logged in, and who was refused although they should not have been. */
export class Logins {
  readonly #opened: Login[] = [];
  readonly #lost = new Set<Login>();
  readonly #turns = new Map<Login['kind'], number>();

  add(login: Login): void {
    this.#opened.push(login);
  }

  /** The logins of a kind in turn, those lost too; throws when nobody has logged in that way. */
  inTurn(kind: Login['kind']): Login {
    const found = this.#opened.filter((login) => login.kind === kind);
    const turn = this.#turns.get(kind) ?? 0;
    this.#turns.set(kind, turn + 1);
    const login = found[turn % found.length];
    if (!login) throw new Error(`no ${kind} is open`);
    return login;
  }

  get count(): number {
    return this.#opened.length;
  }

  /** How many were answered 401 at least once. */
  get lost(): number {
    return this.#lost.size;
  }

  /** The same request on behalf of a login: an answer 401 means that the login is lost. */
  as(login: Login, request: LoadRequest): LoadRequest {
    return {
      ...request,
      headers: { ...request.headers, ...login.headers },
      judge: (answer) => {
        if (answer.status !== 401) return request.judge(answer);
        this.#lost.add(login);
        return `status 401: the ${login.kind} is lost`;
      },
    };
  }
}

/** The `name=value` of an answer's session cookie; undefined where it sets none. */
export function sessionCookie(answer: Answer): string | undefined {
  return [answer.headers['set-cookie'] ?? []].flat()[0]?.split(';')[0];
}
