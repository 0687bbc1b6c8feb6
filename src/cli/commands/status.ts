import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, type StackOptions, stackFlag } from '../options.ts';

export const status: CommandDefinition = {
  name: 'status',
  summary: 'show what runs of a stack, and whether it is healthy',
  description:
    'Asks the Docker engine, or AWS, rather than Pulumi, so it is quick and needs no passphrase. Exit code 1 if something that should run does not, or if the stack does not answer.',
  examples: [
    ['medusa-infra status', 'the stack dev'],
    ['medusa-infra status -s staging --json', 'for a script'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(jsonFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: StackOptions) =>
          (await import('../status/status.ts')).showStatus(context, options),
        ),
      ),
};
