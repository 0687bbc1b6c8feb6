import type * as pulumi from '@pulumi/pulumi';

/** What a stack gives away when it is up. */
export interface TargetOutputs {
  readonly url: string;
  /** Every variable of the backend, by name. */
  readonly environment: pulumi.Output<Record<string, string>>;
  readonly images: pulumi.Output<Record<string, string>>;
  /** On the engine, of what there is one of; replicas and jobs are found by their labels. */
  readonly names: Readonly<Record<string, string>>;
}
