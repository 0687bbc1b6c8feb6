import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js';
import * as pulumi from '@pulumi/pulumi';

export interface SecretVaultArgs {
  readonly keyArn: pulumi.Input<string>;
  readonly secrets: readonly VaultSecret[];
}

export interface VaultSecret {
  /** Unique in the stack, such as `backend/DATABASE_URL`. */
  readonly name: string;
  /** Begins the name in Secrets Manager; a random end follows, because a deleted name stays taken. */
  readonly namePrefix: string;
  readonly description: string;
  readonly value: pulumi.Input<string>;
  /** Days in which a deleted secret can be brought back; 0: gone at once. */
  readonly recoveryDays: number;
}

/** One Secrets Manager secret an entry; a changed value is a new version of it. */
export class SecretVault extends pulumi.ComponentResource {
  /** Of all secrets, without versions: what a policy names. */
  readonly arns: readonly pulumi.Output<string>[];
  readonly #references = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: SecretVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:SecretVault', name, {}, opts);
    this.arns = args.secrets.map((entry) => {
      const logical = `${name}-${entry.name.replaceAll('/', '-')}`;
      const secret = new Secret(
        logical,
        {
          namePrefix: entry.namePrefix,
          description: entry.description,
          kmsKeyId: args.keyArn,
          recoveryWindowInDays: entry.recoveryDays,
        },
        { parent: this },
      );
      const version = new SecretVersion(
        `${logical}-value`,
        { secretId: secret.id, secretString: entry.value },
        {
          parent: this,
          additionalSecretOutputs: ['secretString'],
          // AWS moves the stages itself, and drops a version without one. The provider would take away a
          // stage that has moved on meanwhile, which AWS refuses after a run that was killed.
          retainOnDelete: true,
        },
      );
      this.#references.set(entry.name, pulumi.interpolate`${secret.arn}:::${version.versionId}`);
      return secret.arn;
    });
    this.registerOutputs();
  }

  /** What a task definition names: the secret at exactly the version that this run wrote. */
  reference(name: string): pulumi.Output<string> {
    const found = this.#references.get(name);
    if (!found) throw new Error(`there is no secret ${name} in Secrets Manager`);
    return found;
  }
}
