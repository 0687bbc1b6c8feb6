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
