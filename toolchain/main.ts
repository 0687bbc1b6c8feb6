import { parseArgs } from 'node:util';
import { UserError } from '../src/errors.ts';
import { ensureToolchain, type Toolchain } from './ensure.ts';

const help = `npm run toolchain -- [--aws] [--moto] [--audit] [--offline] [--json | --shell]

Finds or installs the tools that this project needs and shows where each is from.
  --aws      also what target aws needs: the plugin of @pulumi/aws
  --moto     also the emulator of AWS that the tests of target aws talk to
  --audit    also the tools of npm run test:audit
  --offline  never ask the network
  --json     the report and the environment as JSON
  --shell    the environment as lines for a shell: eval "$(npm run --silent toolchain -- --shell)"`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      aws: { type: 'boolean', default: false },
      moto: { type: 'boolean', default: false },
      audit: { type: 'boolean', default: false },
      offline: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      shell: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const plain = !values.json && !values.shell;
  const toolchain = await ensureToolchain({
    offline: values.offline,
    extra: [
      ...(values.aws ? (['plugin-aws'] as const) : []),
      ...(values.moto ? (['moto'] as const) : []),
      ...(values.audit ? (['prowler'] as const) : []),
    ],
    terminal: plain && process.stdout.isTTY === true && !process.env['CI'],
    // Standard output is the result alone.
    log: (line) => console.error(line),
  });
  if (values.json) console.log(JSON.stringify(toolchain, null, 2));
  else if (values.shell) console.log(shellLines(toolchain.env));
  else console.log(table(toolchain));
}

function shellLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)
    .join('\n');
}

function table(toolchain: Toolchain): string {
  const rows = toolchain.report.map(({ part, version, origin, path }) => [
    part,
    version,
    origin,
    path,
  ]);
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(column < 3 ? width(column) : 0)).join('  '))
    .join('\n');
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError) && !isUsageError(error)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}

function isUsageError(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
}
