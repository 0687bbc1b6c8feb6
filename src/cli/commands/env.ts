import { Option } from 'commander';
import type { CommandDefinition } from '../command.ts';
import type { EnvOptions } from '../env/env.ts';
import { debugFlag, offlineFlag, stackFlag } from '../options.ts';

export const env: CommandDefinition = {
  name: 'env',
  summary: 'print the environment variables of the backend',
  description:
    'Reads the secret output `environment` of the stack. Values of secrets are masked as `***` unless --show-secrets is given.',
  examples: [
    ['medusa-infra env', 'all variables, secrets masked'],
    ['medusa-infra env --show-secrets > .env', 'for a backend that runs outside the stack'],
    ['eval "$(medusa-infra env --format shell --show-secrets)"', 'into the current shell'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(
        new Option('--format <format>', 'output format')
          .choices(['dotenv', 'json', 'shell'])
          .default('dotenv'),
      )
      .addOption(new Option('--show-secrets', 'print the values of secrets'))
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: EnvOptions) =>
          (await import('../env/env.ts')).printEnvironment(context, options),
        ),
      ),
};
