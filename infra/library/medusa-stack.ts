import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { Plan } from '../../src/derive/plan.ts';
import type { StackFile } from '../../src/stack/stack-file.ts';
import { type DeployedStack, deployStack } from '../deploy-stack.ts';
import { projectFolder } from '../project-folder.ts';
import { toRunError } from '../run-error.ts';
import { childScope } from '../scope.ts';

export interface MedusaStackArgs {
  /**
   * The stack file, relative to the folder of Pulumi.yaml. The images that the stack was first deployed with are
   * recorded in `images.lock.yaml` next to it.
   */
  readonly file: string;
  /**
   * Values of the secrets that the stack file declares as supplied (`from:`), by name. Those that are left out are
   * read where the stack file says; `from: config` is a key of the program's own configuration.
   * @default none
   */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Name of this stack in the names of containers, volumes and AWS resources, after that of the project. It must
   * be unique among all stacks of the project; another name means other volumes and other data.
   * @default `<Pulumi's stack>-<name of the component>`
   */
  readonly stackName?: string;
}

/** Packages of providers, and a type of each: Pulumi finds a component's provider by a type. */
const PROVIDER_TYPES: Readonly<Record<StackFile['target'], string>> = {
  docker: 'docker:index/container:Container',
  aws: 'aws:ecs/service:Service',
};

/**
 * A Medusa backend with PostgreSQL, Redis, secrets and an edge, from a stack file, in your own Pulumi program.
 *
 * Providers are those of the component's options: the Docker provider's host is also the engine that images are
 * built on and releases are switched on, the AWS provider's account the one that releases are watched in. All
 * problems that can be found before are reported at once, before a resource is created, also in a preview.
 *
 * @example
 * const shop = new MedusaStack('shop', { file: 'stacks/shop.yaml' });
 * export const url = shop.url;
 */
export class MedusaStack extends pulumi.ComponentResource<DeployedStack> {
  /** Address of the backend, known in a preview. */
  readonly url: pulumi.Output<string>;
  /** Every variable of the backend, by name; a secret. */
  readonly environment: pulumi.Output<Record<string, string>>;
  /** Name and digest of each image in use. */
  readonly images: pulumi.Output<Record<string, string>>;
  /**
   * Names of objects that exist once. On docker `network`, `edge`, and `database` and `redis` where the stack has
   * its own; on aws `cluster`, `service` and `logGroup`.
   */
  readonly names: pulumi.Output<Readonly<Record<string, string>>>;
  /** On aws the load balancer's name, which a host outside Route 53 has to be an alias of; undefined on docker. */
  readonly loadBalancer: pulumi.Output<string | undefined>;
  /** What was derived from the stack file; it holds no secret value. */
  readonly plan: pulumi.Output<Plan>;

  /**
   * @param name unique among the components of this type in the program; the children's names begin with it
   */
  constructor(name: string, args: MedusaStackArgs, opts?: pulumi.ComponentResourceOptions) {
    // The arguments are no inputs of the component: a path differs from machine to machine, a secret may be plain.
    const inputs = {};
    passed.set(inputs, args);
    super('medusa-infra:index:MedusaStack', name, inputs, opts);
    const deployed = this.getData();
    // Each by itself: a part that is unknown or fails leaves the others alone.
    this.url = pulumi.output(deployed.then(({ outputs }) => outputs.url));
    this.environment = pulumi.output(deployed.then(({ outputs }) => outputs.environment));
    this.images = pulumi.output(deployed.then(({ outputs }) => outputs.images));
    this.names = pulumi.output(deployed.then(({ outputs }) => outputs.names));
    this.loadBalancer = pulumi.output(
      deployed.then(({ outputs }) =>
        'loadBalancer' in outputs ? outputs.loadBalancer : pulumi.output(undefined),
      ),
    );
    this.plan = pulumi.output(deployed.then(({ plan }) => plan)) as pulumi.Output<Plan>;
  }

  /** Called by Pulumi, which lets whatever depends on the component wait until all children are registered. */
  protected override async initialize(
    inputs: pulumi.Inputs,
    _opts: pulumi.ComponentResourceOptions | undefined,
    name: string,
  ): Promise<DeployedStack> {
    const args = passed.get(inputs);
    if (args === undefined) throw new Error(`MedusaStack "${name}" has no arguments`);
    try {
      return await deployStack({
        file: path.resolve(projectFolder(), args.file),
        stackName: args.stackName ?? `${pulumi.getStack()}-${name}`,
        scope: childScope(name, this),
        providerOf: (target) => this.getProvider(PROVIDER_TYPES[target]),
        ...(args.secrets ? { secrets: args.secrets } : {}),
      });
    } catch (error) {
      throw toRunError(error);
    }
  }
}

/** Arguments on their way from a constructor to `initialize`, which Pulumi calls before the constructor goes on. */
const passed = new WeakMap<object, MedusaStackArgs>();
