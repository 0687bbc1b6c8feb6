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
  return undefined;
}

/** Where Pulumi took the passphrase from: the variable goes before the file. */
function passphraseSource(env: Env): string {
  if (env['PULUMI_CONFIG_PASSPHRASE'] !== undefined) return 'PULUMI_CONFIG_PASSPHRASE';
  return `PULUMI_CONFIG_PASSPHRASE_FILE (${env['PULUMI_CONFIG_PASSPHRASE_FILE'] ?? 'not set'})`;
}
