import { LifecyclePolicy } from '@pulumi/aws/ecr/lifecyclePolicy.js';
import { Repository } from '@pulumi/aws/ecr/repository.js';
import * as pulumi from '@pulumi/pulumi';

export interface ImageRepositoryArgs {
  readonly repositoryName: string;
  readonly keyArn: pulumi.Input<string>;
  /** Kinds of images by the prefix of their tags, and how many of each are kept. */
  readonly kinds: readonly { readonly tagPrefix: string; readonly keep: number }[];
  readonly untaggedDays: number;
}

/** The registry of the stack's images: scanned, encrypted, with immutable tags. */
export class ImageRepository extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:ImageRepository', name, {}, opts);
    const repository = new Repository(
      `${name}-repository`,
      {
        name: args.repositoryName,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: args.keyArn }],
        // `up` builds these images again from others, with the kit's files.
        forceDelete: true,
      },
      { parent: this },
    );
    new LifecyclePolicy(
      `${name}-lifecycle`,
      { repository: repository.name, policy: JSON.stringify({ rules: lifecycleRules(args) }) },
      { parent: this },
    );
    this.url = repository.repositoryUrl;
    this.arn = repository.arn;
    this.registerOutputs();
  }
}

function lifecycleRules(args: ImageRepositoryArgs) {
  const kept = args.kinds.map(({ tagPrefix, keep }, index) => ({
    rulePriority: index + 1,
    description: `the newest ${keep} of ${tagPrefix}`,
    selection: {
      tagStatus: 'tagged',
      tagPrefixList: [tagPrefix],
      countType: 'imageCountMoreThan',
      countNumber: keep,
    },
    action: { type: 'expire' },
  }));
  return [
    ...kept,
    {
      rulePriority: kept.length + 1,
      description: `untagged for ${args.untaggedDays} days`,
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: args.untaggedDays,
      },
      action: { type: 'expire' },
    },
  ];
}
