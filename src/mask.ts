const MASK = '***';

/** Shorter values would blank out ordinary words; no secret that the kit accepts is that short. */
const SHORTEST_SECRET = 4;
/** Of base64 and hex, which look alike more often. */
const SHORTEST_ENCODED = 8;

/**
 * Shows every secret in a text as `***`: as it is, line by line, what is secret inside of it, and percent-encoded,
 * in JSON, in hex, or anywhere in base64. Also runs in the container, on the Node of its image.
 */
export function masker(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const part of partsOf(secret)) {
      if (part.length < SHORTEST_SECRET) continue;
      for (const form of [part, encodeURIComponent(part), encodeURI(part), inJson(part)]) {
        forms.add(form);
      }
      for (const form of binaryForms(part)) if (form.length >= SHORTEST_ENCODED) forms.add(form);
    }
  }
  // The longest first: a secret inside of a longer one must not leave the rest of that one readable.
  const longestFirst = [...forms].sort((left, right) => right.length - left.length);
  return (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

/** The value, its lines (a key in PEM form shows up line by line), and what is secret inside of it. */
function partsOf(secret: string): string[] {
  const whole = secret.trim();
  return [secret, whole, ...secret.split(/\r?\n/), ...secretsInside(whole)];
}

/** The password of a URL, and the entries of a JSON list (`JWT_SECRET_PREVIOUS`): each is a secret too. */
export function secretsInside(secret: string): string[] {
  try {
    const list: unknown = JSON.parse(secret);
    if (Array.isArray(list)) return list.filter((item): item is string => typeof item === 'string');
  } catch {
    // No JSON.
  }
  try {
    const { password } = new URL(secret);
    return password ? [password, decoded(password)] : [];
  } catch {
    return [];
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function binaryForms(text: string): string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((before) => inBase64(bytes, before));
  const urlSafe = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [hex, hex.toUpperCase(), ...base64, ...urlSafe];
}

/** The letters that stand for these bytes alone, where they follow others, as in `user:password`. */
function inBase64(bytes: Buffer, before: number): string {
  const letters = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor(((before + bytes.length) * 8) / 6);
  return letters.slice(first, end);
}
