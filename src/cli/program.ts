import { Command } from 'commander';
import {
  type CommandDefinition,
  type CommandText,
  commandOf,
  examplesText,
  type Run,
  withOutput,
} from './command.ts';
import { admin } from './commands/admin.ts';
import { adminCreate } from './commands/admin-create.ts';
import { cancel } from './commands/cancel.ts';
import { check } from './commands/check.ts';
import { destroy } from './commands/destroy.ts';
import { env } from './commands/env.ts';
import { images } from './commands/images.ts';
import { imagesUpdate } from './commands/images-update.ts';
import { logs } from './commands/logs.ts';
import { plan } from './commands/plan.ts';
import { preview } from './commands/preview.ts';
import { pulumiEnv } from './commands/pulumi-env.ts';
import { rotate } from './commands/rotate.ts';
import { secrets } from './commands/secrets.ts';
import { secretsSet } from './commands/secrets-set.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { up } from './commands/up.ts';
import type { Context } from './context.ts';

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  start,
  check,
  plan,
  preview,
  up,
  status,
  logs,
  env,
  secrets,
  secretsSet,
  rotate,
  admin,
  adminCreate,
  images,
  imagesUpdate,
  pulumiEnv,
  cancel,
  destroy,
];

const generalExamples: CommandText['examples'] = [
  ['medusa-infra start', 'start the development stack'],
  ['medusa-infra check stacks', 'check all stack files'],
  ['medusa-infra up -s staging', 'create or update the stack staging'],
  ['medusa-infra logs backend --follow', 'follow the log of the backend'],
];

/**
 * The whole command line; `done` gets the exit code of the command that ran. Usage errors are thrown as
 * CommanderError after their message was written.
 */
export function buildProgram(
  context: Context,
  version: string,
  done: (exitCode: number) => void,
): Command {
  const program = withOutput(new Command('medusa-infra'), context)
    .description(
      'One stack file describes everything that a Medusa v1 backend needs: PostgreSQL with its own schema, Redis, generated secrets and the backend itself.',
    )
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', examplesText(generalExamples))
    .showHelpAfterError('Run "medusa-infra --help" for all commands.');
  const run: Run =
    (action) =>
    async (...args) =>
      done(await action(context, ...args));
  for (const definition of commands) {
    const [parent] = definition.name.split(' ').slice(0, -1);
    const above = program.commands.find((command) => command.name() === parent) ?? program;
    above.addCommand(commandOf(definition, context, run));
  }
  return program;
}
