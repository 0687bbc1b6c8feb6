import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AwsAccount } from '../../aws/client-config.ts';
import { type AwsConfig, awsConfig } from '../../aws/config.ts';
import type { AwsPlan } from '../../derive/plan.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project.ts';
import { openWorkspace } from '../run/workspace.ts';

/**
 * What the stack's Pulumi configuration says of the account, so that the command asks where `up` goes.
 * Read from its files where it lies there in plain; what is encrypted only Pulumi can read.
 */
export async function stackAwsConfig(
  context: Context,
  project: Project,
  stack: string,
): Promise<AwsConfig> {
  const plain = plainConfig(project, stack);
  if (plain) return plain;
  const workspace = await openWorkspace(context, project, { offline: true, target: 'aws' });
  return awsConfig(await (await workspace.select(stack, { create: false })).config());
}

/** undefined: some of it is encrypted. */
function plainConfig(project: Project, stack: string): AwsConfig | undefined {
  const own = configIn(join(project.stacksDir, `Pulumi.${stack}.yaml`));
  // In the project's file a value may be under `value`, next to a type.
  const shared = Object.entries(configIn(join(project.root, 'Pulumi.yaml'))).map(
    ([key, value]) => [key, isMap(value) && 'value' in value ? value['value'] : value] as const,
  );
  const merged = Object.fromEntries(
    [...shared, ...Object.entries(own)].filter(([key]) => key.startsWith('aws:')),
  );
  if (Object.values(merged).some(isEncrypted)) return undefined;
  return awsConfig(
    Object.fromEntries(
      // As Pulumi gives it to a program: text, and what is more as JSON.
      Object.entries(merged).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  );
}

function configIn(file: string): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) return {};
  const { config } = (parse(readFileSync(file, 'utf8')) ?? {}) as {
    config?: Readonly<Record<string, unknown>>;
  };
  return config ?? {};
}

/** Anywhere in it: parts of a structured value may be. */
function isEncrypted(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isEncrypted);
  return isMap(value) && ('secure' in value || Object.values(value).some(isEncrypted));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whom the commands of a stack with target aws talk to. */
export async function stackAccount(
  context: Context,
  project: Project,
  plan: AwsPlan,
): Promise<AwsAccount> {
  return {
    region: plan.aws.region,
    config: await stackAwsConfig(context, project, plan.stack),
  };
}
