import { resolve } from 'node:path';

/** A path as a stack file writes it: where it starts is known only to who knows the file. */
export class WrittenPath {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The same data with every path absolute, from a folder. */
export function withAbsolutePaths<T>(data: T, folder: string): T {
  if (data instanceof WrittenPath) return resolve(folder, data.text) as T;
  if (Array.isArray(data)) return data.map((item) => withAbsolutePaths(item, folder)) as T;
  if (data === null || typeof data !== 'object') return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, withAbsolutePaths(value, folder)]),
  ) as T;
}
