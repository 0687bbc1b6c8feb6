import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsSecretPlan } from '../../../src/derive/plan.ts';

export interface SecretVaultArgs {
  readonly keyArn: pulumi.Input<string>;
  readonly secrets: readonly VaultSecret[];
}

/** A secret of the plan with its value. */
export type VaultSecret = Omit<AwsSecretPlan, 'value'> & { readonly value: pulumi.Input<string> };

/** One secret in Secrets Manager for each entry; a changed value is a new version of it. */
export class SecretVault extends pulumi.ComponentResource {
  /** ARNs of all secrets, without versions, for policies. */
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
          // AWS itself moves the stages and deletes versions without one. After a killed run the provider
          // would remove a stage that has already moved, which AWS refuses.
          retainOnDelete: true,
        },
      );
      this.#references.set(entry.name, pulumi.interpolate`${secret.arn}:::${version.versionId}`);
      return secret.arn;
    });
    this.registerOutputs();
  }

  /** Reference for a task definition: the secret at exactly the version that this run wrote. */
  reference(name: string): pulumi.Output<string> {
    const found = this.#references.get(name);
    if (!found) throw new Error(`there is no secret ${name} in Secrets Manager`);
    return found;
  }
}
