/** What one code means; docs/errors.md is generated from the table below. */
export interface ErrorCodeText {
  /** What went wrong, in one sentence. */
  readonly meaning: string;
  /** What the user does about it, in one sentence. */
  readonly fix: string;
}

/**
 * Every error that a user can cause and that is no rule of the stack file (those have their names in
 * src/stack). A code is permanent: scripts depend on it, so it is never renamed or used again.
 */
export const errorCodes = {
  // --- The stack file and the files that it names -------------------------------------------------

  'stack-file-invalid': {
    meaning: 'The stack file breaks at least one rule.',
    fix: 'Fix each line of the message; `medusa-infra check` shows all of them again.',
  },

  // --- The command and its options ----------------------------------------------------------------

  'stack-file-missing': {
    meaning: 'The stacks folder has no file of that name.',
    fix: 'Create the file, or name another stack with `--stack`.',
  },

  // --- Pulumi, its state and its passphrase -------------------------------------------------------

  'state-locked': {
    meaning: 'Another update holds the lock of the stack.',
    fix: 'Wait for it, or run `medusa-infra cancel` if it was killed.',
  },

  // --- Secrets ------------------------------------------------------------------------------------

  'secret-missing': {
    meaning: 'A secret that the stack file declares has no value.',
    fix: 'Set it with `medusa-infra secrets set`.',
  },

  // --- Docker's engine ----------------------------------------------------------------------------

  'engine-unreachable': {
    meaning: 'No Docker engine answers.',
    fix: 'Start the engine, or let `npm run toolchain` install and start one.',
  },
  'port-taken': {
    meaning: 'A port that the stack publishes is in use.',
    fix: 'Set another port in the stack file, or stop what holds it.',
  },

  // --- Images and registries ----------------------------------------------------------------------

  'image-not-found': {
    meaning: 'A registry does not have an image that the stack file names.',
    fix: 'Correct the reference, or push the image.',
  },

  // --- A release in progress ----------------------------------------------------------------------

  'release-failed': {
    meaning: 'The new release did not become healthy; the previous one still serves.',
    fix: 'Fix what the last lines of its log show, and run `medusa-infra up` again.',
  },

  // --- AWS ----------------------------------------------------------------------------------------

  'aws-credentials': {
    meaning: 'AWS rejected the credentials, or there are none.',
    fix: 'Log in, or set the credentials as docs/aws.md describes.',
  },

  // --- The toolchain ------------------------------------------------------------------------------

  'download-failed': {
    meaning: 'A tool or a package could not be downloaded.',
    fix: 'Check the network and its proxy, and run the command again.',
  },
  'checksum-mismatch': {
    meaning: 'A downloaded file is not the one that is pinned.',
    fix: 'Run the command again; if it happens twice, find out what changes the file: a proxy, or the registry.',
  },
  'tool-missing': {
    meaning:
      'The toolchain needs a program that is not installed, or is too old, and that it may not install.',
    fix: 'Install it as the message says, and run the command again.',
  },
  'tool-missing-offline': {
    meaning: 'With `--offline`, a part of the toolchain is neither installed nor in the cache.',
    fix: 'Run the command once without `--offline`.',
  },
  'tool-broken': {
    meaning:
      'A program was installed or built, but does not run, or is another version than expected.',
    fix: 'Remove the folder that the message names, and run the command again.',
  },
  'command-failed': {
    meaning: 'A program that the toolchain runs, such as npm, go, tar or apt-get, failed.',
    fix: 'Fix what the last lines of its output show, and run the command again.',
  },
  'plugin-version-unknown': {
    meaning:
      'An installed npm package of Pulumi asks for a plugin that the toolchain cannot build.',
    fix: 'Install the version of the package that the message names.',
  },
  'docker-config-invalid': {
    meaning: 'A file of the docker command cannot be read, or its context does not exist.',
    fix: 'Fix the file, or choose another context with `docker context use`.',
  },
} as const satisfies Record<string, ErrorCodeText>;

export type ErrorCode = keyof typeof errorCodes;
