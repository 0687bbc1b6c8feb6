import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runningTasks } from '../../aws/running-tasks.ts';
import { LABELS } from '../../derive/labels.ts';
import type { Plan } from '../../derive/plan.ts';
import {
  keyOfPassword,
  parseSecretVersions,
  type SecretVersions,
} from '../../derive/secret-versions.ts';
import { dockerEngine, stackContainers } from '../../docker/client.ts';
import { componentOf, containerName } from '../../docker/labels.ts';
import { UserError } from '../../errors.ts';
import { stackAccount } from '../aws/account.ts';
import { withAwsErrors } from '../aws/errors.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project.ts';
import { nameOf } from '../run/events.ts';
import { plainText, type StateResource } from '../run/stack-state.ts';
import { backendFolder, chosenBackend } from '../run/state.ts';
import { hasStateFile, readStateFile } from '../run/state-file.ts';
import { openWorkspace } from '../run/workspace.ts';
import type { SecretFacts } from './status.ts';

/** A replica that runs, and the version of each generated secret that it runs with. */
export interface ServingReplica {
  readonly id: string;
  readonly name: string;
  readonly versions: SecretVersions;
}

/**
 * The running replicas of a stack, as the engine or ECS reports them.
 * @throws UserError when neither answers
 */
export async function servingReplicas(
  context: Context,
  project: Project,
  plan: Plan,
): Promise<ServingReplica[]> {
  if (plan.target === 'aws') {
    const { aws } = plan;
    const account = await stackAccount(context, project, plan);
    const tasks = await withAwsErrors(() => runningTasks(account, aws.service), 'which tasks run');
    return tasks.map(({ id, versions }) => ({ id, name: `task ${id}`, versions }));
  }
  const docker = await dockerEngine(context.env);
  const containers = await stackContainers(docker, project.name, plan.stack);
  return containers
    .filter((one) => componentOf(one) === 'backend' && one.State === 'running')
    .map((one) => ({
      id: one.Id,
      name: containerName(one),
      versions: parseSecretVersions(one.Labels[LABELS.secretVersions]),
    }));
}

/**
 * What the engine or ECS, the state and the configuration say of a stack's secrets, without a value and
 * without the toolchain where the state lies on this disk. `unknown` says what could not be found out,
 * and why.
 */
export async function secretFacts(
  context: Context,
  project: Project,
  plan: Plan,
): Promise<{ facts: SecretFacts; unknown: string[] }> {
  const { stack } = plan;
  const unknown: string[] = [];
  const or = async <T>(what: string, find: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unknown.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const [replicas, resources] = await Promise.all([
    or('which versions run', () => servingReplicas(context, project, plan)),
    or('when values were generated', () => stateResources(context, project, stack)),
  ]);
  return {
    facts: {
      ...(replicas ? { serving: replicas.map(({ versions }) => versions) } : {}),
      ...(resources ? { created: creationDates(resources) } : {}),
      configured: configuredNames(project, stack),
      env: context.env,
    },
    unknown,
  };
}

/** The resources in a stack's state; none if it was never deployed. */
export async function stateResources(
  context: Context,
  project: Project,
  stack: string,
): Promise<readonly StateResource[]> {
  const folder = backendFolder(chosenBackend(context.env).backend, context.env);
  if (folder) {
    const state = readStateFile(folder, project.name, stack);
    if (state || !hasStateFile(folder, project.name, stack)) {
      return state?.deployment?.resources ?? [];
    }
    throw new UserError(
      `the state of ${stack} in ${folder} is compressed or being written; try again, or set \`since\` in the stack file`,
      'state-unreadable',
    );
  }
  // Any other backend only Pulumi can read; a list is no reason to build one first.
  const workspace = await openWorkspace(context, project, { offline: true });
  const known = await workspace.select(stack, { create: false });
  return (await known.exportState()).deployment?.resources ?? [];
}

/** When each generated value was made, by `secretVersionKey`. */
export function creationDates(resources: readonly StateResource[]): Map<string, string> {
  const dates = new Map<string, string>();
  for (const { urn, type, created } of resources) {
    const key = keyOfPassword(nameOf(urn));
    if (key !== undefined && created && type === RANDOM_PASSWORD) dates.set(key, created);
  }
  return dates;
}

const RANDOM_PASSWORD = 'random:index/randomPassword:RandomPassword';

/** Names of the project in `stacks/Pulumi.<stack>.yaml`; the values there are encrypted. */
function configuredNames(project: Project, stack: string): Set<string> {
  const file = join(project.stacksDir, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return new Set();
  const { config } = (parse(readFileSync(file, 'utf8')) ?? {}) as { config?: object };
  const own = `${project.name}:`;
  return new Set(
    Object.keys(config ?? {})
      .filter((key) => key.startsWith(own))
      .map((key) => key.slice(own.length)),
  );
}

/** The generated values in a decrypted state, by `secretVersionKey`: for this process alone. */
export function generatedValues(resources: readonly StateResource[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { urn, type, outputs } of resources) {
    const key = keyOfPassword(nameOf(urn));
    const value = type === RANDOM_PASSWORD ? plainText(outputs?.['result']) : undefined;
    if (key !== undefined && value !== undefined) values.set(key, value);
  }
  return values;
}
