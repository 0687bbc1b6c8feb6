import type { Context } from '../context.ts';

/** Prints lines of logs, each behind the name of what wrote it, in its own column and colour. */
export class LogPrinter {
  readonly #context: Context;
  readonly #width: number;
  readonly #names: readonly string[];

  constructor(context: Context, names: readonly string[]) {
    this.#context = context;
    this.#names = names;
    this.#width = Math.max(...names.map((name) => name.length));
  }

  print(name: string, text: string): void {
    const { cyan, green, yellow, magenta, blue } = this.#context.color.stdout;
    const paints = [cyan, green, yellow, magenta, blue];
    const paint = paints[Math.max(0, this.#names.indexOf(name)) % paints.length] ?? cyan;
    this.#context.stdout.write(`${paint(`${name.padEnd(this.#width)} |`)} ${text}\n`);
  }
}
