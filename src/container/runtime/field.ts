import * as z from 'zod/mini';

/** What a parser returns instead of a value; the message never holds the value. */
export class Wrong {
  readonly messages: readonly string[];
  constructor(...messages: string[]) {
    this.messages = messages;
  }
}

/** A zod schema that turns a variable's text into a typed value with `parse`. */
export function text<T>(parse: (value: string) => T | Wrong) {
  return z.pipe(
    z.string({ error: 'not set' }),
    z.transform((value, context): T => {
      const parsed = parse(value);
      if (!(parsed instanceof Wrong)) return parsed;
      for (const message of parsed.messages) {
        context.issues.push({ code: 'custom', message, input: undefined });
      }
      return z.NEVER;
    }),
  );
}

/** A zod schema for a variable that holds JSON of the form `shape`. */
export function json<T extends z.ZodMiniType>(shape: T) {
  return z.pipe(
    text((value): unknown => {
      try {
        return JSON.parse(value);
      } catch {
        // JSON.parse quotes the text in its message: it is not passed on.
        return new Wrong('not JSON');
      }
    }),
    shape,
  );
}

/** `NAME[1].options` for an issue's path. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`;
    return shown === '' ? String(part) : `${shown}.${String(part)}`;
  }, '');
}
