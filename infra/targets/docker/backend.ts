import type * as pulumi from '@pulumi/pulumi';
import { LABELS } from '../../../src/derive/labels.ts';
import { wrapCommand } from '../../../src/derive/secret-exec.ts';
import { formatSecretVersions } from '../../../src/derive/secret-versions.ts';
import { splitEnvironment } from '../../../src/derive/split-environment.ts';
import { BackendImage } from '../../components/docker/backend-image.ts';
import {
  BackendService,
  type BackendServiceArgs,
} from '../../components/docker/backend-service.ts';
import type { Placement } from '../../components/docker/container-args.ts';
import type { HttpEdge } from '../../components/docker/http-edge.ts';
import type { PrepareJob } from '../../components/docker/prepare-job.ts';
import type { DockerTargetArgs } from './args.ts';
import type { BackendVolumes } from './backend-volumes.ts';
import { machineFiles, secretFiles } from './container-files.ts';
import { loginLimit } from './login-limit.ts';

/** The image of replicas and migrations: a reference, or built from a folder. */
export function stackImage({
  plan: { name, backend },
  scope,
  buildContext,
  pinnedImageId,
}: Pick<DockerTargetArgs, 'plan' | 'scope' | 'buildContext' | 'pinnedImageId'>): BackendImage {
  const source =
    'reference' in backend.image
      ? {
          ...backend.image,
          ...(pinnedImageId === undefined ? {} : { pinnedId: pinnedImageId }),
        }
      : buildContext;
  if (source === undefined) throw new Error('the backend image has no build context');
  return new BackendImage(
    scope.name('backend-image'),
    { repository: `${name}-backend`, source },
    scope.opts,
  );
}

/** Where a container of the backend is, and who runs in it. */
export type BackendContainer = Placement &
  Pick<BackendServiceArgs, 'dataNetwork' | 'metadataNetwork' | 'user'>;

export interface BackendParts {
  readonly edge: HttpEdge;
  readonly image: BackendImage;
  readonly volumes: BackendVolumes;
  readonly prepared: PrepareJob;
}

/** The replicas; resolves when they get the traffic. */
export function stackBackend(
  args: Pick<DockerTargetArgs, 'plan' | 'scope' | 'secrets' | 'loginLimitScript'>,
  container: BackendContainer,
  { edge, image, volumes, prepared }: BackendParts,
): Promise<pulumi.Resource> {
  const { plan, scope, secrets } = args;
  const { backend } = plan;
  const { env, secretFiles: secretTemplates } = splitEnvironment(backend);
  const limit = loginLimit(args, env);
  const { released } = new BackendService(
    scope.name('backend'),
    {
      ...container,
      plan: backend,
      replicaLabels: { [LABELS.secretVersions]: formatSecretVersions(plan.secrets) },
      releaseKey: secrets.value('jwt'),
      edgeId: edge.containerId,
      image: image.imageId,
      command: wrapCommand(backend.command, backend.shell, limit.preload),
      environment: limit.environment,
      files: [
        ...secretFiles(secrets, secretTemplates),
        ...machineFiles(backend.files),
        ...limit.files,
      ],
      volumes: volumes.mounts,
      startsAfter: [prepared.succeeded],
    },
    scope.opts,
  );
  return released;
}
