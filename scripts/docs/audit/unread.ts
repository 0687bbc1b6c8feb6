import type { AuditedStack } from './finding.ts';

/** A call of one of Prowler's services that moto does not answer: checks that need it see nothing. */
export interface Unread {
  /** As `service: call`, where Prowler says which one; else as its log names it. */
  readonly call: string;
  /** What it would say. */
  readonly about: string;
  /** The stack whose resources it is about. @default both */
  readonly only?: AuditedStack;
}

export const UNREAD: readonly Unread[] = [
  { call: 'cloudtrail_service: LookupEvents', about: 'who used a key lately' },
  { call: 'ec2_service: describe_client_vpn_endpoints', about: 'VPNs; the kit creates none' },
  { call: 'ec2_service: get_image_block_public_access_state', about: 'a setting of the account' },
  { call: 'ec2_service: get_instance_metadata_defaults', about: 'a setting of the account' },
  {
    call: 'ec2_service: get_snapshot_block_public_access_state',
    about: 'a setting of the account',
  },
  {
    call: 'iam_service: generate_service_last_accessed_details',
    about: 'what users and roles used lately',
  },
  { call: 'iam_service: list_organizations_features', about: 'a setting of the organization' },
  {
    call: 'kms_service: KeyError:61',
    about: 'whether a key is of many regions; the key of the kit is not',
  },
  { call: 'rds_service: describe_certificates', about: 'until when certificates are valid' },
  { call: 'rds_service: describe_db_engine_versions', about: 'which versions RDS supports' },
  {
    call: 's3_service: GetBucketEncryption',
    about: 'the encryption of the bucket, which AWS has by default',
    only: 'options',
  },
  { call: 's3_service: /v20180820/accesspoint', about: 'access points; the kit creates none' },
  {
    call: 's3_service: /v20180820/configuration/publicAccessBlock',
    about: 'a setting of the account',
  },
  { call: 's3_service: /v20180820/mrap/instances', about: 'access points; the kit creates none' },
  {
    call: 'ssm_service: DescribeInstanceInformation',
    about: 'instances of EC2; the kit creates none',
  },
  {
    call: 'ssm_service: ListResourceComplianceSummaries',
    about: 'instances of EC2; the kit creates none',
  },
  {
    call: 'vpc_service: ResponseParserError[264]',
    about: 'services that the account offers by endpoints; the kit offers none',
  },
  { call: 'waf_service: ListRuleGroups', about: 'WAF Classic, which the kit does not use' },
  { call: 'waf_service: ListRules', about: 'WAF Classic, which the kit does not use' },
  { call: 'waf_service: ListWebACLs', about: 'WAF Classic, which the kit does not use' },
  {
    call: 'wafv2_service: ListResourcesForWebACL',
    about: 'the load balancers of a web ACL',
    only: 'options',
  },
];
