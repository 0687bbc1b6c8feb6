// The benches: `npm run bench` lists them. Each deploys what it needs and removes it again.
import { Command, InvalidArgumentError } from 'commander';
import { awsBench } from './aws/run.ts';
import { commandsBench } from './commands/run.ts';
import { firstUpBench } from './first-up/run.ts';
import type { InTurnOptions } from './options.ts';
import { type PropertiesOptions, propertiesBench } from './properties/run.ts';
import { type RotationOptions, rotationBench } from './rotation/run.ts';
import { scenarios } from './rotation/scenarios.ts';
import { type UpOptions, upBench } from './up/run.ts';

const PROMISED_RATE = 200;

const program = new Command('npm run bench --')
  .description('What the kit promises, measured on this machine with a real store.')
  .usage('<bench> [options]')
  .helpCommand(false);

program
  .command('rotation')
  .description(
    'deploys, rotations of secrets, failures: the store under a constant load of 200 requests a second meanwhile (12 minutes)',
  )
  .option('--seconds-at-rest <n>', 'how long to measure at rest', positive, 30)
  .option('--rate <n>', 'requests a second; the promise is made for 200', positive, PROMISED_RATE)
  .option('--only <scenario...>', `of ${scenarios.map(({ name }) => name).join(', ')}`, known)
  .option('--json', 'print one JSON document in place of the table', false)
  .option('--write-readme', 'put the table of a whole run into bench/README.md', false)
  .option('--logs <folder>', "keep the edge's log of each scenario that went wrong")
  .action(async (options: RotationOptions, command: Command) => {
    if (options.writeReadme && (options.only !== undefined || options.rate !== PROMISED_RATE)) {
      command.error('error: --write-readme takes a whole run, at the rate of the promise');
    }
    process.exitCode = await rotationBench(options);
  });

withRuns(
  program
    .command('aws')
    .description(
      'production on AWS: the time and memory of a preview against programs written by hand for the same resources (5 minutes)',
    ),
).action(async (options: InTurnOptions) => {
  process.exitCode = await awsBench(options);
});

withRuns(
  program
    .command('commands')
    .description(
      'what each command costs where it changes nothing, against Node and plain Pulumi (3 minutes)',
    ),
).action(async (options: InTurnOptions) => {
  process.exitCode = await commandsBench(options);
});

withRuns(
  program
    .command('up')
    .description(
      'an up that changes nothing, against OpenTofu, Docker Compose and a hand-written Pulumi program, and with growing stacks (30 minutes, with 10 more for building the tools once)',
    )
    .option('--no-growth', 'leave out the growing stacks: 5 minutes'),
).action(async (options: UpOptions) => {
  process.exitCode = await upBench(options);
});

withRuns(
  program
    .command('first-up')
    .description(
      'a first up with migrations and seed, against its steps by themselves and other tools (20 minutes)',
    ),
).action(async (options: InTurnOptions) => {
  process.exitCode = await firstUpBench(options);
});

program
  .command('properties')
  .description('the properties of the unit tests, with 100,000 drawn values each (an hour)')
  .option('--draws <n>', 'values of each property', positive, 100_000)
  .option('--seed <n>', 'what the values are drawn by; another one each time otherwise', positive)
  .action(async (options: PropertiesOptions) => {
    process.exitCode = await propertiesBench(options);
  });

if (process.argv.length <= 2) program.outputHelp();
else await program.parseAsync();

/** What all benches take that compare commands in turn. */
function withRuns(command: Command): Command {
  return command
    .option('--runs <n>', 'runs of each that count', positive, 7)
    .option('--json', 'print one JSON document in place of the tables', false)
    .option('--write-readme', 'put the tables into bench/README.md', false);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
}

function known(name: string, before: string[] = []): string[] {
  if (scenarios.every((scenario) => scenario.name !== name)) {
    throw new InvalidArgumentError(`no such scenario: ${name}`);
  }
  return [...before, name];
}
