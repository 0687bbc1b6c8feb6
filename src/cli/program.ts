import { Command, InvalidArgumentError, Option } from 'commander';
import { type CommandName, type CommandText, commandTexts, generalExamples } from './commands.ts';
import type { Context } from './context.ts';
import type {
  CheckOptions,
  DeployOptions,
  EnvOptions,
  LogsOptions,
  PreviewOptions,
  RotateOptions,
  StackOptions,
} from './options.ts';

/**
 * The whole command line. Each command imports its module only when it runs; `done` gets its exit code.
 * Usage errors are thrown as CommanderError after their message was written.
 */
export function buildProgram(
  context: Context,
  version: string,
  done: (exitCode: number) => void,
): Command {
  const program = withTexts(new Command('medusa-infra'), context)
    .description(
      'One stack file brings up everything that a Medusa v1 backend needs: PostgreSQL with its own schema, Redis, generated secrets and the backend itself.',
    )
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', examplesText(generalExamples))
    .showHelpAfterError('Run "medusa-infra --help" for all commands.');

  const define = (name: CommandName, parent = program): Command => {
    const text: CommandText = commandTexts[name];
    const command = withTexts(new Command(name.split(' ').at(-1)), context)
      .summary(text.summary)
      .description(text.description)
      .addHelpText('after', examplesText(text.examples))
      .showHelpAfterError(`Run "medusa-infra ${name} --help" for its options and examples.`);
    parent.addCommand(command);
    return command;
  };

  define('start')
    .addOption(stackOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: StackOptions) =>
      done(await (await import('./start/start.ts')).start(context, options)),
    );

  define('check')
    .argument('<files...>', 'stack files, or folders that hold them')
    .addOption(jsonOption())
    .addOption(debugOption())
    .action(async (files: string[], options: CheckOptions) =>
      done((await import('./check/check-files.ts')).check(context, files, options)),
    );

  define('plan')
    .addOption(stackOption())
    .addOption(jsonOption())
    .addOption(debugOption())
    .action(async (options: StackOptions) =>
      done(await (await import('./plan/plan.ts')).plan(context, options)),
    );

  define('preview')
    .addOption(stackOption())
    .addOption(
      new Option('--expect-no-changes', 'exit code 1 if anything would change').default(false),
    )
    .addOption(jsonOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: PreviewOptions) =>
      done(await (await import('./run/deploy.ts')).preview(context, options)),
    );

  define('up')
    .addOption(stackOption())
    .addOption(yesOption())
    .addOption(jsonOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: DeployOptions) =>
      done(await (await import('./run/deploy.ts')).up(context, options)),
    );

  define('status')
    .addOption(stackOption())
    .addOption(jsonOption())
    .addOption(debugOption())
    .action(async (options: StackOptions) =>
      done(await (await import('./status/status.ts')).status(context, options)),
    );

  define('logs')
    .argument('[component]', 'one component, such as backend, database or migrate')
    .addOption(stackOption())
    .addOption(new Option('-f, --follow', 'go on until Ctrl-C'))
    .addOption(
      new Option('-n, --tail <lines>', 'the last lines of each container').argParser(lines),
    )
    .addOption(new Option('--since <age>', 'lines younger than this, such as 90s, 15m or 2h'))
    .addOption(debugOption())
    .action(async (component: string | undefined, options: LogsOptions) =>
      done(await (await import('./logs/logs.ts')).logs(context, component, options)),
    );

  define('env')
    .addOption(stackOption())
    .addOption(
      new Option('--format <format>', 'how to write them')
        .choices(['dotenv', 'json', 'shell'])
        .default('dotenv'),
    )
    .addOption(new Option('--show-secrets', 'print the values of secrets'))
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: EnvOptions) =>
      done(await (await import('./env/env.ts')).env(context, options)),
    );

  const secrets = define('secrets')
    .addOption(stackOption())
    .addOption(jsonOption())
    .addOption(debugOption())
    .helpCommand(false)
    .action(async (options: StackOptions) =>
      done(await (await import('./secrets/list.ts')).secrets(context, options)),
    );

  define('secrets set', secrets)
    .argument('<name>', 'a secret that the stack file declares as { from: config }')
    .addOption(stackOption())
    .addOption(jsonOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    // Options that the parent has too end up there, wherever they stand on the line.
    .action(async (name: string, _: StackOptions, command: Command) =>
      done(
        await (await import('./secrets/set.ts')).setSecret(
          context,
          name,
          command.optsWithGlobals(),
        ),
      ),
    );

  define('rotate')
    .argument('[names...]', 'generated secrets, such as jwt, cookie, database or redis')
    .addOption(stackOption())
    .addOption(new Option('--all', 'every generated secret'))
    .addOption(new Option('--due', 'those that are older than their maxAge'))
    .addOption(new Option('--dry-run', 'say what would be done, and touch nothing'))
    .addOption(yesOption())
    .addOption(jsonOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (names: string[], options: RotateOptions) =>
      done(await (await import('./rotate/rotate.ts')).rotate(context, names, options)),
    );

  define('pulumi-env')
    .addOption(stackOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: StackOptions) =>
      done(await (await import('./run/pulumi-env.ts')).pulumiEnv(context, options)),
    );

  define('cancel')
    .addOption(stackOption())
    .addOption(yesOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: DeployOptions) =>
      done(await (await import('./run/cancel.ts')).cancel(context, options)),
    );

  define('destroy')
    .addOption(stackOption())
    .addOption(yesOption())
    .addOption(jsonOption())
    .addOption(offlineOption())
    .addOption(debugOption())
    .action(async (options: DeployOptions) =>
      done(await (await import('./destroy/destroy.ts')).destroy(context, options)),
    );

  return program;
}

/** Streams and wording that commander does not inherit to commands that are made apart. */
function withTexts(command: Command, context: Context): Command {
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

function examplesText(examples: CommandText['examples']): string {
  const lines = examples.map(([command, meaning]) => `  ${command}\n      ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

function stackOption(): Option {
  return new Option('-s, --stack <stack>', 'stack: a file of the stacks folder').default('dev');
}

function jsonOption(): Option {
  return new Option('--json', 'print one JSON document');
}

function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask');
}

function offlineOption(): Option {
  return new Option('--offline', 'never use the network; fail where something is missing');
}

function debugOption(): Option {
  return new Option('--debug', 'show where an unexpected error came from');
}

function lines(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('A number of lines, such as 100.');
  return Number(text);
}
