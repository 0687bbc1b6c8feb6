import { Command } from 'commander';
import type { Context } from './context.ts';

/** One command as the help and docs/cli.md show it. */
export interface CommandText {
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

/**
 * A command: its words, flags and action. The action imports its work when it runs, so that each
 * command loads only what it needs.
 */
export interface CommandDefinition extends CommandText {
  /** As typed: `up`, or `secrets set` for a command below another. */
  readonly name: string;
  /** Adds the arguments, the options and the action. */
  configure(command: Command, run: Run): void;
}

/** Makes a commander action of one that gets the context and returns the exit code. */
export type Run = <Args extends unknown[]>(
  action: (context: Context, ...args: Args) => number | Promise<number>,
) => (...args: Args) => Promise<void>;

/** A commander command with the words of its definition; `run` is passed on to its action. */
export function commandOf(definition: CommandDefinition, context: Context, run: Run): Command {
  const { name, summary, description, examples } = definition;
  const command = withOutput(new Command(name.split(' ').at(-1)), context)
    .summary(summary)
    .description(description)
    .addHelpText('after', examplesText(examples))
    .showHelpAfterError(`Run "medusa-infra ${name} --help" for its options and examples.`);
  definition.configure(command, run);
  return command;
}

/** Sets the streams and wording that commander does not inherit to commands that are created apart. */
export function withOutput(command: Command, context: Context): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'show help')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
      getOutHasColors: () => context.color.stdout.isColorSupported,
      getErrHasColors: () => context.color.stderr.isColorSupported,
    });
}

/** The examples as the end of a help text. */
export function examplesText(examples: CommandText['examples']): string {
  const lines = examples.map(([command, meaning]) => `  ${command}\n      ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
