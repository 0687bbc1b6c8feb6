import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from '../project.ts';
import type { Moto } from './moto.ts';

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

interface Exported {
  readonly deployment: { readonly resources: readonly StateResource[] };
}

/**
 * Makes the log groups of a stack's database those that RDS made itself, as for versions that did not: not
 * in the state, without retention and key, with a line in each.
 *
 * @returns their names
 */
export async function madeByRds(
  moto: Moto,
  project: TestProject,
  stack: string,
): Promise<readonly string[]> {
  const { stdout } = await project.pulumi(stack, ['stack', 'export']);
  const state = JSON.parse(stdout) as Exported;
  const groups = state.deployment.resources.filter(
    ({ type, id }) => type === 'aws:cloudwatch/logGroup:LogGroup' && id?.startsWith('/aws/rds/'),
  );
  const gone = new Set(groups.map(({ urn }) => urn));
  const kept = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  const resources = state.deployment.resources
    .filter(({ urn }) => !gone.has(urn))
    .map(({ dependencies = [], propertyDependencies = {}, ...resource }) => ({
      ...resource,
      dependencies: kept(dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, urns]) => [property, kept(urns)]),
      ),
    }));
  const file = join(project.folder, 'without-log-groups.json');
  writeFileSync(file, JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }));
  const imported = await project.pulumi(stack, ['stack', 'import', '--file', file]);
  if (imported.code !== 0) throw new Error(imported.stderr);
  const names = groups.map(({ id }) => String(id));
  for (const logGroupName of names) {
    await moto.ask('logs', 'delete_log_group', { logGroupName });
    await moto.ask('logs', 'create_log_group', { logGroupName });
    const stream = { logGroupName, logStreamName: 'a-line' };
    await moto.ask('logs', 'create_log_stream', stream);
    await moto.ask('logs', 'put_log_events', {
      ...stream,
      logEvents: [{ timestamp: Date.now(), message: 'database system is ready' }],
    });
  }
  return names;
}
