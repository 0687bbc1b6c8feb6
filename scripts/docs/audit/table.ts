import { CHOICES } from './choices.ts';
import type { AuditedStack, Kind } from './finding.ts';
import { ACCOUNT, ARTEFACTS, STRICTER } from './others.ts';

/** Prowler's names of the services that a stack uses. */
export const SERVICES = [
  ...['acm', 'cloudwatch', 'ec2', 'ecr', 'ecs', 'elasticache', 'elbv2', 'iam', 'kms', 'rds'],
  ...['route53', 's3', 'secretsmanager', 'ssm', 'vpc', 'wafv2'],
] as const;

/** Every check that does not pass, by the reason. */
export const KINDS: readonly Kind[] = [CHOICES, STRICTER, ACCOUNT, ARTEFACTS];

/** How many checks must have something to look at: an audit that looks at nothing passes everything. */
export const LEAST_CHECKS: Readonly<Record<AuditedStack, number>> = {
  production: 145,
  options: 165,
};
