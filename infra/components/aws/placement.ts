import type * as pulumi from '@pulumi/pulumi';

/** Where in the network a resource is. */
export interface Placement {
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
}

/** The same for what keeps data. */
export interface DataPlacement extends Placement {
  readonly keyArn: pulumi.Input<string>;
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect: boolean;
}
