import { UserError } from '../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a failed `pulumi` says of the state's place and passphrase, in words that name the mend;
 * undefined where it failed for another reason. Pulumi has no codes for these, only their texts.
 */
export function stateProblem(stderr: string, env: Env): UserError | undefined {
  if (/unable to read PULUMI_CONFIG_PASSPHRASE_FILE/.test(stderr)) {
    const file = env['PULUMI_CONFIG_PASSPHRASE_FILE'];
    return new UserError(
      `PULUMI_CONFIG_PASSPHRASE_FILE: cannot read "${file}"; name the file with the passphrase of the state, or unset it`,
    );
  }
  if (/incorrect passphrase|passphrase must be set with/.test(stderr)) {
    return new UserError(
      `${passphraseSource(env)}: not the passphrase that the secrets of this stack are encrypted with; give the one it was first brought up with, or, if the stack is gone for good, remove its stacks/Pulumi.<stack>.yaml`,
    );
  }
  const bucket = /unable to open bucket .*/.exec(stderr)?.[0];
  if (bucket) {
    return new UserError(
      `PULUMI_BACKEND_URL (or the place of pulumi login): ${bucket}; mend the address, or make what it names`,
    );
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(stderr)) {
    return new UserError(
      "PULUMI_BACKEND_URL (or the place of pulumi login) is taken for Pulumi's cloud, which asks who this is; export PULUMI_ACCESS_TOKEN, or name a place such as file:///srv/state or s3://bucket",
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
      `${refused[1]}: pulumi cannot write there (${refused[2]}); mend that, or name another place (PULUMI_BACKEND_URL, PULUMI_HOME, TMPDIR)`,
    );
  }
  return undefined;
}

/** What Pulumi cannot read of its own files. */
function fileProblem(stderr: string): UserError | undefined {
  const [, file, why] = /could not unmarshal '(.+)': invalid YAML file: (.+)/.exec(stderr) ?? [];
  if (file) return new UserError(`${file}: no YAML (${why}); mend it`);
  const settings = /secrets manager.*: invalid YAML file: (.+)/.exec(stderr)?.[1];
  if (settings) {
    return new UserError(`stacks/Pulumi.<stack>.yaml: no YAML (${settings}); mend it`);
  }
  if (/secrets manager.*: malformed state value/.test(stderr)) {
    return new UserError(
      'stacks/Pulumi.<stack>.yaml: encryptionsalt is not one that Pulumi has written; put the file back from version control, or, if the stack was never up, remove the line',
    );
  }
  const state = /failed to load checkpoint: (.+)/.exec(stderr)?.[1];
  if (state) {
    return new UserError(
      `the state of the stack cannot be read (${state}); put its file back from a backup: the one before is beside it as <stack>.json.bak, earlier ones are under .pulumi/backups`,
    );
  }
  return undefined;
}

/** Where Pulumi took the passphrase from: the variable goes before the file. */
function passphraseSource(env: Env): string {
  if (env['PULUMI_CONFIG_PASSPHRASE'] !== undefined) return 'PULUMI_CONFIG_PASSPHRASE';
  return `PULUMI_CONFIG_PASSPHRASE_FILE (${env['PULUMI_CONFIG_PASSPHRASE_FILE'] ?? 'not set'})`;
}
