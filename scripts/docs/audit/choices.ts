import { BOTH, type Finding, type Kind } from './finding.ts';

const LEFT_OUT = '[left out](aws.md#left-out)';

/** Options that are off by default. */
const OFF: readonly Finding[] = [
  {
    check: 'vpc_flow_logs_enabled',
    severity: 'medium',
    rows: { production: 1 },
    why: '`aws.network.flowLogs: true`',
  },
  {
    check: 'elbv2_logging_enabled',
    severity: 'medium',
    rows: { production: 1 },
    why: '`aws.edge.accessLogs: true`',
  },
  {
    check: 'elbv2_waf_acl_attached',
    severity: 'medium',
    rows: { production: 1 },
    why: '`aws.edge.waf: true`',
  },
  {
    check: 'ecs_cluster_container_insights_enabled',
    severity: 'medium',
    rows: { production: 1 },
    why: '`aws.backend.insights: true`',
  },
  {
    check: 'cloudwatch_log_group_retention_policy_specific_days_enabled',
    severity: 'medium',
    rows: { production: 3, options: 4 },
    why: 'Prowler asks for 365 days: `aws.logDays: 365`; the default is 90 in production',
  },
];

const DESIGN: readonly Finding[] = [
  {
    check: 'secretsmanager_automatic_rotation_enabled',
    severity: 'high',
    rows: BOTH(7),
    why: '`medusa-infra rotate --due` rotates by cron and proves it ([rotation.md](rotation.md)); the seventh is that of RDS, which rotates it itself',
  },
  {
    check: 'secretsmanager_secret_rotated_periodically',
    severity: 'medium',
    rows: BOTH(7),
    why: 'a new stack; `secrets.NAME.maxAge` says when the next rotation is due',
  },
  {
    check: 'secretsmanager_has_restrictive_resource_policy',
    severity: 'high',
    rows: BOTH(7),
    why: `a resource policy for each secret: ${LEFT_OUT}`,
  },
  {
    check: 'vpc_endpoint_connections_trust_boundaries',
    severity: 'high',
    rows: BOTH(1),
    why: 'the endpoint for S3. With NAT it has the policy of AWS, as the backend may call the whole internet anyway. With `nat: none` its policy allows this account, and the bucket of AWS from which ECR serves the layers of images',
  },
  {
    check: 'vpc_endpoint_for_ec2_enabled',
    severity: 'medium',
    rows: BOTH(1),
    why: `an endpoint for EC2: ${LEFT_OUT}`,
  },
  {
    check: 'rds_instance_protected_by_backup_plan',
    severity: 'high',
    rows: BOTH(1),
    why: `AWS Backup: ${LEFT_OUT}; \`aws.database.backupDays\` and the final snapshot are RDS's own`,
  },
  {
    check: 'rds_instance_enhanced_monitoring_enabled',
    severity: 'low',
    rows: BOTH(1),
    why: `Enhanced Monitoring: ${LEFT_OUT}`,
  },
  {
    check: 'rds_instance_iam_authentication_enabled',
    severity: 'medium',
    rows: BOTH(1),
    why: `logins with IAM: ${LEFT_OUT}`,
  },
  {
    check: 'rds_instance_non_default_port',
    severity: 'low',
    rows: BOTH(1),
    why: `another port than 5432: ${LEFT_OUT}`,
  },
  {
    check: 'elasticache_redis_replication_group_auth_enabled',
    severity: 'medium',
    rows: BOTH(1),
    why: `asks for a look at the users of Redis; there is one, with a password that rotates. More users: ${LEFT_OUT}`,
  },
  {
    check: 'elbv2_listener_fips_tls_enabled',
    severity: 'low',
    rows: BOTH(1),
    why: `FIPS: ${LEFT_OUT}`,
  },
  {
    check: 'wafv2_webacl_logging_enabled',
    severity: 'medium',
    rows: { options: 1 },
    why: `the log of the firewall: ${LEFT_OUT}`,
  },
  ...[
    ['s3_bucket_object_versioning', 'medium'] as const,
    ['s3_bucket_no_mfa_delete', 'medium'] as const,
    ['s3_bucket_object_lock', 'low'] as const,
    ['s3_bucket_cross_region_replication', 'low'] as const,
    ['s3_bucket_event_notifications_enabled', 'low'] as const,
    ['s3_bucket_server_access_logging_enabled', 'medium'] as const,
  ].map(([check, severity]) => ({
    check,
    severity,
    rows: { options: 1 },
    why: `the bucket for access logs, whose objects expire: ${LEFT_OUT}`,
  })),
];

export const CHOICES: Kind = {
  title: 'By choice',
  meaning:
    'An option that is off by default, or a decision with its reason. These fail on your account as well.',
  findings: [...OFF, ...DESIGN],
};
