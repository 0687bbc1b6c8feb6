import { NO_ORIGIN } from '../../container/environment.ts';
import { pinnedBackend } from '../../derive/images.ts';
import type { EnvironmentEntry, Plan, PlannedSecret, StackImages } from '../../derive/plan.ts';
import { describeTemplate } from '../../derive/template.ts';
import { digestOf } from '../../images/reference.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import type { Colors } from '../context.ts';
import { bytes, cpu } from '../units-text.ts';
import { awsAppendix, awsSections } from './aws/text.ts';
import { dockerSections } from './docker/text.ts';
import type { Row } from './row.ts';

/** A plan for people, line by line. */
export function planText(plan: Plan, stack: StackFile, chosen: boolean, colors: Colors): string[] {
  const target = plan.target === 'aws' ? awsSections(plan.aws) : dockerSections(plan, stack);
  const sections: readonly (readonly [title: string, rows: readonly Row[]])[] = [
    ['stack', stackRows(plan)],
    ['images', imageRows(plan, stack, chosen)],
    ['network', target.network ?? []],
    ['database', target.database ?? externalDatabaseRows(plan)],
    ['redis', target.redis ?? externalRedisRows(plan)],
    ['prepare', prepareRows(plan)],
    ['backend', backendRows(plan)],
    ['uploads', target.uploads ?? []],
    ['service', target.service ?? []],
    ['edge', target.edge ?? []],
    ['secrets', plan.secrets.map((secret) => [secret.name, secretText(secret)] as const)],
    ['modules', moduleRows(plan)],
    ['environment of the backend', plan.backend.environment.map(variableRow)],
    ...(plan.target === 'aws' ? awsAppendix(plan.aws) : []),
  ];
  const lines: string[] = [];
  for (const [title, rows] of sections) {
    if (rows.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(colors.bold(title));
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) lines.push(`  ${colors.cyan(name.padEnd(width))}  ${value}`);
  }
  return lines;
}

function stackRows(plan: Plan): Row[] {
  return [
    ['name', plan.name],
    ['target', plan.target],
    ['environment', `${plan.environment} (NODE_ENV ${plan.nodeEnv})`],
    ['url', plan.edge.url],
    ...(plan.target === 'docker' ? [['network', plan.network.name] as const] : []),
  ];
}

function imageRows(plan: Plan, stack: StackFile, chosen: boolean): Row[] {
  if (!chosen) {
    const how =
      stack.images.source === 'auto'
        ? 'official if a registry answers, otherwise built from Debian packages'
        : stack.images.source;
    return [['source', `not chosen yet: the first \`up\` chooses it (${how})`]];
  }
  const { source, images } = plan.images;
  return [
    ['source', `${source} (pinned in images.lock.yaml)`],
    ...Object.entries(images).map(
      ([image, { name, version, ref }]): Row => [image, `${name}, version ${version}, ${ref}`],
    ),
  ];
}

function externalDatabaseRows({ database }: Plan): Row[] {
  if (database.kind !== 'external-postgres') return [];
  return [
    ['server', `your own, at the URL in secret ${database.secret}`],
    ['search_path', database.options.searchPath.join(', ')],
    ['ssl', database.options.ssl],
  ];
}

function externalRedisRows({ redis }: Plan): Row[] {
  if (!redis) return [['server', 'none']];
  if (redis.kind !== 'external-redis') return [];
  return [['server', `your own, at the URL in secret ${redis.secret}`]];
}

function prepareRows(plan: Plan): Row[] {
  const { sql, migrate } = plan.prepare;
  return [
    ...(sql ? [['sql', 'roles, database, schemas, extensions, privileges'] as const] : []),
    ...(migrate.config.migrate.length > 0
      ? [['migrate', migrate.config.migrate.join(' ')] as const]
      : []),
    ...(migrate.config.seed ? [['seed', migrate.config.seed.join(' ')] as const] : []),
  ];
}

function backendRows(plan: Plan): Row[] {
  const { backend } = plan;
  const image =
    'reference' in backend.image
      ? referenceText(backend.image, plan.images)
      : `built from ${backend.image.build} (${backend.image.dockerfile})`;
  return [
    ['image', image],
    ['command', backend.command.join(' ')],
    ['replicas', String(backend.replicas)],
    ['limits', `${cpu(backend.cpuMillis)}, ${bytes(backend.memoryBytes)} each`],
    ['health', `GET ${backend.health.path}, ${backend.health.startSeconds} s to become healthy`],
    ['stop', `SIGTERM, ${backend.stopGraceSeconds} s later SIGKILL`],
  ];
}

function referenceText(image: { readonly reference: string }, images: StackImages): string {
  const pin = pinnedBackend(image, images);
  return pin
    ? `${image.reference} (${digestOf(pin.ref)}, pinned in images.lock.yaml)`
    : image.reference;
}

function moduleRows(plan: Plan): Row[] {
  return [
    ...Object.entries(plan.modules).map(([name, { resolve }]): Row => [name, resolve]),
    ...plan.plugins.map(({ resolve }): Row => ['plugin', resolve]),
  ];
}

function secretText(secret: PlannedSecret): string {
  if (secret.from === 'generated') {
    const [current, ...kept] = secret.versions;
    const before = kept.length > 0 ? `, also valid: ${kept.map((v) => `v${v}`).join(', ')}` : '';
    const alphabet = secret.alphabet === 'alphanumeric' ? '' : ` (${secret.alphabet})`;
    return `generated, ${secret.length} characters${alphabet}, v${current}${before}`;
  }
  if (secret.from === 'config') return 'from the stack’s Pulumi configuration';
  return 'env' in secret.from
    ? `from the environment variable ${secret.from.env}`
    : `from the command ${secret.from.command[0]}`;
}

function variableRow({ name, value, source }: EnvironmentEntry): Row {
  const text = describeTemplate(value) || "''";
  return [name, `${text}${text === NO_ORIGIN ? ', no origin is allowed' : ''}  (${source})`];
}
