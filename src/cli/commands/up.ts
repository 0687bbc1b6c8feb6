import type { CommandDefinition } from '../command.ts';
import {
  type DeployOptions,
  debugFlag,
  jsonFlag,
  offlineFlag,
  type RefreshOptions,
  refreshFlag,
  stackFlag,
  yesFlag,
} from '../options.ts';

export const up: CommandDefinition = {
  name: 'up',
  summary: 'create or update a stack',
  description:
    'Checks the stack file and that the files, ports and images it names are available, shows what would change, asks, and applies it. With --yes it neither shows the changes first nor asks. The first Ctrl-C stops after the steps in progress; what is done is kept, and the next `up` continues from there.',
  examples: [
    ['medusa-infra up', 'the stack dev; asks first'],
    ['medusa-infra up -s staging --yes', 'without a question'],
    ['medusa-infra up --yes --json', 'one JSON document with what changed and the URL'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(yesFlag())
      .addOption(refreshFlag())
      .addOption(jsonFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: DeployOptions & RefreshOptions) =>
          (await import('../run/up.ts')).upStack(context, options),
        ),
      ),
};
