import * as pulumi from '@pulumi/pulumi';
import type { ContainerPlan, ImageRef } from '../../../src/derive/plan.ts';
import type { TaskContainer } from '../../components/aws/container-definitions.ts';
import type { SecretVault } from '../../components/aws/secret-vault.ts';
import type { StackSecrets, TemplateOutputs } from '../../secrets.ts';

export interface TaskParts {
  readonly secrets: StackSecrets;
  readonly outputs: TemplateOutputs;
  readonly vault: SecretVault;
  /** ARN of RDS's secret; only with the stack's own database. */
  readonly masterSecretArn?: pulumi.Output<string>;
  readonly images: Readonly<Partial<Record<ImageRef, pulumi.Output<string>>>>;
}

/** A container with its image, variables and references to secrets; it contains no secret value. */
export function taskContainer(plan: ContainerPlan, parts: TaskParts): pulumi.Output<TaskContainer> {
  const image = parts.images[plan.image];
  if (!image) throw new Error(`container ${plan.name}: there is no image ${plan.image}`);
  const environment = mapValues(plan.environment, (template) =>
    parts.secrets.fill(template, parts.outputs),
  );
  const secrets = mapValues(plan.secrets, (secret) => {
    if (secret.kind === 'entry') return parts.vault.reference(secret.name);
    if (!parts.masterSecretArn) throw new Error(`container ${plan.name}: there is no database`);
    // No version: RDS rotates it, and a task has to start afterwards too.
    return pulumi.interpolate`${parts.masterSecretArn}:password::`;
  });
  const { environment: _templates, secrets: _names, image: _kind, ...rest } = plan;
  return pulumi
    .all([image, pulumi.all(environment), pulumi.all(secrets)])
    .apply(([ref, variables, references]) => ({
      ...rest,
      image: ref,
      environment: variables,
      secrets: references,
    }));
}

function mapValues<T, R>(map: Readonly<Record<string, T>>, change: (value: T) => R) {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, change(value)]),
  ) as Record<string, R>;
}
