import type * as pulumi from '@pulumi/pulumi';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import type { ContainerRuntime } from '../../../src/docker/container-runtime.ts';
import { FOLDER_JOB_SECONDS } from '../../../src/docker/limits.ts';
import type { VolumeMount } from '../../components/docker/container-args.ts';
import { dataVolume } from '../../components/docker/data-volume.ts';
import { PrepareJob, SMALL_JOB_LIMITS } from '../../components/docker/prepare-job.ts';
import { UploadsVolume } from '../../components/docker/uploads-volume.ts';
import type { Scope } from '../../scope.ts';

/** Volumes that replicas and jobs of the backend share. */
export interface BackendVolumes {
  readonly mounts?: readonly VolumeMount[];
  /** For `dependsOn` of the first container that uses them. */
  readonly ready: readonly Promise<pulumi.Resource>[];
  readonly uploads?: UploadsVolume;
}

interface VolumeArgs {
  readonly scope: Scope;
  readonly plan: DockerPlan;
  readonly runtime: ContainerRuntime;
}

/** The volumes in the plan. @param image ID of the backend's image */
export function backendVolumes(args: VolumeArgs, image: pulumi.Output<string>): BackendVolumes {
  const sqlite = sqliteVolume(args, image);
  const uploads = uploadsVolume(args, image);
  const mounts = [sqlite?.mount, uploads?.mount].filter((mount) => mount !== undefined);
  return {
    ...(mounts.length > 0 ? { mounts } : {}),
    ready: [sqlite?.ready, uploads?.ready].filter((ready) => ready !== undefined),
    ...(uploads ? { uploads } : {}),
  };
}

function uploadsVolume(
  { plan, scope, runtime }: VolumeArgs,
  image: pulumi.Output<string>,
): UploadsVolume | undefined {
  if (!plan.uploads) return undefined;
  const { volume, path } = plan.uploads;
  return new UploadsVolume(
    scope.name('uploads'),
    {
      labels: plan.labels,
      runtime,
      volumeName: volume.name,
      keep: volume.keep,
      folder: path,
      image,
    },
    scope.opts,
  );
}

/** The folder of the database belongs to root at first; a job opens it for the image's user. */
function sqliteVolume({ plan, scope, runtime }: VolumeArgs, image: pulumi.Output<string>) {
  const { database, labels, backend } = plan;
  if (database.kind !== 'sqlite') return undefined;
  const volume = dataVolume(
    scope.name('sqlite-volume'),
    { ...database.volume, labels, component: 'database' },
    scope.opts.parent,
  );
  const mount = { name: volume.name, path: database.folder };
  const writable = new PrepareJob(
    scope.name('prepare-folder'),
    {
      labels,
      runtime,
      component: 'prepare-folder',
      image,
      user: { user: '0:0', groups: [] },
      command: ['node', '-e', 'require("fs").chmodSync(process.argv[1], 0o1777)', database.folder],
      environment: {},
      files: [],
      volumes: [mount],
      limits: { ...SMALL_JOB_LIMITS, pidsLimit: backend.pidsLimit },
      timeoutSeconds: FOLDER_JOB_SECONDS,
    },
    scope.opts,
  );
  return { mount, ready: writable.succeeded };
}
