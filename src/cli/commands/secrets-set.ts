import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, offlineFlag, type StackOptions, stackFlag } from '../options.ts';

export const secretsSet: CommandDefinition = {
  name: 'secrets set',
  summary: 'set the value of a secret that is declared `from: config`',
  description:
    'Asks for the value without showing it, or reads it from standard input if something is piped in (one line break at the end is removed). Rejects what `up` would reject: empty values, well-known defaults outside development, signing secrets that are too short. The value is stored encrypted in stacks/Pulumi.<stack>.yaml; it appears in no output and no process argument. Where the stack file has `since` or `maxAge` for the secret, today becomes its `since`. The running stack gets the value at the next `up`.',
  examples: [
    ['medusa-infra secrets set stripeApiKey -s staging', 'asks for the value'],
    [
      'pass show shop/stripe | medusa-infra secrets set stripeApiKey -s staging',
      'from another tool',
    ],
  ],
  configure: (command, run) =>
    command
      .argument('<name>', 'a secret that the stack file declares as { from: config }')
      .addOption(stackFlag())
      .addOption(jsonFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        // Commander gives options that the parent has too to the parent, wherever they stand on the line.
        run(async (context, name: string, _: StackOptions, self: Command) =>
          (await import('../secrets/set.ts')).setSecret(context, name, self.optsWithGlobals()),
        ),
      ),
};
