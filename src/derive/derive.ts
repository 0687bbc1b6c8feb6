import { mostReplicas } from '../connections.ts';
import type { AwsStack, DockerStack, StackFile } from '../stack/stack-file.ts';
import { planAwsDatabase } from './aws/database.ts';
import { deriveAws } from './aws/derive.ts';
import { planAwsRedis } from './aws/redis.ts';
import { planBackend, planUploads } from './backend.ts';
import type { CommonPlan } from './common.ts';
import { planDockerDatabase } from './docker/database.ts';
import { planLoginLimit } from './docker/login-limit.ts';
import { planProxy } from './docker/proxy.ts';
import { planDockerRedis } from './docker/redis.ts';
import { planEdge } from './edge.ts';
import { deriveEnvironment } from './environment.ts';
import type { DatabaseDerivation } from './external-database.ts';
import { checkImageVersions, lockedImage, type StackImages } from './images.ts';
import { stackLabels } from './labels.ts';
import { deriveModules, derivePlugins } from './modules.ts';
import { objectNames, stackPrefix } from './names.ts';
import type { AwsPlan, DockerPlan, Plan } from './plan.ts';
import { planPrepare } from './prepare.ts';
import { planSecrets } from './secrets.ts';

export interface DeriveOptions {
  /** Pulumi's project and stack names. */
  readonly project: string;
  readonly stack: string;
  readonly images: StackImages;
}

/**
 * What a target has to create for a stack. Pure: the same input gives the same plan, nothing is read.
 * @throws UserError for what only images and target can show, such as a version that is not offered
 */
export function derivePlan<S extends StackFile>(stack: S, options: DeriveOptions): PlanOf<S>;
export function derivePlan(stack: StackFile, options: DeriveOptions): Plan {
  return stack.target === 'aws' ? awsPlan(stack, options) : dockerPlan(stack, options);
}

/** The plan that belongs to a stack file's target. */
export type PlanOf<S extends StackFile> = S extends AwsStack ? AwsPlan : DockerPlan;

function dockerPlan(stack: DockerStack, options: DeriveOptions): DockerPlan {
  checkImageVersions(stack, options.images);
  const prefix = stackPrefix(options.project, options.stack);
  const secrets = planSecrets(stack);
  const database = planDockerDatabase(stack, prefix, secrets);
  const redis = stack.redis ? planDockerRedis(stack, stack.redis, prefix, secrets) : undefined;
  const common = commonPlan(stack, options, database, redis);
  const hasServer = database.plan.kind === 'postgres' || redis?.kind === 'redis';
  const loginLimit = planLoginLimit(stack);
  return {
    ...common,
    target: 'docker',
    network: { name: objectNames(prefix).network },
    ...(hasServer ? { dataNetwork: { name: objectNames(prefix).dataNetwork } } : {}),
    ...(stack.backend.instanceMetadata
      ? {}
      : { metadataNetwork: { name: objectNames(prefix).metadataNetwork } }),
    database: database.plan,
    ...(redis ? { redis } : {}),
    ...(stack.uploads ? { uploads: planUploads(stack.uploads, prefix) } : {}),
    proxy: planProxy(stack, {
      prefix,
      url: common.edge.url,
      image: lockedImage(options.images, 'edge'),
    }),
    ...(loginLimit ? { loginLimit } : {}),
  };
}

function awsPlan(stack: AwsStack, options: DeriveOptions): AwsPlan {
  const replicas = mostReplicas(stack.backend.replicas, stack.aws.backend.autoscaling);
  const database = planAwsDatabase(stack.database, planSecrets(stack), replicas);
  const redis = stack.redis ? planAwsRedis(stack.redis) : undefined;
  const common = commonPlan(stack, options, database, redis);
  return {
    ...common,
    target: 'aws',
    database: database.plan,
    ...(redis ? { redis } : {}),
    aws: deriveAws(stack, common),
  };
}

function commonPlan(
  stack: StackFile,
  options: DeriveOptions,
  database: DatabaseDerivation<Plan['database']>,
  redis: Plan['redis'],
): CommonPlan {
  const prefix = stackPrefix(options.project, options.stack);
  const nodeEnv = stack.environment === 'development' ? 'development' : 'production';
  const secrets = planSecrets(stack);
  const modules = deriveModules(stack.modules, { redis: redis !== undefined, prefix });
  const plugins = derivePlugins(stack.plugins);
  const edge = planEdge(stack);
  const environment = deriveEnvironment({
    stack,
    prefix,
    nodeEnv,
    publicUrl: edge.publicUrl,
    database,
    redis,
    secrets,
    modules,
    plugins,
  });
  return {
    name: prefix,
    project: options.project,
    stack: options.stack,
    environment: stack.environment,
    nodeEnv,
    labels: stackLabels(options.project, options.stack),
    images: options.images,
    secrets,
    prepare: planPrepare(stack, database, redis !== undefined),
    backend: planBackend(stack, environment, database.files),
    edge,
    modules,
    plugins,
  };
}
