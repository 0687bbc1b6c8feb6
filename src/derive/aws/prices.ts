/** US dollars of one region: an hour of what runs, a month of what is kept. */
export interface PriceTable {
  readonly natGateway: number;
  readonly publicAddress: number;
  /** One service in one zone. */
  readonly interfaceEndpoint: number;
  readonly loadBalancer: number;
  readonly fargate: Readonly<Record<'X86_64' | 'ARM64', { cpu: number; gib: number }>>;
  /** Single-zone PostgreSQL instances, by class. */
  readonly rds: Readonly<Record<string, number>>;
  /** A GiB of gp3 for a month, single-zone. */
  readonly rdsStorage: number;
  /** An Aurora Serverless v2 capacity unit. */
  readonly auroraUnit: number;
  readonly auroraStorage: number;
  /** Redis OSS nodes, by type. */
  readonly redis: Readonly<Record<string, number>>;
}

/** Month in which the table was put together from AWS's public price pages. */
export const PRICES_AS_OF = '2026-11';

/** Valkey's price is that of Redis OSS less a fifth. */
export const VALKEY_SHARE = 0.8;

/** The same in all regions: a month of a secret, of a key, of a web ACL and of each of its rules. */
export const GLOBAL_PRICES = { secret: 0.4, key: 1, webAcl: 5, webAclRule: 1 } as const;

/** List prices; a region that is not in it is estimated with the first one's. */
export const PRICES: Readonly<Record<string, PriceTable>> = {
  'us-east-1': {
    natGateway: 0.045,
    publicAddress: 0.005,
    interfaceEndpoint: 0.01,
    loadBalancer: 0.0225,
    fargate: {
      X86_64: { cpu: 0.04048, gib: 0.004445 },
      ARM64: { cpu: 0.03238, gib: 0.00356 },
    },
    rds: {
      'db.t4g.micro': 0.016,
      'db.t4g.small': 0.032,
      'db.t4g.medium': 0.065,
      'db.t4g.large': 0.129,
      'db.t4g.xlarge': 0.258,
      'db.t4g.2xlarge': 0.517,
      'db.m7g.large': 0.168,
      'db.m7g.xlarge': 0.337,
      'db.m7g.2xlarge': 0.674,
    },
    rdsStorage: 0.115,
    auroraUnit: 0.12,
    auroraStorage: 0.1,
    redis: {
      'cache.t4g.micro': 0.016,
      'cache.t4g.small': 0.032,
      'cache.t4g.medium': 0.065,
      'cache.r7g.large': 0.219,
      'cache.r7g.xlarge': 0.437,
    },
  },
  'eu-central-1': {
    natGateway: 0.052,
    publicAddress: 0.005,
    interfaceEndpoint: 0.012,
    loadBalancer: 0.027,
    fargate: {
      X86_64: { cpu: 0.04656, gib: 0.00511 },
      ARM64: { cpu: 0.03725, gib: 0.00409 },
    },
    rds: {
      'db.t4g.micro': 0.019,
      'db.t4g.small': 0.037,
      'db.t4g.medium': 0.074,
      'db.t4g.large': 0.148,
      'db.t4g.xlarge': 0.297,
      'db.t4g.2xlarge': 0.594,
    },
    rdsStorage: 0.137,
    auroraUnit: 0.14,
    auroraStorage: 0.119,
    redis: {
      'cache.t4g.micro': 0.019,
      'cache.t4g.small': 0.038,
      'cache.t4g.medium': 0.075,
    },
  },
};
