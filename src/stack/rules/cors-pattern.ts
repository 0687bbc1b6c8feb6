import { createContext, runInContext } from 'node:vm';

/** As Medusa's parseCorsOrigins recognises one. */
const DELIMITED = /^([/~@;%#'])(.*?)\1([gimsuy]*)$/;

export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** The pattern between its delimiters; undefined when Medusa would take the entry for a plain text. */
export function parsePattern(value: string): Pattern | undefined {
  const match = DELIMITED.exec(value);
  return match ? { source: match[2] ?? '', flags: match[3] ?? '' } : undefined;
}

/** What is wrong with a pattern by itself, as the text before "got"; undefined when nothing is. */
export function patternProblem(value: string): string | undefined {
  const delimiter = value[0] ?? '/';
  const pattern = parsePattern(value);
  if (!pattern) {
    const last = value.lastIndexOf(delimiter);
    const after = value.slice(last + 1);
    return last > 0 && /^[A-Za-z]+$/.test(after)
      ? 'flags after the pattern: only i, m, s and u'
      : `a pattern that ends with ${delimiter} as it begins`;
  }
  if (pattern.source === '') return 'a pattern such as /^https:\\/\\/.+\\.example\\.com$/';
  if (value.includes(','))
    return 'a pattern without comma: Medusa splits the list there; write it as several entries';
  if (/\s/.test(value)) return 'a pattern without space, as no origin holds one';
  if (/[gy]/.test(pattern.flags)) {
    return 'a pattern without the flags g and y, with which it matches only every other time';
  }
  try {
    new RegExp(pattern.source, pattern.flags);
    return undefined;
  } catch (error) {
    // V8 quotes the whole pattern before its reason.
    const reason = error instanceof Error ? (error.message.split(': ').at(-1) ?? '') : '';
    return `a pattern that compiles (${reason.charAt(0).toLowerCase()}${reason.slice(1)})`;
  }
}

export type Stranger =
  | { readonly kind: 'match'; readonly origin: string; readonly fix: string }
  | { readonly kind: 'slow' };

const ANYONE = 'name your own host in it, between ^ and $';

/** Origins that a stranger can own, tried on a pattern, each with what would shut it out. */
function probes(source: string): { origin: string; fix: string }[] {
  const list = [
    'https://attacker.test',
    'http://attacker.test',
    'https://attacker.test:8443',
    'https://a.b-1.attacker.test',
    'https://1.attacker.test',
    'https://attacker.com',
    'https://attacker.example',
  ].map((origin) => ({ origin, fix: ANYONE }));
  for (const host of namedHosts(source)) {
    const labels = host.split('.');
    const owned = labels.slice(-2).join('.');
    for (const scheme of ['https', 'http']) {
      list.push(
        { origin: `${scheme}://${host}.attacker.test`, fix: 'end it with $' },
        { origin: `${scheme}://a.${host}.attacker.test`, fix: 'end it with $' },
        {
          origin: `${scheme}://attacker${owned}`,
          fix: 'put \\. before the host, and ^ at the beginning',
        },
        {
          origin: `${scheme}://attacker-${owned}`,
          fix: 'put \\. before the host, and ^ at the beginning',
        },
      );
      for (const changed of dotsReplaced(labels)) {
        list.push({ origin: `${scheme}://${changed}`, fix: 'write \\. for each dot of the host' });
        list.push({
          origin: `${scheme}://a.${changed}`,
          fix: 'write \\. for each dot of the host',
        });
      }
    }
  }
  return list;
}

/** Hosts that a pattern names: `shop\.example\.com` and `shop.example.com` alike. */
export function namedHosts(source: string): string[] {
  const text = source.replace(/\\([./-])/g, '$1').replace(/\\[dwsDWSbB]/g, '(');
  const hosts =
    text.match(/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+/gi) ?? [];
  return [...new Set(hosts.map((host) => host.toLowerCase()))].slice(0, 20);
}

/** The host with each of its dots replaced by a letter: another domain that anyone can register. */
function dotsReplaced(labels: readonly string[]): string[] {
  return labels
    .slice(1)
    .map((_, index) => {
      const before = labels.slice(0, index + 1).join('.');
      return `${before}x${labels.slice(index + 1).join('.')}`;
    })
    .filter((host) => host.includes('.'));
}

const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, index) =>
  String.fromCharCode(0x20 + index),
);

/**
 * Texts of one letter, each of which a header can have, on which a pattern that backtracks without bound does not end:
 * after what the pattern begins with, and after a first label or word.
 */
function longTexts(source: string): string[] {
  // A letter that is repeated does not belong to it.
  const literal = /^\^?((?:(?:\\[^\w\s]|[\w\-/:])(?![*+?{]))*)/.exec(source)?.[1] ?? '';
  const starts = new Set(['', 'https://', literal.replaceAll('\\', '')]);
  return [...starts].flatMap((start) =>
    PRINTABLE.flatMap((letter) => {
      const long = letter.repeat(60);
      return ['', 'a.', 'a-'].flatMap((word) => [
        `${start}${word}${long}\u0000`,
        `${start}${word}${`${letter}.`.repeat(30)}\u0000`,
      ]);
    }),
  );
}

/**
 * A pattern that ends takes less than a millisecond. On a busy machine other programs may have had all of the first
 * limit, which is why there is a second one.
 */
const LIMITS_MS = [250, 2500];

/** The first origin of strangers that a pattern matches; undefined when it matches none of the probes. */
export function matchedStranger(
  { source, flags }: Pattern,
  run: typeof runInContext = runInContext,
): Stranger | undefined {
  const list = probes(source);
  const origins = list.map(({ origin }) => origin);
  const slow = longTexts(source);
  for (const timeout of LIMITS_MS) {
    try {
      const sandbox = createContext({ source, flags, texts: [...origins, ...slow], matched: -1 });
      // A separate context: only there can a pattern be stopped that does not end.
      run(
        'const p = new RegExp(source, flags); matched = texts.map((t) => p.test(t)).indexOf(true)',
        sandbox,
        { timeout },
      );
      const probe = list[sandbox['matched'] as number];
      return probe ? { kind: 'match', ...probe } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
  }
  return { kind: 'slow' };
}
