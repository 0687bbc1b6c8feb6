import { InvalidArgumentError, Option } from 'commander';
import type { CommandDefinition } from '../command.ts';
import type { LogsOptions } from '../logs/options.ts';
import { debugFlag, stackFlag } from '../options.ts';

export const logs: CommandDefinition = {
  name: 'logs',
  summary: 'show the logs of a stack, or of one of its components',
  description:
    'Shows the lines of all containers of a stack in time order, including the jobs that prepared the database, each with the name of its component. On aws it reads what the containers wrote to CloudWatch: the last hour, unless --since is given.',
  examples: [
    ['medusa-infra logs backend --follow', 'the backend, line by line as it writes'],
    ['medusa-infra logs migrate --tail 50', 'the end of the last migration'],
    ['medusa-infra logs --since 10m', 'everything from the last ten minutes'],
  ],
  configure: (command, run) =>
    command
      .argument('[component]', 'one component, such as backend, database or migrate')
      .addOption(stackFlag())
      .addOption(new Option('-f, --follow', 'continue until Ctrl-C'))
      .addOption(
        new Option('-n, --tail <lines>', 'only the last lines of each container').argParser(lines),
      )
      .addOption(
        new Option('--since <age>', 'only lines younger than this, such as 90s, 15m or 2h'),
      )
      .addOption(debugFlag())
      .action(
        run(async (context, component: string | undefined, options: LogsOptions) =>
          (await import('../logs/logs.ts')).showLogs(context, component, options),
        ),
      ),
};

function lines(text: string): number {
  if (!/^\d{1,7}$/.test(text)) {
    throw new InvalidArgumentError('It must be a number of lines, such as 100.');
  }
  return Number(text);
}
