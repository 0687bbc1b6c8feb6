const MASK = '***';

/** A shorter value is one of a development stack that occurs by chance, such as `1`. */
const LEAST_LENGTH = 4;

/**
 * A text with every secret in it shown as `***`, and so the passwords of those that are URLs, as they
 * stand there and decoded.
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.length >= LEAST_LENGTH));
  // The longest first: a URL as a whole before the password in it.
  return [...forms]
    .sort((left, right) => right.length - left.length)
    .reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

function formsOf(secret: string): string[] {
  const whole = secret.trim();
  const password = URL.canParse(whole) ? new URL(whole).password : '';
  return [whole, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
