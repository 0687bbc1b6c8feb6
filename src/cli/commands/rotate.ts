import { Option } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, offlineFlag, stackFlag, yesFlag } from '../options.ts';
import type { RotateOptions } from '../rotate/steps.ts';

export const rotate: CommandDefinition = {
  name: 'rotate',
  summary: 'give secrets a new value without downtime, and prove it',
  description:
    'Raises the version and the date in the stack file that declares the secret (comments and layout stay), shows what users will notice, asks, runs `up` while it requests the edge five times a second, and then proves in every replica that the new value is in use and the old one is refused, or still accepted where `keep` says so. If it is interrupted, the same command finishes it. Exit code 1 if the `up`, a proof or a request failed. See docs/rotation.md.',
  examples: [
    ['medusa-infra rotate jwt cookie -s staging', 'two secrets at once; asks first'],
    [
      'medusa-infra rotate --all -s staging --dry-run',
      'what it would edit and what users would notice',
    ],
    [
      'medusa-infra rotate --due -s staging --yes',
      'what is older than its maxAge; for a cron job: exit code 0 if nothing is due',
    ],
  ],
  configure: (command, run) =>
    command
      .argument('[names...]', 'generated secrets, such as jwt, cookie, database or redis')
      .addOption(stackFlag())
      .addOption(new Option('--all', 'every generated secret'))
      .addOption(new Option('--due', 'those that are older than their maxAge'))
      .addOption(new Option('--dry-run', 'show what would be done, and change nothing'))
      .addOption(yesFlag())
      .addOption(jsonFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, names: string[], options: RotateOptions) =>
          (await import('../rotate/rotate.ts')).rotateSecrets(context, names, options),
        ),
      ),
};
