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
  'certificate-file-invalid': {
    meaning: 'A file that the stack file names holds no certificate authority in PEM form.',
    fix: 'Correct the path, or put the PEM file there; paths are relative to the stack file.',
  },

  'stack-file-not-editable': {
    meaning: 'The stack file is written in a way in which the change cannot be made alone.',
    fix: 'Write the lines of the message into the file by hand, and run `up`.',
  },

  // --- The command and its options ----------------------------------------------------------------

  'project-missing': {
    meaning: 'Neither the folder nor one above it has a Pulumi.yaml.',
    fix: 'Run the command in a project; docs/own-project.md describes how to create one.',
  },
  'project-invalid': {
    meaning: 'Pulumi.yaml has no `name`.',
    fix: 'Add `name:` to Pulumi.yaml.',
  },
  'stack-file-missing': {
    meaning: 'There is no stack file of that name, or none in the folder.',
    fix: 'Create the file, or name another stack with `--stack`. A stack that was deployed before its file was renamed can still be removed under the old name.',
  },
  'stack-file-shared': {
    meaning:
      'Other stack files extend the named one, which itself extends none and was never deployed.',
    fix: 'Name a stack that extends it, or add a stack file with only `extends:` and its name.',
  },
  'stack-name-invalid': {
    meaning: 'Pulumi does not accept the name of the stack file as the name of a stack.',
    fix: 'Rename the file: at most 100 letters, digits, hyphens, underscores and periods.',
  },
  'stack-not-up': {
    meaning: 'The command needs a stack that is up, and this one is not.',
    fix: 'Run `medusa-infra up`.',
  },
  'option-invalid': {
    meaning: 'An option has a value, or is combined with others, in a way that has no meaning.',
    fix: 'Correct the command line as the message says.',
  },
  'confirmation-required': {
    meaning: 'The command asks before it changes anything, and nobody can answer.',
    fix: 'Add `--yes`, or run it in a terminal without `--json`.',
  },
  'input-required': {
    meaning: 'The command needs a value that it can neither ask for nor read.',
    fix: 'Pipe the value into the command, or run it in a terminal.',
  },
  'email-invalid': {
    meaning: 'What names the administrator is not an e-mail address.',
    fix: 'Give an address such as you@example.com.',
  },
  'administrator-password-weak': {
    meaning: 'The password for an administrator is short, well known, or cannot be typed.',
    fix: 'Choose another one as the message says, or leave out `--ask`.',
  },
  'component-unknown': {
    meaning: 'The stack has no component of that name.',
    fix: 'Name one of the components in the message.',
  },
  'log-elsewhere': {
    meaning: 'AWS keeps the log of that component outside of CloudWatch, or keeps none.',
    fix: 'Read it where the message says.',
  },
  'value-not-quotable': {
    meaning: 'No .env file can hold the value of the variable.',
    fix: 'Use `--format shell` or `--format json`.',
  },
  'file-access-failed': {
    meaning: 'The system does not let the command read, create or write a file or a folder.',
    fix: 'Change its permissions or free space as the message says, or name another place.',
  },
  'file-changed': {
    meaning: 'A file changed while the command worked on it, so the command wrote nothing.',
    fix: 'Run the command again.',
  },

  // --- Pulumi, its state and its passphrase -------------------------------------------------------

  'state-locked': {
    meaning: 'Another update holds the lock of the stack.',
    fix: 'Wait for it, or run `medusa-infra cancel` if it was killed.',
  },
  'state-missing': {
    meaning: 'Containers of the stack run that its state knows nothing of.',
    fix: 'Restore the state, or point `PULUMI_BACKEND_URL` or `PULUMI_HOME` to it.',
  },
  'data-volume-missing': {
    meaning: 'A volume with the data of the stack is gone from the engine.',
    fix: 'Restore it from a backup under its name, or make an empty one with the command of the message.',
  },
  'state-unreadable': {
    meaning: 'The state of the stack is damaged, compressed, or being written.',
    fix: 'Run the command again; if it fails again, restore the state from its backup.',
  },
  'passphrase-missing': {
    meaning: 'The file with the passphrase of the state is missing, empty, or cannot be read.',
    fix: 'Restore the file, or set `PULUMI_CONFIG_PASSPHRASE_FILE` to where it is.',
  },
  'passphrase-wrong': {
    meaning: 'The secrets of the stack are encrypted with another passphrase.',
    fix: 'Use the passphrase with which the stack was created.',
  },
  'backend-unavailable': {
    meaning: 'Pulumi cannot open the place that keeps its state.',
    fix: 'Correct `PULUMI_BACKEND_URL`, or create what it names.',
  },
  'login-required': {
    meaning: "The state is in Pulumi's cloud, and there is no access token.",
    fix: 'Set `PULUMI_ACCESS_TOKEN`, or name another place with `PULUMI_BACKEND_URL`.',
  },
  'pulumi-file-invalid': {
    meaning: 'Pulumi or medusa-infra cannot parse a file that Pulumi wrote.',
    fix: 'Fix the file, or restore it from version control.',
  },
  'pulumi-failed': {
    meaning: 'A `pulumi` command failed for a reason without a more exact code.',
    fix: 'Fix what the message says, and run the command again.',
  },
  'resources-protected': {
    meaning: 'Some resources are protected, because removing them would lose data.',
    fix: 'Remove the protection with the command in the message, if that is what you want.',
  },

  // --- Secrets ------------------------------------------------------------------------------------

  'secret-missing': {
    meaning: 'A secret that the stack file declares has no value.',
    fix: 'Set it with `medusa-infra secrets set`.',
  },
  'secret-command-failed': {
    meaning: 'The command that prints a secret failed, or printed something that is no secret.',
    fix: 'Run the command by hand, and fix what it prints.',
  },
  'secret-command-off': {
    meaning:
      '`MEDUSA_INFRA_SECRET_COMMANDS` is `off`, and a secret of the stack file comes from a command.',
    fix: 'Unset the variable where you trust the stack file; a CI that previews pull requests keeps it.',
  },
  'secret-value-invalid': {
    meaning: 'The value of a secret that you supply cannot be used, or is easy to guess.',
    fix: 'Set another value, as the message describes.',
  },
  'secret-version-in-use': {
    meaning: 'The new version of a password would lock out a release that is running.',
    fix: 'Set the version in the message, run `medusa-infra up`, and continue from there.',
  },
  'secret-unknown': {
    meaning: 'The stack file declares no secret of that name.',
    fix: 'Correct the name, or declare the secret under `secrets`.',
  },
  'secret-source-mismatch': {
    meaning: 'This command does not change the value of that secret: it comes from elsewhere.',
    fix: 'Change it where the message says.',
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
  'volume-not-ours': {
    meaning: 'A volume of the name exists that medusa-infra did not create for this stack.',
    fix: 'Rename the stack, or remove the volume if nobody needs its data.',
  },
  'database-version-mismatch': {
    meaning: 'The volume holds the data of another major version of PostgreSQL.',
    fix: 'Set `database.version` to that version, or dump the data, remove the volume and load the dump.',
  },
  'server-start-failed': {
    meaning: 'A container of PostgreSQL, Redis or the edge did not become healthy in time.',
    fix: 'Fix what its last lines show, and run `medusa-infra up` again.',
  },
  'container-command-failed': {
    meaning: 'A command that the kit ran in a container failed.',
    fix: 'Fix what its message names, and run `medusa-infra up` again.',
  },
  'edge-config-rejected': {
    meaning: 'Caddy rejects the configuration of the edge and keeps the previous one.',
    fix: 'Correct what its message names, usually a certificate file or a host under `edge`.',
  },
  'uploads-path-invalid': {
    meaning: 'The volume of uploaded files would hide the backend itself.',
    fix: 'Set `uploads.path` to a folder that holds uploaded files alone.',
  },

  // --- Images and registries ----------------------------------------------------------------------

  'image-not-found': {
    meaning: 'A registry does not have an image that the stack file names.',
    fix: 'Correct the reference, or push the image.',
  },
  'image-access-denied': {
    meaning: 'A registry does not let you read an image.',
    fix: 'Run `docker login` for that registry, and check the name of the image.',
  },
  'image-wrong-platform': {
    meaning: 'An image exists, but not for the processor that has to run it.',
    fix: 'Build it for that platform too, or set `aws.backend.architecture`.',
  },
  'image-not-local': {
    meaning: 'An image is not on the engine, and `--offline` forbids to pull or build it.',
    fix: 'Run the command once without `--offline`.',
  },
  'image-version-not-offered': {
    meaning: 'The source of the images does not offer the version that the stack file asks for.',
    fix: 'Set one of the versions in the message, or another `images.source`.',
  },
  'image-pin-gone': {
    meaning: 'The registry or the engine no longer has the image that the lock file pins.',
    fix: 'Run `medusa-infra images update` for the stack to take the current image.',
  },
  'images-not-chosen': {
    meaning: 'The stack has no images in the lock file yet, so there is nothing to update.',
    fix: 'Run `medusa-infra up`, which takes the newest.',
  },
  'image-unknown': {
    meaning: 'The stack has no image of that name.',
    fix: 'Name one that `medusa-infra images` lists.',
  },
  'image-lock-invalid': {
    meaning: 'stacks/images.lock.yaml is not what the kit writes.',
    fix: 'Remove the entry or the file that the message names, and run `medusa-infra up`.',
  },
  'image-build-unsupported': {
    meaning: 'This machine cannot build images from Debian packages for the engine.',
    fix: 'Use Debian or Ubuntu on the same processor, or make an image registry reachable.',
  },
  'build-context-missing': {
    meaning: 'The folder or the Dockerfile that the backend is built from does not exist.',
    fix: 'Correct `backend.image`; paths are relative to the stack file.',
  },
  'package-integrity-mismatch': {
    meaning: 'A downloaded npm package is not the one that the kit pins.',
    fix: 'Ask whoever runs the npm registry that this machine uses.',
  },
  'registry-unreachable': {
    meaning: 'An image registry does not answer.',
    fix: 'Check the network, or load the image into the engine with `docker load`.',
  },
  'registry-refused': {
    meaning: 'A registry refuses to list or to take the images of the stack.',
    fix: 'Run `docker login` for it, and check that the repository exists.',
  },

  // --- A release in progress ----------------------------------------------------------------------

  'release-failed': {
    meaning: 'The new release did not become healthy; the previous one still serves.',
    fix: 'Fix what the last lines of its log show, and run `medusa-infra up` again.',
  },
  'job-failed': {
    meaning:
      'A job before the release failed or took too long; the previous release keeps running.',
    fix: 'Fix what its last lines show, and run `medusa-infra up` again.',
  },
  'server-rejected-statement': {
    meaning: "PostgreSQL or Redis rejected a statement of the kit's administrator.",
    fix: 'Fix what its message names, and run `medusa-infra up` again.',
  },

  // --- Administrators of the store ----------------------------------------------------------------

  'backend-unhealthy': {
    meaning: 'The command needs a replica that is healthy, and none is.',
    fix: 'See `medusa-infra status` and `medusa-infra logs backend`, fix the cause, and run the command again.',
  },
  'administrator-exists': {
    meaning: 'A user of the store has that address already.',
    fix: 'Give another address, or add `--reset` for a new password.',
  },
  'administrator-missing': {
    meaning: 'No user of the store has that address, so there is no password to reset.',
    fix: 'Correct the address, or leave out `--reset`.',
  },
  'administrator-unsupported': {
    meaning: 'In a stack of that kind the command creates no administrator.',
    fix: 'Create it as the message says.',
  },
  'administrator-failed': {
    meaning: "The store's database did not take the administrator.",
    fix: "Fix what the message names, or create the administrator with the store's own command.",
  },

  // --- AWS ----------------------------------------------------------------------------------------

  'aws-credentials': {
    meaning: 'AWS rejected the credentials, or there are none.',
    fix: 'Log in, or set the credentials as docs/aws.md describes.',
  },
  'aws-request-failed': {
    meaning: 'AWS refused a request or did not answer it.',
    fix: 'Fix what its message names, such as a missing permission, and run the command again.',
  },
  'aws-region-unknown': {
    meaning: 'The kit does not have the certificate authority of database servers in that region.',
    fix: 'Choose another region, or update medusa-infra.',
  },
  'aws-region-mismatch': {
    meaning: "The stack's Pulumi configuration names another region than the stack file.",
    fix: 'Remove `aws:region` from the configuration: the stack file decides.',
  },
  'aws-zones-too-few': {
    meaning:
      'The region offers this account fewer availability zones than the stack file asks for.',
    fix: 'Set a smaller `aws.network.zones`, or use another region.',
  },
  'aws-hosted-zone-missing': {
    meaning: 'The account has no public hosted zone of that name.',
    fix: 'Create the zone in Route 53, or correct `aws.edge.zone`.',
  },
  'aws-service-missing': {
    meaning: 'The ECS service of the stack was deleted outside Pulumi.',
    fix: 'Run `medusa-infra up` again, which creates it.',
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
  'cache-not-private': {
    meaning:
      'Another user of the machine could replace the tools in the cache folder, which run as the user of the command.',
    fix: 'Take the right to write away from others, or set `MEDUSA_INFRA_CACHE` to a folder that only you can write to.',
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
