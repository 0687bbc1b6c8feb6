import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, type StackOptions, stackFlag } from '../options.ts';

export const plan: CommandDefinition = {
  name: 'plan',
  summary: 'print what a stack file means: names, images, variables, sizes',
  description:
    'Prints everything that is derived from the stack file, without Docker, a cloud or a passphrase. Secrets appear by name only.',
  examples: [
    ['medusa-infra plan', 'the stack dev'],
    ['medusa-infra plan -s staging --json', 'the exact plan of staging'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(jsonFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: StackOptions) =>
          (await import('../plan/plan.ts')).printPlan(context, options),
        ),
      ),
};
