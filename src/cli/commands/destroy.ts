import type { CommandDefinition } from '../command.ts';
import {
  type DeployOptions,
  debugFlag,
  jsonFlag,
  offlineFlag,
  stackFlag,
  yesFlag,
} from '../options.ts';

export const destroy: CommandDefinition = {
  name: 'destroy',
  summary: 'remove a stack; data is kept unless the file says otherwise',
  description:
    'Lists what it removes and what it keeps, asks, and removes it. Volumes with `onDestroy: keep` stay, and a later `up` uses them again; the command prints the line that removes them for good. On aws final snapshots stay, and a later `up` starts with an empty database.',
  examples: [
    ['medusa-infra destroy', 'the stack dev; asks first'],
    ['medusa-infra destroy -s staging --yes', 'without a question'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(yesFlag())
      .addOption(jsonFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: DeployOptions) =>
          (await import('../destroy/destroy.ts')).destroyStack(context, options),
        ),
      ),
};
