import type { AwsSection } from '../../stack/stack-file.ts';

export type AwsNetworkPlan = OwnNetworkPlan | ExistingNetworkPlan;

export interface OwnNetworkPlan {
  readonly kind: 'own';
  readonly cidr: string;
  /** One entry a zone; the zones are the region's first ones that are available. */
  readonly zones: readonly { readonly publicCidr: string; readonly privateCidr: string }[];
  /** `none`: nothing reaches the internet; VPC endpoints reach AWS. */
  readonly nat: 'per-zone' | 'single' | 'none';
  /** Services with an interface endpoint in each zone, such as `ecr.api`; empty with a NAT. */
  readonly interfaceEndpoints: readonly string[];
  /** Services with a gateway endpoint in each route table, which costs nothing. */
  readonly gatewayEndpoints: readonly string[];
  /** undefined: no flow logs. */
  readonly flowLogs?: { readonly logGroup: string; readonly days: number };
}

export interface ExistingNetworkPlan {
  readonly kind: 'existing';
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
}

export type SecurityGroupName = 'edge' | 'backend' | 'database' | 'redis' | 'endpoints';

export interface SecurityGroupPlan {
  readonly name: SecurityGroupName;
  readonly description: string;
  readonly ingress: readonly SecurityGroupRulePlan[];
  readonly egress: readonly SecurityGroupRulePlan[];
}

export interface SecurityGroupRulePlan {
  /** Logical name, unique in its group and direction, such as `https`. */
  readonly name: string;
  /**
   * Another group of the stack; `world`: 0.0.0.0/0; `s3`: the prefix list of S3's gateway endpoint.
   * Of the source for ingress, of the destination for egress.
   */
  readonly peer: SecurityGroupName | 'world' | 's3';
  /** TCP port; undefined: all protocols and ports. */
  readonly port?: number;
  readonly description: string;
}

/** What a task without a way to the internet needs: images, secrets, logs; and a shell where allowed. */
const ENDPOINTS = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'] as const;
const EXEC_ENDPOINT = 'ssmmessages';

export function planNetwork(name: string, aws: AwsSection): AwsNetworkPlan {
  const { network } = aws;
  if (network.existing) {
    const { vpc, publicSubnets, privateSubnets } = network.existing;
    return {
      kind: 'existing',
      vpcId: vpc,
      publicSubnetIds: publicSubnets,
      privateSubnetIds: privateSubnets,
    };
  }
  const closed = network.nat === 'none';
  return {
    kind: 'own',
    cidr: network.cidr,
    zones: subnetCidrs(network.cidr, network.zones),
    nat: network.nat,
    interfaceEndpoints: closed ? [...ENDPOINTS, ...(aws.backend.exec ? [EXEC_ENDPOINT] : [])] : [],
    // Layers of images come from S3: by the gateway they cost no NAT traffic.
    gatewayEndpoints: ['s3'],
    ...(network.flowLogs
      ? { flowLogs: { logGroup: `/medusa-infra/${name}/flow`, days: aws.logDays } }
      : {}),
  };
}

/**
 * A quarter of the range for each zone, so that a third zone can come later without moving the others:
 * its first half private, and of the rest an eighth of the quarter public.
 */
export function subnetCidrs(
  cidr: string,
  zones: number,
): readonly { readonly publicCidr: string; readonly privateCidr: string }[] {
  const [address = '', bits = ''] = cidr.split('/');
  const start = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const quarter = 2 ** (32 - Number(bits) - 2);
  return Array.from({ length: zones }, (_, zone) => {
    const first = start + zone * quarter;
    return {
      privateCidr: `${dotted(first)}/${Number(bits) + 3}`,
      publicCidr: `${dotted(first + quarter / 2)}/${Number(bits) + 5}`,
    };
  });
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export interface Ports {
  readonly edge: number;
  /** Port 80 redirects. */
  readonly redirect: boolean;
  readonly backend: number;
  /** undefined: not AWS's. */
  readonly database?: number;
  readonly redis?: number;
}

/**
 * Groups that name each other. A range of addresses is let in at the load balancer alone; the backend
 * may call the world, because its payment and mail services have no addresses that one could list.
 */
export function planSecurityGroups(network: AwsNetworkPlan, ports: Ports): SecurityGroupPlan[] {
  const closed = network.kind === 'own' && network.nat === 'none';
  const servers = (['database', 'redis'] as const).flatMap((name) => {
    const port = ports[name];
    return port === undefined ? [] : [{ name, port }];
  });
  const from = (peer: SecurityGroupName, port: number, what: string): SecurityGroupRulePlan => ({
    name: peer,
    peer,
    port,
    description: what,
  });
  const world = (name: string, port: number, description: string) =>
    ({ name, peer: 'world', port, description }) as const;
  const outside: SecurityGroupRulePlan[] = closed
    ? [
        from('endpoints', 443, 'AWS services inside the VPC'),
        { name: 's3', peer: 's3', port: 443, description: 'Layers of images' },
      ]
    : [
        {
          name: 'world',
          peer: 'world',
          description: 'Payment, mail and other services, and AWS itself',
        },
      ];
  const inside = servers.map(({ name, port }) => from(name, port, `To ${name}`));
  return [
    {
      name: 'edge',
      description: 'Load balancer',
      ingress: [
        world(ports.edge === 443 ? 'https' : 'http', ports.edge, 'The public'),
        ...(ports.redirect ? [world('http', 80, 'The public, redirected to https')] : []),
      ],
      egress: [from('backend', ports.backend, 'Requests and health checks')],
    },
    {
      name: 'backend',
      description: 'Backend tasks',
      ingress: [from('edge', ports.backend, 'Requests and health checks')],
      egress: [...inside, ...outside],
    },
    ...servers.map(
      ({ name, port }): SecurityGroupPlan => ({
        name,
        description: name === 'database' ? 'PostgreSQL' : 'Redis',
        ingress: [from('backend', port, 'From the backend')],
        egress: [],
      }),
    ),
    ...(closed
      ? [
          {
            name: 'endpoints' as const,
            description: 'VPC endpoints',
            ingress: [from('backend', 443, 'From the backend')],
            egress: [],
          },
        ]
      : []),
  ];
}
