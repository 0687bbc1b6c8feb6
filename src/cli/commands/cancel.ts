import type { CommandDefinition } from '../command.ts';
import { type DeployOptions, debugFlag, offlineFlag, stackFlag, yesFlag } from '../options.ts';

export const cancel: CommandDefinition = {
  name: 'cancel',
  summary: 'unlock a stack whose update was killed',
  description:
    'Removes the lock of another update. Do this only if that update no longer runs: two updates at once corrupt the state.',
  examples: [['medusa-infra cancel -s dev', 'after an update was killed']],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(yesFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: DeployOptions) =>
          (await import('../run/cancel.ts')).cancelUpdate(context, options),
        ),
      ),
};
