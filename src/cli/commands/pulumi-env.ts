import type { CommandDefinition } from '../command.ts';
import { debugFlag, offlineFlag, type StackOptions, stackFlag } from '../options.ts';

export const pulumiEnv: CommandDefinition = {
  name: 'pulumi-env',
  summary: 'print the environment that plain `pulumi` needs, for a shell',
  description:
    'Prints `export` lines (PATH, backend, passphrase file; only what differs) and creates the stack if it is missing, so that plain `pulumi` works afterwards.',
  examples: [
    [
      'eval "$(medusa-infra pulumi-env -s dev)" && pulumi stack select dev && pulumi up',
      'use Pulumi directly',
    ],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: StackOptions) =>
          (await import('../run/pulumi-env.ts')).printPulumiEnvironment(context, options),
        ),
      ),
};
