/** What the health path answered. */
export interface HealthAnswer {
  readonly ok: boolean;
  /** undefined: no answer. */
  readonly status?: number;
  /** `GET URL: 200 OK in 12 ms`. */
  readonly text: string;
}

const limitMs = 5_000;

/** Asks once. Any failure is an answer that is not `ok`. */
export async function askHealth(url: string): Promise<HealthAnswer> {
  const start = Date.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(limitMs), redirect: 'manual' });
    const body = (await response.text()).split('\n')[0]?.slice(0, 60) ?? '';
    return {
      ok: response.ok,
      status: response.status,
      text: `GET ${url}: ${response.status} ${body} in ${Date.now() - start} ms`,
    };
  } catch (error) {
    const { cause, name, message } = error as Error & { cause?: { code?: string } };
    const reason =
      name === 'TimeoutError' ? `within ${limitMs / 1000} s` : (cause?.code ?? message);
    return { ok: false, text: `GET ${url}: no answer (${reason})` };
  }
}
