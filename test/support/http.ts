/** An admin session: the cookie to send back. */
export interface AdminSession {
  readonly cookie: string;
  /** The whole Set-Cookie header, for its attributes. */
  readonly setCookie: string;
}

type Headers = Readonly<Record<string, string>>;

/** GET; the body is parsed when it is JSON. */
export async function get(
  url: string,
  headers: Headers = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) });
  return { status: response.status, body: parsed(await response.text()) };
}

/** POST of a JSON document. */
export async function post(
  url: string,
  document: unknown,
  headers: Headers = {},
): Promise<{ status: number; body: unknown; setCookie: string | undefined }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(document),
    signal: AbortSignal.timeout(20_000),
  });
  return {
    status: response.status,
    body: parsed(await response.text()),
    setCookie: response.headers.getSetCookie()[0],
  };
}

/** Logs an admin user in; throws when the answer is not 200 or has no cookie. */
export async function logIn(
  url: string,
  email: string,
  password: string,
  headers: Headers = {},
): Promise<AdminSession> {
  const { status, setCookie } = await post(`${url}/admin/auth`, { email, password }, headers);
  if (status !== 200) throw new Error(`login answered ${status}`);
  if (!setCookie) throw new Error('login answered 200 and set no cookie');
  return { setCookie, cookie: setCookie.split(';')[0] ?? '' };
}

/** Titles of the products that the store lists, sorted. */
export async function productTitles(url: string): Promise<string[]> {
  const { status, body } = await get(`${url}/store/products`);
  if (status !== 200) throw new Error(`/store/products answered ${status}`);
  return (body as { products: { title: string }[] }).products.map(({ title }) => title).sort();
}

/** What a probe saw between its start and its stop. */
export interface ProbeReport {
  readonly sent: number;
  /** Status or error of each request that was not answered 200, with its time since the start. */
  readonly failures: readonly string[];
  readonly slowestSeconds: number;
}

/**
 * Asks `url` again and again, one request after the other; `stop` gives what it saw.
 * @param every milliseconds from one request to the next
 */
export function probe(
  url: string,
  headers: Headers = {},
  every = 200,
): { stop(): Promise<ProbeReport> } {
  const began = Date.now();
  const failures: string[] = [];
  let sent = 0;
  let slowest = 0;
  let going = true;
  const running = (async () => {
    while (going) {
      const at = Date.now();
      sent += 1;
      const outcome = await get(url, headers).then(
        ({ status }) => (status === 200 ? undefined : String(status)),
        (error: Error) => `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`,
      );
      if (outcome) failures.push(`${((at - began) / 1000).toFixed(1)} s: ${outcome.trim()}`);
      slowest = Math.max(slowest, Date.now() - at);
      await new Promise((next) => setTimeout(next, Math.max(0, every - (Date.now() - at))));
    }
  })();
  return {
    async stop() {
      going = false;
      await running;
      return { sent, failures, slowestSeconds: slowest / 1000 };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
