import { lockedImage } from '../../../src/derive/images.ts';
import type { Placement } from '../../components/docker/container-args.ts';
import { HttpEdge } from '../../components/docker/http-edge.ts';
import type { DockerTargetArgs } from './args.ts';
import { machineFiles } from './container-files.ts';

/** The proxy in front of the replicas, which publishes the stack's ports. */
export function stackEdge(
  { plan, scope, edgeSysctls }: Pick<DockerTargetArgs, 'plan' | 'scope' | 'edgeSysctls'>,
  placement: Placement,
): HttpEdge {
  return new HttpEdge(
    scope.name('edge'),
    {
      ...placement,
      plan: plan.proxy,
      containerName: `${plan.name}-edge`,
      image: lockedImage(plan.images, 'edge').ref,
      sysctls: edgeSysctls,
      files: machineFiles(plan.proxy.files),
    },
    scope.opts,
  );
}
