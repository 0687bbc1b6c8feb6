import type { CommandDefinition } from '../command.ts';

export const admin: CommandDefinition = {
  name: 'admin',
  summary: 'create administrators in the running store of a stack',
  description:
    'The first administrator outside development, and a new password for somebody who has lost theirs.',
  examples: [['medusa-infra admin create you@example.com -s staging', 'prints a password once']],
  configure: (command) => command.helpCommand(false),
};
