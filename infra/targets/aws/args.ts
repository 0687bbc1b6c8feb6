import type { Provider } from '@pulumi/aws/provider.js';
import type * as pulumi from '@pulumi/pulumi';
import type { ReleaseWatch } from '../../../src/aws/release-watch.ts';
import type { ReleaseWork } from '../../../src/aws/release-work.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import type { BuildContext } from '../../../src/images/build-context.ts';
import type { ImagePublisher } from '../../../src/images/publish/image-publisher.ts';
import type { Scope } from '../../scope.ts';
import type { StackSecrets } from '../../secrets.ts';
import type { AwsFacts } from './facts.ts';

export interface AwsTargetArgs {
  readonly plan: AwsPlan;
  readonly scope: Scope;
  readonly secrets: StackSecrets;
  /** For the account and region of the stack. */
  readonly provider: Provider;
  readonly facts: AwsFacts;
  /** Log groups of the stack's database that exist. @default none */
  readonly databaseLogGroups?: readonly string[];
  readonly publisher: ImagePublisher;
  readonly work: ReleaseWork;
  readonly watch: ReleaseWatch;
  /** What the backend's image is built from; not needed for a reference. */
  readonly buildContext?: BuildContext;
  /** The prepare script's text. */
  readonly prepareScript: string;
}

/** What every step of a deployment needs. */
export interface StackContext {
  readonly plan: AwsPlan;
  /** Logical name of a resource. */
  readonly name: Scope['name'];
  readonly secrets: StackSecrets;
  readonly facts: AwsFacts;
  readonly databaseLogGroups: readonly string[];
  readonly opts: pulumi.ComponentResourceOptions;
}
