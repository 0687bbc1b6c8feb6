import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, type StackOptions, stackFlag } from '../options.ts';

export const images: CommandDefinition = {
  name: 'images',
  summary: 'list the images of a stack: what they are pinned to, and how old they are',
  description:
    'Lists the images in stacks/images.lock.yaml: reference, version, digest or ID, when it was chosen and when it was built. With `images.maxAge` in the stack file, those that were neither chosen nor found to be the newest for that long are due. Without an engine, when they were built is shown as unknown. With --json: `maxAgeDays`, and `images`, a list of `{ name, reference, ref, version, chosen, checked, created, ageDays, due }`, null where something does not apply or is not known.',
  examples: [
    ['medusa-infra images -s staging', 'all images of staging'],
    ['medusa-infra images -s staging --json', 'for a script'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(jsonFlag())
      .addOption(debugFlag())
      .helpCommand(false)
      .action(
        run(async (context, options: StackOptions) =>
          (await import('../images/list.ts')).listImages(context, options),
        ),
      ),
};
