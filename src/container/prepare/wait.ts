/** Milliseconds between two tries. */
const PAUSE_MS = 500;

export interface WaitOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Whether another try could help. */
  readonly isTransient: (error: unknown) => boolean;
  /** Called once, at the first failure. */
  readonly onWait: (error: unknown) => void;
}

/** Tries until it works, until it fails for good, or until the time is over; throws the last error. */
export async function waitFor<T>(attempt: () => Promise<T>, options: WaitOptions): Promise<T> {
  const deadline = Date.now() + options.seconds * 1000;
  for (let tries = 0; ; tries++) {
    options.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!options.isTransient(error) || Date.now() + PAUSE_MS > deadline) throw error;
      if (tries === 0) options.onWait(error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether nobody answered at that address. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has(codeOf(error));
}

/** Whether the server's certificate was refused. */
export function isCertificateError(error: unknown): boolean {
  return /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED/.test(codeOf(error));
}

/** The error's code: `ECONNREFUSED`, a SQLSTATE such as `28P01`, or an empty text. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  // Node joins the errors of several addresses (IPv6, IPv4) into one.
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return errors && errors.length > 0 ? codeOf(errors[0]) : '';
}
