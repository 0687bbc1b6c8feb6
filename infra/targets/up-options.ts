import type * as pulumi from '@pulumi/pulumi';
import type { Scope } from '../scope.ts';

/** How another program than the kit's own deploys a stack. */
export interface UpOptions {
  /** @default the top of the program */
  readonly scope?: Scope;
  /** Values of supplied secrets, by name, which are then read from nowhere else. @default none */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The provider of the target's resources. @default the one that Pulumi, or on aws the kit, creates */
  readonly provider?: pulumi.ProviderResource;
}
