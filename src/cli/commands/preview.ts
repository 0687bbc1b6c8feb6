import { Option } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { debugFlag, jsonFlag, offlineFlag, refreshFlag, stackFlag } from '../options.ts';
import type { PreviewOptions } from '../run/preview.ts';

export const preview: CommandDefinition = {
  name: 'preview',
  summary: 'show what `up` would change',
  description: 'Runs Pulumi’s preview and lists each resource that would change.',
  examples: [
    ['medusa-infra preview -s staging', 'what would change'],
    ['medusa-infra preview --expect-no-changes', 'exit code 1 if anything would change'],
  ],
  configure: (command, run) =>
    command
      .addOption(stackFlag())
      .addOption(
        new Option('--expect-no-changes', 'exit code 1 if anything would change').default(false),
      )
      .addOption(refreshFlag())
      .addOption(jsonFlag())
      .addOption(offlineFlag())
      .addOption(debugFlag())
      .action(
        run(async (context, options: PreviewOptions) =>
          (await import('../run/preview.ts')).previewStack(context, options),
        ),
      ),
};
