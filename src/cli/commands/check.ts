import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag } from '../options.ts';

export const check: CommandDefinition = {
  name: 'check',
  summary: 'check stack files; one line per issue',
  description:
    'Checks stack files alone: no Docker, no network, no passphrase. Prints one line per issue, `FILE:LINE:COLUMN PATH: message`, in file order; warnings begin with `warning:` and never change the exit code. For a folder, checks all its stack files. A file that others extend may lack what those files add.',
  examples: [
    ['medusa-infra check stacks/dev.yaml', 'one file'],
    ['medusa-infra check stacks', 'every stack file of a folder'],
    ['medusa-infra check --json stacks/*.yaml', 'for a script'],
  ],
  configure: (command, run) =>
    command
      .argument('<files...>', 'stack files, or folders of stack files')
      .addOption(jsonFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, files: string[], options: { readonly json?: boolean }) =>
          (await import('../check/check-files.ts')).checkFiles(context, files, options),
        ),
      ),
};
