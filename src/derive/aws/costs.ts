import type { AwsDatabasePlan } from './database.ts';
import type { LoadBalancerPlan } from './load-balancer.ts';
import type { AwsNetworkPlan } from './network.ts';
import { GLOBAL_PRICES, PRICES, PRICES_AS_OF, type PriceTable, VALKEY_SHARE } from './prices.ts';
import type { ElastiCachePlan } from './redis.ts';
import type { AwsSecretPlan } from './secrets.ts';
import type { ServicePlan } from './service.ts';
import type { TaskPlan } from './task.ts';

/** List prices without traffic, storage of logs and requests: an estimate, not an offer. */
export interface CostEstimate {
  readonly currency: 'USD';
  /** Month of the price table, `yyyy-mm`. */
  readonly pricesAsOf: string;
  /** The region whose prices these are; another one than the stack's where the table lacks it. */
  readonly pricesOf: string;
  readonly lines: readonly CostLine[];
  readonly monthlyTotal: number;
  readonly notIncluded: readonly string[];
}

export interface CostLine {
  readonly name: string;
  /** How it was counted, such as `2 x 32.85`. */
  readonly detail: string;
  /** undefined: the table has no price for it. */
  readonly monthly?: number;
}

/** What is paid for. */
interface PricedResources {
  readonly region: string;
  readonly network: AwsNetworkPlan;
  readonly database?: AwsDatabasePlan;
  readonly redis?: ElastiCachePlan;
  readonly task: TaskPlan;
  readonly service: ServicePlan;
  readonly edge: LoadBalancerPlan;
  readonly secrets: readonly AwsSecretPlan[];
  readonly key: { readonly arn?: string };
}

const HOURS = 730;
const DEFAULT_REGION = 'us-east-1';

const NOT_INCLUDED = [
  'traffic (NAT, load balancer, between zones, to the internet)',
  'logs, metrics and access logs',
  'backups beyond the size of the database',
  'images in ECR',
  'the hosted zone',
  'taxes and discounts',
];

/** What a stack costs a month with nobody in the store: an estimate from a dated table of list prices. */
export function estimateCosts(aws: PricedResources): CostEstimate {
  const pricesOf = PRICES[aws.region] ? aws.region : DEFAULT_REGION;
  const prices = PRICES[pricesOf];
  if (!prices) throw new Error(`no prices of ${pricesOf}`);
  const lines = [
    ...networkLines(aws, prices),
    ...(aws.database ? databaseLines(aws.database, prices) : []),
    ...(aws.redis ? [redisLine(aws.redis, prices)] : []),
    backendLine(aws, prices),
    ...edgeLines(aws, prices),
    ...keyLines(aws),
  ];
  const total = lines.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0);
  return {
    currency: 'USD',
    pricesAsOf: PRICES_AS_OF,
    pricesOf,
    lines,
    monthlyTotal: cents(total),
    notIncluded: NOT_INCLUDED,
  };
}

/** `count` of something at a price an hour; undefined: the table has none. */
function hourly(name: string, what: string, count: number, price: number | undefined): CostLine {
  if (price === undefined) return { name, detail: `${count} x ${what}, no price in the table` };
  const each = price * HOURS;
  return { name, detail: `${count} x ${what} at ${each.toFixed(2)}`, monthly: cents(count * each) };
}

function monthly(name: string, what: string, count: number, price: number): CostLine {
  return {
    name,
    detail: `${count} x ${what} at ${price.toFixed(price < 1 ? 3 : 2)}`,
    monthly: cents(count * price),
  };
}

function networkLines({ network }: PricedResources, prices: PriceTable): CostLine[] {
  if (network.kind === 'existing') return [];
  const zones = network.zones.length;
  const gateways = { 'per-zone': zones, single: 1, none: 0 }[network.nat];
  const endpoints = network.interfaceEndpoints.length * zones;
  return [
    ...(gateways > 0
      ? [
          hourly(
            'NAT',
            'gateway with its address',
            gateways,
            prices.natGateway + prices.publicAddress,
          ),
        ]
      : []),
    ...(endpoints > 0
      ? [hourly('VPC endpoints', 'service in a zone', endpoints, prices.interfaceEndpoint)]
      : []),
  ];
}

function databaseLines(database: AwsDatabasePlan, prices: PriceTable): CostLine[] {
  if (database.kind === 'aurora') {
    const units = database.capacity.min * database.instances;
    return [
      hourly('database', 'Aurora capacity unit (the least)', units, prices.auroraUnit),
      monthly('database storage', 'GiB in use (10 assumed)', 10, prices.auroraStorage),
    ];
  }
  const copies = database.multiAz ? 2 : 1;
  return [
    hourly('database', database.instanceClass, copies, prices.rds[database.instanceClass]),
    monthly('database storage', 'GiB', database.storageGib * copies, prices.rdsStorage),
  ];
}

function redisLine(redis: ElastiCachePlan, prices: PriceTable): CostLine {
  const price = prices.redis[redis.nodeType];
  const share = redis.engine === 'valkey' ? VALKEY_SHARE : 1;
  return hourly('Redis', redis.nodeType, redis.nodes, price && price * share);
}

function backendLine({ task, service }: PricedResources, prices: PriceTable): CostLine {
  const { cpu, gib } = prices.fargate[task.architecture];
  const size = `${task.cpuUnits / 1024} CPU, ${task.memoryMib / 1024} GiB`;
  const price = (task.cpuUnits / 1024) * cpu + (task.memoryMib / 1024) * gib;
  return hourly('backend', `task (${size})`, service.desiredCount, price);
}

function edgeLines({ network, edge }: PricedResources, prices: PriceTable): CostLine[] {
  const zones = network.kind === 'own' ? network.zones.length : network.publicSubnetIds.length;
  const rules =
    (edge.waf?.managedRules.length ?? 0) +
    (edge.waf?.rateLimit ? 1 : 0) +
    (edge.waf?.loginLimit ? 1 : 0);
  return [
    hourly('load balancer', 'load balancer', 1, prices.loadBalancer),
    hourly('load balancer addresses', 'public IPv4 address', zones, prices.publicAddress),
    ...(edge.waf && edge.waf.arn === undefined
      ? [
          monthly('web ACL', 'web ACL', 1, GLOBAL_PRICES.webAcl),
          monthly('web ACL rules', 'rule', rules, GLOBAL_PRICES.webAclRule),
        ]
      : []),
  ];
}

function keyLines({ secrets, key, database }: PricedResources): CostLine[] {
  return [
    monthly('secrets', 'secret', secrets.length + (database ? 1 : 0), GLOBAL_PRICES.secret),
    ...(key.arn === undefined ? [monthly('key', 'KMS key', 1, GLOBAL_PRICES.key)] : []),
  ];
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
