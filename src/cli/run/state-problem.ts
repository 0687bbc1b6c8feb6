import { UserError } from '../../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a failed `pulumi` says about the backend and the passphrase, as a message that names the fix;
 * undefined if it failed for another reason. Pulumi has no codes for these, only texts.
 */
export function stateProblem(stderr: string, env: Env): UserError | undefined {
  if (/unable to read PULUMI_CONFIG_PASSPHRASE_FILE/.test(stderr)) {
    const file = env['PULUMI_CONFIG_PASSPHRASE_FILE'];
    return new UserError(
      `PULUMI_CONFIG_PASSPHRASE_FILE: cannot read "${file}"; set it to the file with the passphrase of the state, or unset it`,
      'passphrase-missing',
    );
  }
  if (/incorrect passphrase|passphrase must be set with/.test(stderr)) {
    return new UserError(
      `${passphraseSource(env)}: wrong passphrase for the secrets of this stack; use the one it was created with, or, if the stack is gone for good, remove its stacks/Pulumi.<stack>.yaml`,
      'passphrase-wrong',
    );
  }
  const bucket = /unable to open bucket .*/.exec(stderr)?.[0];
  if (bucket) {
    return new UserError(
      `PULUMI_BACKEND_URL (or the backend of pulumi login): ${bucket}; correct the URL, or create what it names`,
      'backend-unavailable',
    );
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(stderr)) {
    return new UserError(
      "PULUMI_BACKEND_URL (or the backend of pulumi login) means Pulumi's cloud, which needs an access token; export PULUMI_ACCESS_TOKEN, or set a backend such as file:///srv/state or s3://bucket",
      'login-required',
    );
  }
  const settings = fileProblem(stderr);
  if (settings) return settings;
  const refused =
    /(?:open|mkdir|rename|write|create) (\S+): (permission denied|read-only file system|no space left on device|not a directory)/.exec(
      stderr,
    );
  if (refused) {
    return new UserError(
      `${refused[1]}: pulumi cannot write to it (${refused[2]}); fix that, or use another path (PULUMI_BACKEND_URL, PULUMI_HOME, TMPDIR)`,
      'file-access-failed',
    );
  }
  return undefined;
}

/** Files of Pulumi's that Pulumi cannot parse. */
function fileProblem(stderr: string): UserError | undefined {
  const [, file, why] = /could not unmarshal '(.+)': invalid YAML file: (.+)/.exec(stderr) ?? [];
  if (file) return new UserError(`${file}: not valid YAML (${why}); fix it`, 'pulumi-file-invalid');
  const settings = /secrets manager.*: invalid YAML file: (.+)/.exec(stderr)?.[1];
  if (settings) {
    return new UserError(
      `stacks/Pulumi.<stack>.yaml: not valid YAML (${settings}); fix it`,
      'pulumi-file-invalid',
    );
  }
  if (/secrets manager.*: malformed state value/.test(stderr)) {
    return new UserError(
      'stacks/Pulumi.<stack>.yaml: encryptionsalt is not valid; restore the file from version control, or, if the stack was never deployed, remove the line',
      'pulumi-file-invalid',
    );
  }
  const state = /failed to load checkpoint: (.+)/.exec(stderr)?.[1];
  if (state) {
    return new UserError(
      `the state of the stack is not readable (${state}); restore its file from a backup: the previous one is next to it as <stack>.json.bak, earlier ones are under .pulumi/backups`,
      'state-unreadable',
    );
  }
  return undefined;
}

/** Where Pulumi took the passphrase from: the variable wins over the file. */
function passphraseSource(env: Env): string {
  if (env['PULUMI_CONFIG_PASSPHRASE'] !== undefined) return 'PULUMI_CONFIG_PASSPHRASE';
  return `PULUMI_CONFIG_PASSPHRASE_FILE (${env['PULUMI_CONFIG_PASSPHRASE_FILE'] ?? 'not set'})`;
}
