/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The reason in a message of AWS's SDK, which adds details below it. */
export function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** The reason in the output of an engine, a provider or a program, which log before it. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
