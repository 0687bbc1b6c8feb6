/** `medusa-infra/aws`: the components of target aws. */
export { AccessLogBucket, type AccessLogBucketArgs } from '../components/aws/access-log-bucket.ts';
export { AuroraDatabase, type AuroraDatabaseArgs } from '../components/aws/aurora-database.ts';
export { BackendService, type BackendServiceArgs } from '../components/aws/backend-service.ts';
export { Certificate, type CertificateArgs } from '../components/aws/certificate.ts';
export type { LogTarget, TaskContainer } from '../components/aws/container-definitions.ts';
export { ContainerTask, type ContainerTaskArgs } from '../components/aws/container-task.ts';
export { EncryptionKey, type EncryptionKeyArgs } from '../components/aws/encryption-key.ts';
export { FargateCluster, type FargateClusterArgs } from '../components/aws/fargate-cluster.ts';
export { ImageRepository, type ImageRepositoryArgs } from '../components/aws/image-repository.ts';
export { LoadBalancer, type LoadBalancerArgs } from '../components/aws/load-balancer.ts';
export type { ManagedDatabaseArgs } from '../components/aws/managed-database.ts';
export type { DataPlacement, Placement } from '../components/aws/placement.ts';
export {
  PostgresDatabase,
  type PostgresDatabaseArgs,
} from '../components/aws/postgres-database.ts';
export { RedisCache, type RedisCacheArgs } from '../components/aws/redis-cache.ts';
export {
  SecretVault,
  type SecretVaultArgs,
  type VaultSecret,
} from '../components/aws/secret-vault.ts';
export {
  SecurityGroups,
  type SecurityGroupsArgs,
  VpcEndpoints,
  type VpcEndpointsArgs,
} from '../components/aws/security-groups.ts';
export { ServiceLogs, type ServiceLogsArgs } from '../components/aws/service-logs.ts';
export {
  type PolicyStatement,
  ServiceRole,
  type ServiceRoleArgs,
} from '../components/aws/service-role.ts';
export { ServiceScaling, type ServiceScalingArgs } from '../components/aws/service-scaling.ts';
export {
  VpcFlowLogs,
  type VpcFlowLogsArgs,
  VpcNetwork,
  type VpcNetworkArgs,
} from '../components/aws/vpc-network.ts';
export { WebAcl, type WebAclArgs } from '../components/aws/web-acl.ts';
