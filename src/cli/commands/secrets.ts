import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, type StackOptions, stackFlag } from '../options.ts';

export const secrets: CommandDefinition = {
  name: 'secrets',
  summary: 'list the secrets of a stack: version, age, what is due, who uses them',
  description:
    'Lists every secret of a stack, never a value: its source (for a supplied one, whether it is set), its version in the file with the earlier versions that stay valid and the version in use where that differs, its age (from `since` in the file, otherwise from the state), when `maxAge` makes it due, and the variables and accounts that use it. Needs neither the engine nor the state: what is not available is shown as unknown. With --json: `secrets`, a list of `{ name, source, from, set, version, kept, serving, since, sinceFrom, ageDays, maxAgeDays, dueOn, due, usedBy }`, null where something does not apply or is not known; and `unknown`, why something is not known.',
  examples: [
    ['medusa-infra secrets -s staging', 'all secrets of staging'],
    ['medusa-infra secrets -s staging --json', 'for a script'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(jsonFlag())
      .addOption(debugFlag())
      .helpCommand(false)
      .action(
        run(async (context, options: StackOptions) =>
          (await import('../secrets/list.ts')).listSecrets(context, options),
        ),
      ),
};
