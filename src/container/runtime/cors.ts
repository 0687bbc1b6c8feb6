import { Wrong } from './field.ts';

/** Medusa's own form of a pattern: a delimiter, the expression, the delimiter, flags. */
const PATTERN = /^([/~@;%#'])(.*?)\1([gimsuy]*)$/;
const DELIMITER = /^[/~@;%#']/;

/**
 * A CORS list in the one form that Medusa reads rightly: it splits at every comma, trims nothing and
 * compares text, so a space, a trailing slash, an upper-case host or a default port would never match.
 * Takes a list separated by commas or a JSON list.
 */
export function parseCorsList(value: string): string | Wrong {
  const entries = splitList(value);
  if (!entries) return new Wrong('not a JSON list of texts');
  const wrong: string[] = [];
  const list: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const normal = DELIMITER.test(entry) ? parsePattern(entry) : parseOrigin(entry);
    if (normal instanceof Wrong) {
      wrong.push(...normal.messages.map((message) => `entry ${index + 1} ${message}`));
    } else list.push(normal);
  }
  return wrong.length > 0 ? new Wrong(...wrong) : list.join(',');
}

function splitList(value: string): string[] | undefined {
  let entries: unknown = value.split(',');
  if (value.trimStart().startsWith('[')) {
    try {
      entries = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  if (!Array.isArray(entries) || !entries.every((entry) => typeof entry === 'string')) {
    return undefined;
  }
  return entries.map((entry: string) => entry.trim()).filter((entry) => entry !== '');
}

function parsePattern(entry: string): string | Wrong {
  const match = PATTERN.exec(entry);
  if (!match) {
    return new Wrong(
      'is a pattern that does not end with its delimiter: Medusa splits the list at every comma, so write one without a comma',
    );
  }
  const [, delimiter = '', source = '', flags = ''] = match;
  if (source.includes(',')) {
    return new Wrong('is a pattern with a comma, at which Medusa splits the list');
  }
  // With `g` or `y` an expression remembers where it stopped and misses every other request.
  const steady = flags.replace(/[gy]/g, '');
  try {
    new RegExp(source, steady);
  } catch {
    return new Wrong('is not a valid regular expression');
  }
  return `${delimiter}${source}${delimiter}${steady}`;
}

function parseOrigin(entry: string): string | Wrong {
  if (entry === '*') {
    return new Wrong(
      'is "*", which never matches; list the origins, or a pattern such as /\\.shop\\.example$/',
    );
  }
  let url: URL;
  try {
    url = new URL(entry);
  } catch {
    return new Wrong('is not an origin such as https://shop.example.com');
  }
  if (url.pathname.length > 1 || url.search || url.hash || url.username || url.password) {
    return new Wrong('is more than an origin: keep scheme, host and port');
  }
  if (!url.host) return new Wrong('is not an origin such as https://shop.example.com');
  // Apps send origins such as capacitor://localhost, for which `origin` is "null".
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin;
}
