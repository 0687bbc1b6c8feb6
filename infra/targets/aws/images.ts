import { getAuthorizationToken } from '@pulumi/aws/ecr/getAuthorizationToken.js';
import type * as pulumi from '@pulumi/pulumi';
import { keepAliveScript } from '../../../src/bundle.ts';
import { readCertificates } from '../../../src/certificate-file.ts';
import { lockedImage, pinnedBackend } from '../../../src/derive/images.ts';
import type {
  AwsPlan,
  DerivedImagePlan,
  ImageRef,
  LockedBackend,
} from '../../../src/derive/plan.ts';
import type { BuildContext } from '../../../src/images/build-context.ts';
import type {
  ImageBase,
  ImagePublisher,
  ImageRecipe,
} from '../../../src/images/publish/image-publisher.ts';
import { ImageRepository } from '../../components/aws/image-repository.ts';
import type { Scope } from '../../scope.ts';
import { publishedImage } from './published-image.ts';

export interface AwsImagesArgs {
  readonly plan: AwsPlan;
  readonly scope: Scope;
  readonly publisher: ImagePublisher;
  /** What the backend's image is built from; not needed for a reference. */
  readonly buildContext?: BuildContext;
  readonly prepareScript: string;
  readonly keyArn: pulumi.Input<string>;
  readonly opts: pulumi.ComponentResourceOptions;
  readonly invoke: pulumi.InvokeOptions;
}

export interface AwsImages {
  /** By digest. */
  readonly refs: Readonly<Partial<Record<ImageRef, pulumi.Output<string>>>>;
  /** undefined with the user's own registry. */
  readonly repository?: ImageRepository;
}

/** The images of the tasks, with the files that the kit adds, in one repository. */
export function awsImages(args: AwsImagesArgs): AwsImages {
  const { registry, images } = args.plan.aws;
  const repository =
    registry.url === undefined
      ? new ImageRepository(
          args.scope.name('images'),
          {
            repositoryName: registry.name,
            keyArn: args.keyArn,
            kinds: Object.entries(images).map(([kind, image]) => ({
              tagPrefix: image.tagPrefix,
              keep: registry.keep[kind as ImageRef],
            })),
            untaggedDays: registry.untaggedDays,
          },
          args.opts,
        )
      : undefined;
  const publish = ({ tagPrefix, recipe }: PlannedImage) =>
    publishedImage({
      publisher: args.publisher,
      repositoryUrl: repository?.url ?? registry.url ?? '',
      ...(repository ? { login: () => ecrLogin(args.invoke) } : {}),
      tagPrefix,
      recipe,
    });
  const planned = plannedImages(args);
  return {
    ...(repository ? { repository } : {}),
    refs: {
      release: publish(planned.release),
      ...(planned.sql ? { sql: publish(planned.sql) } : {}),
    },
  };
}

/** An image that has to be in the repository. */
export interface PlannedImage {
  readonly tagPrefix: string;
  readonly recipe: ImageRecipe;
}

/** Every image of the tasks. */
export function plannedImages(
  args: Pick<AwsImagesArgs, 'plan' | 'buildContext' | 'prepareScript'>,
): { readonly release: PlannedImage; readonly sql?: PlannedImage } {
  const { images, task } = args.plan.aws;
  const planned = (image: DerivedImagePlan, base: ImageBase): PlannedImage => ({
    tagPrefix: image.tagPrefix,
    recipe: {
      base,
      files: {
        ...image.files,
        ...Object.fromEntries(
          Object.entries(image.machineFiles).map(([path, source]) => [
            path,
            readCertificates(source),
          ]),
        ),
        ...(image.prepareScriptPath ? { [image.prepareScriptPath]: args.prepareScript } : {}),
        ...(image.keepAliveScriptPath ? { [image.keepAliveScriptPath]: keepAliveScript() } : {}),
      },
      writableFolders: image.writableFolders,
      platform: task.architecture === 'ARM64' ? 'linux/arm64' : 'linux/amd64',
    },
  });
  return {
    release: planned(images.release, backendBase(args)),
    ...(images.sql
      ? { sql: planned(images.sql, { reference: lockedImage(args.plan.images, 'postgres').ref }) }
      : {}),
  };
}

function backendBase({
  plan,
  buildContext,
}: Pick<AwsImagesArgs, 'plan' | 'buildContext'>): ImageBase {
  const { image } = plan.backend;
  if ('reference' in image) {
    const pin = pinnedBackend(image, plan.images);
    return pin ? { reference: pin.ref, identity: identityOf(pin) } : image;
  }
  if (buildContext === undefined) throw new Error('the backend image has no build context');
  return buildContext;
}

/**
 * The reference itself until `images update` takes another digest under it: an image that was published
 * before the lock pinned its base stays the release.
 */
function identityOf({ name, ref, updates }: LockedBackend): string {
  return updates === undefined ? name : ref;
}

/** A password for twelve hours, for lookups and pushes. */
async function ecrLogin(invoke: pulumi.InvokeOptions) {
  const { userName, password } = await getAuthorizationToken({}, invoke);
  return { username: userName, password };
}
