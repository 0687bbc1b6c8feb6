import type { Command } from 'commander';
import pc from 'picocolors';
import type { CommandText } from '../../src/cli/command.ts';
import type { Context } from '../../src/cli/context.ts';
import { buildProgram, commands } from '../../src/cli/program.ts';

export const file = 'docs/cli.md';

/** The reference of the command, from the help that the command itself prints. */
export function render(): string {
  const program = buildProgram(helpContext(), '', () => {});
  const sections = commands.map((definition) =>
    section(definition.name, commandNamed(program, definition.name), definition),
  );
  return [INTRO, ...sections, EXIT_CODES].join('\n');
}

/** @param name such as `up`, or `secrets set` */
function commandNamed(program: Command, name: string): Command {
  return name.split(' ').reduce((parent, word) => {
    const found = parent.commands.find((command) => command.name() === word);
    if (!found) throw new Error(`there is no command ${name}`);
    return found;
  }, program);
}

function section(name: string, command: Command, text: CommandText): string {
  const options = command.options.map(
    (option) =>
      `| \`${option.flags}\` | ${option.description}${defaultText(option.defaultValue)} |`,
  );
  const args = command.registeredArguments.map(
    (argument) =>
      `| \`${argument.required ? '<' : '['}${argument.name()}${argument.variadic ? '...' : ''}${argument.required ? '>' : ']'}\` | ${argument.description} |`,
  );
  const examples = text.examples.flatMap(([line, meaning]) => [`# ${meaning}`, line]);
  const rows = [...args, ...options];
  // A command that only groups others has none.
  const table = rows.length === 0 ? '' : `\n| | |\n|---|---|\n${rows.join('\n')}\n`;
  return `## medusa-infra ${name}

${text.description}
${table}
\`\`\`sh
${examples.join('\n')}
\`\`\`
`;
}

function defaultText(value: unknown): string {
  return typeof value === 'string' ? ` (default: ${value})` : '';
}

const INTRO = `<!-- Generated from src/cli by \`npm run docs\`; do not edit. -->
# The command

\`medusa-infra\` works in any folder of a project (the folder with Pulumi.yaml and those below it). In this repository run it as \`npx medusa-infra\`. Results go to standard output, progress, warnings and errors to standard error. With \`--json\` standard output holds one JSON document. \`NO_COLOR\` and \`FORCE_COLOR\` are respected.

State is kept where \`PULUMI_BACKEND_URL\` or \`pulumi login\` says, otherwise in Pulumi's folder on this machine, with a generated passphrase in \`~/.pulumi/medusa-infra/passphrase\` (unless \`PULUMI_CONFIG_PASSPHRASE\` or \`PULUMI_CONFIG_PASSPHRASE_FILE\` is set). Keep that file: without it the secrets in the state cannot be read.
`;

const EXIT_CODES = `## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | something that you can fix: a wrong stack file, a failed \`up\`, a stack that is not healthy |
| 2 | a wrong command line |
| 70 | an unexpected error; run again with \`--debug\` |
| 130 | interrupted with Ctrl-C |
`;

function helpContext(): Context {
  const nowhere = { write: () => true };
  const plain = pc.createColors(false);
  return {
    stdout: nowhere,
    stderr: nowhere,
    env: {},
    cwd: '.',
    interactive: false,
    color: { stdout: plain, stderr: plain },
    confirm: async () => false,
    askSecret: async () => '',
    readInput: async () => undefined,
    onInterrupt: () => () => {},
  };
}
