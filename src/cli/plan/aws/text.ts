import type {
  AwsDatabasePlan,
  AwsNetworkPlan,
  AwsResources,
  ElastiCachePlan,
  LoadBalancerPlan,
  ScalingPlan,
} from '../../../derive/plan.ts';
import { count } from '../../units-text.ts';
import type { Row, TargetSections } from '../row.ts';

type Section = readonly [title: string, rows: readonly Row[]];

/** What AWS runs of a stack, by the sections of `plan`. */
export function awsSections(aws: AwsResources): TargetSections {
  return {
    network: networkRows(aws),
    ...(aws.database ? { database: databaseRows(aws.database) } : {}),
    ...(aws.redis ? { redis: redisRows(aws.redis) } : {}),
    service: serviceRows(aws),
    edge: edgeRows(aws.edge),
  };
}

/** Roles and the cost estimate, which only this target has. */
export function awsAppendix(aws: AwsResources): readonly Section[] {
  const { costs } = aws;
  return [
    [
      'roles',
      aws.roles.map(({ name, about, statements, policyArns }) => [
        name,
        `${about}: ${[...statements.map(({ sid }) => sid), ...policyArns].join(', ') || 'nothing'}`,
      ]),
    ],
    [
      `estimate of a month in ${costs.currency} (list prices of ${costs.pricesOf}, ${costs.pricesAsOf})`,
      [
        ...costs.lines.map(
          ({ name, detail, monthly }): Row => [name, `${money(monthly)}  ${detail}`],
        ),
        ['total', `${money(costs.monthlyTotal)}  without ${costs.notIncluded.join('; ')}`],
      ],
    ],
  ];
}

function money(amount: number | undefined): string {
  return (amount === undefined ? '?' : amount.toFixed(2)).padStart(8);
}

function networkRows({ network, region, securityGroups }: AwsResources): Row[] {
  return [
    ['region', region],
    ...vpcRows(network),
    ...securityGroups.map(
      ({ name, ingress }): Row => [
        `to ${name}`,
        ingress.map(({ peer, port }) => `from ${peer} on ${port ?? 'all ports'}`).join(', '),
      ],
    ),
  ];
}

function vpcRows(network: AwsNetworkPlan): Row[] {
  if (network.kind === 'existing') return [['VPC', `your own, ${network.vpcId}`]];
  const nat = {
    'per-zone': 'a NAT gateway in each zone',
    single: 'one NAT gateway for all zones',
    none: `no internet access; VPC endpoints for ${network.interfaceEndpoints.join(', ')}`,
  };
  return [
    ['VPC', `${network.cidr} over ${network.zones.length} zones`],
    ['way out', nat[network.nat]],
    ...(network.flowLogs
      ? [['flow logs', `${network.flowLogs.logGroup}, ${network.flowLogs.days} days`] as const]
      : []),
  ];
}

function databaseRows(database: AwsDatabasePlan): Row[] {
  const { engineVersion, port, backupDays, backupWindow } = database;
  const size: Row[] =
    database.kind === 'aurora'
      ? [
          [
            'server',
            `Aurora PostgreSQL ${engineVersion}, serverless, port ${port}, ${count(database.instances, 'instance')}`,
          ],
          ['capacity', `${database.capacity.min} to ${database.capacity.max} units each`],
        ]
      : [
          [
            'server',
            `RDS PostgreSQL ${engineVersion}, ${database.instanceClass}, port ${port}, ${database.multiAz ? 'with a standby in another zone' : 'in one zone'}`,
          ],
          [
            'storage',
            `${database.storageGib} GiB${database.maxStorageGib ? `, growing to ${database.maxStorageGib} GiB` : ''}`,
          ],
        ];
  return [
    ...size,
    [
      'backups',
      backupDays === 0
        ? 'none'
        : `any point in the last ${count(backupDays, 'day')}, ${backupWindow} UTC`,
    ],
    [
      'kept by',
      [
        ...(database.deletionProtection ? ['deletion protection'] : []),
        ...(database.finalSnapshot ? ['a final snapshot'] : []),
      ].join(', ') || 'nothing',
    ],
  ];
}

function redisRows(redis: ElastiCachePlan): Row[] {
  const product = redis.engine === 'valkey' ? 'Valkey' : 'Redis';
  return [
    [
      'server',
      `ElastiCache ${product} ${redis.engineVersion}, ${redis.nodes} x ${redis.nodeType}, port ${redis.port}, TLS`,
    ],
    ['failover', redis.automaticFailover ? 'to a node in another zone' : 'none'],
    [
      'snapshots',
      redis.snapshotDays === 0 ? 'none' : `kept for ${count(redis.snapshotDays, 'day')}`,
    ],
  ];
}

function serviceRows({ task, service, scaling, registry }: AwsResources): Row[] {
  return [
    [
      'tasks',
      `${service.desiredCount} on Fargate (${task.architecture}), ${task.cpuUnits / 1024} CPU, ${task.memoryMib} MiB each`,
    ],
    ...(scaling ? [['scaling', scalingText(scaling)] as const] : []),
    [
      'capacity',
      service.capacity.map(({ provider, weight }) => `${weight} ${provider}`).join(' : '),
    ],
    ['order', task.containers.map(({ name }) => name).join(' -> ')],
    ['repository', registry.url ?? `${registry.name} in ECR`],
    ['shell', service.exec ? 'aws ecs execute-command' : 'none'],
  ];
}

function scalingText(scaling: ScalingPlan): string {
  const aims = [
    scaling.cpuPercent && `CPU ${scaling.cpuPercent}%`,
    scaling.memoryPercent && `memory ${scaling.memoryPercent}%`,
    scaling.requestsPerTarget && `${scaling.requestsPerTarget} requests per minute and task`,
  ].filter(Boolean);
  const times = scaling.schedule.map(
    ({ name, min, max, schedule }) => `; ${name}: ${min} to ${max} at ${schedule}`,
  );
  return `${scaling.min} to ${scaling.max}, for ${aims.join(', ')}${times.join('')}`;
}

function edgeRows(edge: LoadBalancerPlan): Row[] {
  const certificate = {
    'dns-validated': 'an ACM certificate, validated in the zone',
    given: 'your certificate',
    none: 'none here',
  }[edge.certificate.kind];
  return [
    ['host', `${edge.host}, port ${edge.port}${edge.redirectHttp ? ' (80 redirects)' : ''}`],
    ['tls', edge.certificate.kind === 'none' ? certificate : `${certificate}; ${edge.tlsPolicy}`],
    ...(edge.zone ? [['zone', 'id' in edge.zone ? edge.zone.id : edge.zone.name] as const] : []),
    ...(edge.accessLogs
      ? [
          [
            'access logs',
            edge.accessLogs.bucket ?? `a bucket of the stack, ${edge.accessLogs.days} days`,
          ] as const,
        ]
      : []),
    ...(edge.waf ? [['firewall', edge.waf.arn ?? edge.waf.managedRules.join(', ')] as const] : []),
  ];
}
