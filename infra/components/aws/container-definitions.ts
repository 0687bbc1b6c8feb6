import { healthProbe } from '../../../src/bundle.ts';
import type { ContainerPlan } from '../../../src/derive/plan.ts';

/** A container of the plan, with references to resources that exist. */
export interface TaskContainer extends Omit<ContainerPlan, 'image' | 'environment' | 'secrets'> {
  /** Reference with a digest. */
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Variable -> ARN of a secret, with its version. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface LogTarget {
  readonly group: string;
  readonly region: string;
}

/**
 * Containers in the format of ECS's API, with lists in a stable order: the same stack gives the same
 * text, so that a second run sees no change.
 */
export function containerDefinitions(
  containers: readonly TaskContainer[],
  logs: LogTarget,
): readonly object[] {
  if (!containers.some(({ essential }) => essential)) {
    throw new Error(`no container of ${containers.map(({ name }) => name)} is essential`);
  }
  return containers.map((container) => ({
    name: container.name,
    image: container.image,
    ...(container.entryPoint.length > 0 ? { entryPoint: container.entryPoint } : {}),
    command: container.command,
    essential: container.essential,
    ...(container.dependsOnSuccess.length === 0
      ? {}
      : {
          dependsOn: container.dependsOnSuccess.map((containerName) => ({
            containerName,
            condition: 'SUCCESS',
          })),
        }),
    environment: pairs(container.environment).map(([name, value]) => ({ name, value })),
    secrets: pairs(container.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    ...(container.user === undefined ? {} : { user: container.user }),
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    mountPoints: pairs(container.mounts).map(([sourceVolume, containerPath]) => ({
      sourceVolume,
      containerPath,
      readOnly: false,
    })),
    portMappings:
      container.port === undefined
        ? []
        : [{ containerPort: container.port, hostPort: container.port, protocol: 'tcp' }],
    ...(container.healthCheck ? { healthCheck: healthCheck(container.healthCheck) } : {}),
    stopTimeout: container.stopTimeoutSeconds,
    ...(container.labels ? { dockerLabels: container.labels } : {}),
    // PID 1 has to reap children and forward signals; node does neither well.
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logs.group,
        'awslogs-region': logs.region,
        'awslogs-stream-prefix': container.logPrefix,
      },
    },
  }));
}

function healthCheck(check: NonNullable<TaskContainer['healthCheck']>) {
  return {
    command: ['CMD', ...healthProbe(check.request)],
    interval: check.intervalSeconds,
    timeout: check.timeoutSeconds,
    retries: check.retries,
    startPeriod: check.startPeriodSeconds,
  };
}

function pairs(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1));
}
