/**
 * The library: a Medusa stack as a component of your Pulumi program, and what leads there. The components of one
 * target are in `medusa-infra/docker` and `medusa-infra/aws`. Docs: docs/library.md.
 */
export type * from '../../src/derive/plan.ts';
export { type PlacedProblem, type Problem, UserError } from '../../src/errors.ts';
export { readImageLock } from '../../src/images/lock-file.ts';
export type { Issue } from '../../src/stack/issues.ts';
export { type LoadResult, loadStackFile, requireStackFile } from '../../src/stack/load.ts';
export type { AwsStack, DockerStack, StackFile } from '../../src/stack/stack-file.ts';
export {
  StackSecrets,
  type StackSecretsArgs,
  type SuppliedValues,
  type TemplateOutputs,
} from '../secrets.ts';
export { MedusaStack, type MedusaStackArgs } from './medusa-stack.ts';
export { deriveEnvironment, derivePlan, type PlanOptions } from './plan.ts';
