/** One command as the help and docs/cli.md show it. */
export interface CommandText {
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

/** Every command's words, in the order of the help. */
export const commandTexts = {
  start: {
    summary: 'bring the development stack up and show what to do with it',
    description:
      'What `npm start` runs: brings the toolchain and the images, runs `up` of the stack without asking, and prints the URL, the health answer and the next commands.',
    examples: [
      ['medusa-infra start', 'the stack dev, from nothing to a URL that answers'],
      ['medusa-infra start --offline', 'the same from what is already on this machine'],
    ],
  },
  check: {
    summary: 'check stack files; one line an issue',
    description:
      'Checks stack files alone: no Docker, no network, no passphrase. Prints one line an issue, `FILE:LINE:COLUMN PATH: message`, in file order; warnings begin with `warning:` and never change the exit code. Of a folder, all its stack files. A file that others extend may lack what they bring.',
    examples: [
      ['medusa-infra check stacks/dev.yaml', 'one file'],
      ['medusa-infra check stacks', 'every stack file of a folder'],
      ['medusa-infra check --json stacks/*.yaml', 'for a script'],
    ],
  },
  plan: {
    summary: 'print what a stack file means: names, images, variables, sizes',
    description:
      'Prints all that is derived from the stack file, without Docker, a cloud or a passphrase. Secrets appear by name only.',
    examples: [
      ['medusa-infra plan', 'the stack dev'],
      ['medusa-infra plan -s staging --json', 'the exact plan of staging'],
    ],
  },
  preview: {
    summary: 'show what `up` would change',
    description: 'Runs Pulumi’s preview and lists each resource that would change.',
    examples: [
      ['medusa-infra preview -s staging', 'what would change'],
      ['medusa-infra preview --expect-no-changes', 'exit code 1 if anything would change'],
    ],
  },
  up: {
    summary: 'create or update a stack',
    description:
      'Checks the stack file, and that the files, ports and images which it names can be had, shows what would change, asks, and does it. With --yes it neither shows nor asks first. Ctrl-C once stops after the steps that are running; what is done is kept, and the next `up` goes on from there.',
    examples: [
      ['medusa-infra up', 'the stack dev; asks first'],
      ['medusa-infra up -s staging --yes', 'without a question'],
      ['medusa-infra up --yes --json', 'one JSON document with what changed and the URL'],
    ],
  },
  status: {
    summary: 'show what of a stack runs, and whether it is healthy',
    description:
      'Asks the Docker engine, or AWS, not Pulumi, so it is quick and needs no passphrase. Exit code 1 when something that should run does not, or the stack does not answer.',
    examples: [
      ['medusa-infra status', 'the stack dev'],
      ['medusa-infra status -s staging --json', 'for a script'],
    ],
  },
  logs: {
    summary: 'show the logs of a stack, or of one of its components',
    description:
      'Lines of all containers of a stack in time order, the jobs that prepared the database included, each with the name of its component. On aws those that the containers wrote to CloudWatch, of the last hour unless --since is given.',
    examples: [
      ['medusa-infra logs backend --follow', 'the backend, as it goes'],
      ['medusa-infra logs migrate --tail 50', 'the end of the last migration'],
      ['medusa-infra logs --since 10m', 'everything of the last ten minutes'],
    ],
  },
  env: {
    summary: 'print the variables that the backend gets',
    description:
      'Reads the secret output `environment` of the stack. Values of secrets are masked as `***` unless --show-secrets is given.',
    examples: [
      ['medusa-infra env', 'all variables, secrets masked'],
      ['medusa-infra env --show-secrets > .env', 'for a backend that runs outside of the stack'],
      ['eval "$(medusa-infra env --format shell --show-secrets)"', 'into the current shell'],
    ],
  },
  secrets: {
    summary: 'list the secrets of a stack: version, age, what is due, who uses it',
    description:
      'Lists every secret of a stack and never a value: where it comes from (of a supplied one whether it is set), its version in the file with the earlier ones that stay valid and the one that still serves where that differs, its age (from `since` in the file, otherwise from the state), when `maxAge` makes it due, and the variables and accounts that use it. Needs neither the engine nor the state: what cannot be found out is shown as unknown. With --json: `secrets`, a list of `{ name, source, from, set, version, kept, serving, since, sinceFrom, ageDays, maxAgeDays, dueOn, due, usedBy }`, null where something does not apply or is not known; and `unknown`, the reasons for the latter.',
    examples: [
      ['medusa-infra secrets -s staging', 'all secrets of staging'],
      ['medusa-infra secrets -s staging --json', 'for a script'],
    ],
  },
  'secrets set': {
    summary: 'set the value of a secret that is declared `from: config`',
    description:
      'Asks for the value without showing it, or reads it from standard input when something is piped in (one line break at the end is taken off). Refuses what `up` would refuse: nothing, well-known defaults outside development, signing secrets that are too short. The value goes encrypted into stacks/Pulumi.<stack>.yaml, and is in no output and no process argument. Where the stack file has `since` or `maxAge` for it, today is written as its `since`. The running stack takes it at the next `up`.',
    examples: [
      ['medusa-infra secrets set stripeApiKey -s staging', 'asks for the value'],
      [
        'pass show shop/stripe | medusa-infra secrets set stripeApiKey -s staging',
        'from another tool',
      ],
    ],
  },
  rotate: {
    summary: 'give secrets a new value, with nobody noticing, and prove it',
    description:
      'Raises the version and the date in the stack file that declares the secret (comments and layout stay), says what users will see, asks, runs `up` while it asks the edge five times a second, and then proves in every replica that the new value is live and the old one is refused, or still accepted where `keep` says so. What was cut off anywhere is finished by the same command. Exit code 1 when the `up`, a proof or a request failed. docs/rotation.md tells it all.',
    examples: [
      ['medusa-infra rotate jwt cookie -s staging', 'two secrets in one go; asks first'],
      [
        'medusa-infra rotate --all -s staging --dry-run',
        'what it would edit and what users would see',
      ],
      [
        'medusa-infra rotate --due -s staging --yes',
        'what is older than its maxAge; for a cron job, exit code 0 with nothing due',
      ],
    ],
  },
  'pulumi-env': {
    summary: 'print the surroundings that plain `pulumi` needs, for a shell',
    description:
      'Prints `export` lines (PATH, backend, passphrase file; only what differs) and makes the stack if it is missing, so that `pulumi` works by itself afterwards.',
    examples: [
      [
        'eval "$(medusa-infra pulumi-env -s dev)" && pulumi stack select dev && pulumi up',
        'Pulumi by hand',
      ],
    ],
  },
  cancel: {
    summary: 'free a stack whose update was killed',
    description:
      'Takes the lock of another update away. Only do this when that update no longer runs: two at once spoil the state.',
    examples: [['medusa-infra cancel -s dev', 'after a run that was killed']],
  },
  destroy: {
    summary: 'remove a stack; data is kept unless the file says otherwise',
    description:
      'Lists what is removed and what is kept, asks, and removes it. Volumes with `onDestroy: keep` stay, and a later `up` finds them again. The command prints the line that removes them for good. On aws final snapshots stay, and an `up` begins with an empty database.',
    examples: [
      ['medusa-infra destroy', 'the stack dev; asks first'],
      ['medusa-infra destroy -s staging --yes', 'without a question'],
    ],
  },
} as const satisfies Record<string, CommandText>;

export type CommandName = keyof typeof commandTexts;

/** Shown at the end of the general help. */
export const generalExamples: CommandText['examples'] = [
  ['medusa-infra start', 'bring the development stack up'],
  ['medusa-infra check stacks', 'check all stack files'],
  ['medusa-infra up -s staging', 'create or update the stack staging'],
  ['medusa-infra logs backend --follow', 'what the backend says'],
];
