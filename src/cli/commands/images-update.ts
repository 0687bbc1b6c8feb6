import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, type StackOptions, stackFlag } from '../options.ts';

export const imagesUpdate: CommandDefinition = {
  name: 'images update',
  summary: 'take newer images, with their security fixes, into the lock',
  description:
    'Chooses images of a stack again, all of them or those that are named (postgres, redis, node, edge, backend), within the major version in use: asks the registry whatever the engine has, or, for images from Debian packages, builds again if apt offers newer packages. Writes stacks/images.lock.yaml and prints what changed; nothing that runs is touched, and the next `up` rolls it out. With --json: `changed`, and `images`, a list of `{ name, reference, from, to, fromVersion, toVersion, changed }`.',
  examples: [
    ['medusa-infra images update -s staging', 'all images of staging'],
    ['medusa-infra images update backend -s prod', 'what the tag of the backend means now'],
  ],
  configure: (command, run) =>
    command
      .argument('[names...]', 'images to update; all if none is named')
      .addOption(stackFlag())
      .addOption(jsonFlag())
      .addOption(debugFlag())
      .action(
        // Commander gives options that the parent has too to the parent, wherever they stand on the line.
        run(async (context, names: string[], _: StackOptions, self: Command) =>
          (await import('../images/update.ts')).updateImages(
            context,
            names,
            self.optsWithGlobals(),
          ),
        ),
      ),
};
