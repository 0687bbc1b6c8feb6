import { Option } from 'commander';
import type { AdminOptions } from '../admin/create.ts';
import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, offlineFlag, stackFlag } from '../options.ts';

export const adminCreate: CommandDefinition = {
  name: 'admin create',
  summary: 'create an administrator, or set a new password for one',
  description:
    "Creates a user of Medusa's admin API in the running store of a stack. The password is generated and printed once, on standard output and nowhere else; with --ask it is asked for twice without showing it, or read from standard input if something is piped in (one line break at the end is removed; at least 12 characters). Only its hash leaves this process. An address that is already a user's is refused, and nothing changes; with --reset it gets a new password instead, and its open sessions stay open. The stack must be up and healthy. Needs a store with Medusa's own table of users on PostgreSQL.",
  examples: [
    ['medusa-infra admin create you@example.com -s staging', 'prints a generated password once'],
    ['medusa-infra admin create you@example.com -s staging --ask', 'asks for a password'],
    [
      'pass show shop/admin | medusa-infra admin create you@example.com -s staging --ask',
      'from another tool',
    ],
    ['medusa-infra admin create you@example.com -s staging --reset', 'a new password'],
  ],
  configure: (command, run) =>
    command
      .argument('<email>', 'the address to log in with')
      .addOption(stackFlag())
      .addOption(new Option('--ask', 'ask for the password, or read it from standard input'))
      .addOption(new Option('--reset', 'set a new password for an administrator who exists'))
      .addOption(new Option('--first-name <name>', 'shown in the admin').conflicts('reset'))
      .addOption(new Option('--last-name <name>', 'shown in the admin').conflicts('reset'))
      .addOption(jsonFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, email: string, options: AdminOptions) =>
          (await import('../admin/create.ts')).createAdministrator(context, email, options),
        ),
      ),
};
