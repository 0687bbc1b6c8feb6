import * as pulumi from '@pulumi/pulumi';
import type { BackendPlan } from '../../src/derive/plan.ts';
import type { StackSecrets, TemplateOutputs } from '../secrets.ts';

/** Outputs of a deployed stack. */
export interface TargetOutputs {
  readonly url: string;
  /** Every variable of the backend, by name. */
  readonly environment: pulumi.Output<Record<string, string>>;
  readonly images: pulumi.Output<Record<string, string>>;
  /** Names of objects that exist once; replicas and jobs are found by their labels. */
  readonly names: Readonly<Record<string, string>>;
}

/** The backend's variables as one secret. @param outputs outputs of resources, for templates that name one */
export function environmentOutput(
  backend: BackendPlan,
  secrets: StackSecrets,
  outputs: TemplateOutputs = {},
): pulumi.Output<Record<string, string>> {
  const values = backend.environment.map(({ name, value }) => [name, secrets.fill(value, outputs)]);
  return pulumi.secret(
    pulumi.all(Object.fromEntries(values) as Record<string, pulumi.Output<string>>),
  );
}
