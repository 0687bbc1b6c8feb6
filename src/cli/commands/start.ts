import type { CommandDefinition } from '../command.ts';
import { debugFlag, offlineFlag, type StackOptions, stackFlag } from '../options.ts';

export const start: CommandDefinition = {
  name: 'start',
  summary: 'start the development stack and show how to use it',
  description:
    'What `npm start` runs: installs the toolchain and the images, runs `up` without asking, and prints the URL, the answer of the health check and the next commands.',
  examples: [
    ['medusa-infra start', 'the stack dev, from nothing to a URL that answers'],
    ['medusa-infra start --offline', 'the same with what is already on this machine'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: StackOptions) =>
          (await import('../start/start.ts')).startStack(context, options),
        ),
      ),
};
