/** One container of a task, with references to resources that exist. */
export interface TaskContainer {
  readonly name: string;
  /** Reference with a digest. */
  readonly image: string;
  readonly command: readonly string[];
  /** The program. @default that of the image, if empty */
  readonly entryPoint: readonly string[];
  readonly essential: boolean;
  /** Containers that have to end with exit code 0 before this one starts. */
  readonly dependsOnSuccess: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Variable -> ARN of a secret, with its version. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly readonlyRootFilesystem: boolean;
  /** Volume -> path. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly retries: number;
    readonly startPeriodSeconds: number;
  };
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopTimeoutSeconds: number;
  readonly logPrefix: string;
  readonly labels?: Readonly<Record<string, string>>;
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
    command: check.command,
    interval: check.intervalSeconds,
    timeout: check.timeoutSeconds,
    retries: check.retries,
    startPeriod: check.startPeriodSeconds,
  };
}

function pairs(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1));
}
