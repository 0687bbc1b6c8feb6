import type { DockerPlan } from '../../../src/derive/plan.ts';
import type { ContainerRuntime } from '../../../src/docker/container-runtime.ts';
import type { BuildContext } from '../../../src/images/build-context.ts';
import type { Scope } from '../../scope.ts';
import type { StackSecrets } from '../../secrets.ts';

export interface DockerTargetArgs {
  readonly plan: DockerPlan;
  readonly scope: Scope;
  readonly secrets: StackSecrets;
  readonly runtime: ContainerRuntime;
  /** ID on the engine of the digest that the backend's reference is pinned to. @default not pinned */
  readonly pinnedImageId?: string | undefined;
  /** What the backend's image is built from; not needed for a reference. */
  readonly buildContext?: BuildContext;
  /** The prepare script's text. */
  readonly prepareScript: string;
  /** The text of the script that limits log-ins. */
  readonly loginLimitScript: string;
  /** Subnets of the internal networks, such as `198.18.7.0/24`, by the network's name. @default the engine's choice */
  readonly subnets?: Readonly<Record<string, string>>;
  /** Kernel settings of the edge's network. @default none */
  readonly edgeSysctls?: Readonly<Record<string, string>>;
}
