import { BOTH, type Finding, type Kind, type Severity } from './finding.ts';

export const STRICTER: Kind = {
  title: 'Stricter than AWS',
  meaning: 'The check asks for more than AWS recommends, or does not apply.',
  findings: [
    {
      check: 'ecs_task_definitions_logging_block_mode',
      severity: 'low',
      rows: BOTH(3),
      why: 'the check wants the mode to be written; without it AWS logs without blocking, unless the account chooses otherwise',
    },
    {
      check: 's3_bucket_kms_encryption',
      severity: 'medium',
      rows: { options: 1 },
      why: 'a load balancer writes its access logs only to a bucket with SSE-S3',
    },
    ...[
      ['ec2_networkacl_allow_ingress_any_port', 'high'] as const,
      ['ec2_networkacl_allow_ingress_tcp_port_22', 'medium'] as const,
      ['ec2_networkacl_allow_ingress_tcp_port_3389', 'medium'] as const,
    ].map(([check, severity]) => ({
      check,
      severity,
      rows: BOTH(2),
      why: 'the default network ACL of the VPC, and that of the default VPC of the account; Security Hub makes an exception for default ACLs. Security groups decide who reaches what',
    })),
  ],
};

/** Checks of the whole account, each with one result. */
function ofAccount(why: string, severity: Severity, ...checks: readonly string[]): Finding[] {
  return checks.map((check) => ({ check, severity, rows: BOTH(1), why }));
}

const alarms = 'alarms for changes of the account, from a trail of CloudTrail';
const passwords = 'the password policy for users of IAM; the kit creates no users';

export const ACCOUNT: Kind = {
  title: 'Of your account',
  meaning:
    'Settings of an account, not of a stack. The audited account is empty but for the stack, so all of them fail.',
  findings: [
    ...ofAccount(
      alarms,
      'medium',
      ...['network_acls', 'network_gateways', 'network_route_tables', 'vpcs'].map(
        (what) => `cloudwatch_changes_to_${what}_alarm_configured`,
      ),
      ...['aws_config', 'cloudtrail'].map(
        (what) =>
          `cloudwatch_log_metric_filter_and_alarm_for_${what}_configuration_changes_enabled`,
      ),
      ...[
        ...['authentication_failures', 'aws_organizations_changes'],
        ...['disable_or_scheduled_deletion_of_kms_cmk', 'for_s3_bucket_policy_changes'],
        ...['policy_changes', 'root_usage', 'security_group_changes', 'sign_in_without_mfa'],
        'unauthorized_api_calls',
      ].map((what) => `cloudwatch_log_metric_filter_${what}`),
    ),
    ...ofAccount(
      passwords,
      'medium',
      ...['expires_passwords_within_90_days_or_less', 'minimum_length_14', 'number'].map(
        (what) => `iam_password_policy_${what}`,
      ),
      ...['reuse_24', 'symbol', 'uppercase'].map((what) => `iam_password_policy_${what}`),
    ),
    ...ofAccount(passwords, 'low', 'iam_password_policy_lowercase'),
    ...ofAccount(
      'roles and logins of people',
      'low',
      ...['iam_check_saml_providers_sts', 'iam_securityaudit_role_created'],
      'iam_support_role_created',
    ),
    ...ofAccount(
      'a setting of the registry of the whole account; the repository of the stack is scanned on each push',
      'medium',
      ...['ecr_registry_enhanced_scanning_enabled', 'ecr_registry_scan_images_on_push_enabled'],
    ),
    ...ofAccount(
      'whom RDS notifies of failures: a subscription is for all databases of an account',
      'medium',
      ...['rds_instance_critical_event_subscription'],
      'rds_instance_event_subscription_security_groups',
    ),
    ...ofAccount(
      'whom RDS notifies of changes',
      'low',
      'rds_instance_event_subscription_parameter_groups',
    ),
    ...ofAccount(
      'the log of queries of your zone, which the kit does not create',
      'medium',
      'route53_public_hosted_zones_cloudwatch_logging_enabled',
    ),
    ...ofAccount('VPCs in a second region', 'medium', 'vpc_different_regions'),
    ...ofAccount(
      'about Nitro Enclaves, which the kit does not use; asks for a look at CloudTrail',
      'medium',
      'kms_key_enclave_attestation_unknown_image',
    ),
    ...ofAccount(
      'about Nitro Enclaves, which the kit does not use; asks for a look at CloudTrail',
      'high',
      'kms_key_enclave_debug_attestation_detected',
    ),
  ],
};

export const ARTEFACTS: Kind = {
  title: 'Only on the emulator',
  meaning: 'moto does not keep or answer what the check looks at. These pass on AWS.',
  findings: [
    {
      check: 'rds_instance_certificate_expiration',
      severity: 'high',
      rows: BOTH(1),
      why: 'moto knows no certificates of databases',
    },
    {
      check: 'rds_instance_deprecated_engine_version',
      severity: 'high',
      rows: BOTH(1),
      why: 'moto lists no versions of PostgreSQL',
    },
    {
      check: 'ec2_securitygroup_not_used',
      severity: 'low',
      rows: { production: 2, options: 3 },
      why: 'moto creates no network interfaces for RDS, ElastiCache and endpoints',
    },
    {
      check: 'secretsmanager_secret_unused',
      severity: 'medium',
      rows: BOTH(7),
      why: 'moto runs no tasks, which read the secrets',
    },
    {
      check: 'elbv2_waf_acl_attached',
      severity: 'medium',
      rows: { options: 1 },
      why: 'moto does not list the load balancers of a web ACL; a test of the kit asks for the web ACL of the load balancer',
    },
    {
      check: 's3_bucket_acl_prohibited',
      severity: 'medium',
      rows: { options: 1 },
      why: 'a new bucket of AWS has no ACLs, one of moto does',
    },
    {
      check: 's3_bucket_default_encryption',
      severity: 'medium',
      rows: { options: 1 },
      why: 'a new bucket of AWS is encrypted, one of moto is not',
    },
  ],
};
