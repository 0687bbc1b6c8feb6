import type { DraftStack } from './stack-file.ts';

/** The default of a key that depends on other keys. */
export interface DependentDefault {
  /** Path in the stack file; `<name>` stands for each name of a map. */
  readonly path: string;
  /** In words, for the reference page and the editor. */
  readonly says: string;
  /** undefined: none in this stack. */
  readonly value: (stack: DraftStack, name: string) => unknown;
}

/** What stands at a path of a stack, whatever variant of a section the stack has. */
type At<T, P extends string> = P extends `${infer K}.${infer R}`
  ? At<Property<T, K>, R>
  : Property<T, P>;
type Property<T, K extends string> = T extends unknown
  ? K extends keyof T
    ? T[K]
    : K extends '<name>'
      ? T[keyof T]
      : never
  : never;

function by<const P extends string>(
  path: P,
  says: string,
  value: (stack: DraftStack, name: string) => At<DraftStack, P> | undefined,
): DependentDefault {
  return { path, says, value };
}

const inDevelopment = ({ environment }: DraftStack) => environment === 'development';
const inProduction = ({ environment }: DraftStack) => environment === 'production';
/** A key of one section that PostgreSQL alone has. */
const isPostgres = ({ database }: DraftStack) => database.type === 'postgres';

/** Every such default, in an order in which each one finds those that it needs. */
export const DEPENDENT_DEFAULTS: readonly DependentDefault[] = [
  by('environment', 'development on docker, production on aws', ({ target }) =>
    target === 'aws' ? 'production' : 'development',
  ),
  by('edge.tls', 'off in development, auto otherwise', (stack) =>
    inDevelopment(stack) ? 'off' : 'auto',
  ),
  by(
    'edge.port',
    '9000 in development on docker; otherwise 443, or on aws 80 without TLS',
    (stack) => {
      if (stack.target === 'aws') return stack.edge.tls === 'off' ? 80 : 443;
      return inDevelopment(stack) ? 9000 : 443;
    },
  ),
  by(
    'edge.bind',
    '127.0.0.1 in development and without TLS, 0.0.0.0 otherwise; none on aws',
    (stack) => {
      if (stack.target === 'aws') return undefined;
      return inDevelopment(stack) || stack.edge.tls === 'off' ? '127.0.0.1' : '0.0.0.0';
    },
  ),
  by('edge.httpPort', '80 with TLS on port 443, false otherwise', ({ edge: { tls, port } }) =>
    tls !== 'off' && port === 443 ? 80 : false,
  ),
  by('database.storage', '10Gi on docker, 20Gi on aws', (stack) =>
    isPostgres(stack) ? (stack.target === 'aws' ? 20 : 10) * 1024 ** 3 : undefined,
  ),
  by(
    'database.ssl',
    'off for the provisioned one on docker (private network), verify-full otherwise',
    ({ target, database }) => {
      if (database.type !== 'postgres') return undefined;
      return target === 'docker' && !database.external ? 'off' : 'verify-full';
    },
  ),
  by('secrets.<name>.keep', '1 for jwt and cookie, 0 otherwise', ({ secrets }, name) => {
    if (secrets[name]?.from !== 'generated') return undefined;
    return name === 'jwt' || name === 'cookie' ? 1 : 0;
  }),
  by(
    'cors.admin',
    "Medusa's own in development (http://localhost:7000, http://localhost:7001), none otherwise",
    (stack) => (inDevelopment(stack) ? ['http://localhost:7000', 'http://localhost:7001'] : []),
  ),
  by(
    'cors.store',
    "Medusa's own in development (http://localhost:8000), none otherwise",
    (stack) => (inDevelopment(stack) ? ['http://localhost:8000'] : []),
  ),
  by('aws.logDays', '90 in production, 14 otherwise', (stack) => (inProduction(stack) ? 90 : 14)),
  by('aws.secretRecoveryDays', '7 in production, 0 otherwise', (stack) =>
    inProduction(stack) ? 7 : 0,
  ),
  by('aws.network.nat', 'per-zone in production, single otherwise', (stack) =>
    inProduction(stack) ? 'per-zone' : 'single',
  ),
  by('aws.database.instance', 'db.t4g.medium in production, db.t4g.micro otherwise', (stack) =>
    inProduction(stack) ? 'db.t4g.medium' : 'db.t4g.micro',
  ),
  by('aws.database.instances', '2 in production, 1 otherwise', (stack) =>
    inProduction(stack) ? 2 : 1,
  ),
  by('aws.database.storageMax', 'five times `database.storage`', ({ database }) =>
    database.type === 'postgres' ? database.storage * 5 : 0,
  ),
  by('aws.database.multiAz', 'true in production, false otherwise', inProduction),
  by(
    'aws.database.backupDays',
    '14 in production, 3 in staging, 1 in development',
    ({ environment }) => ({ production: 14, staging: 3, development: 1 })[environment],
  ),
  by('aws.database.performanceInsights', 'true in production, false otherwise', inProduction),
  by('aws.database.deletionProtection', 'true in production, false otherwise', inProduction),
  by(
    'aws.database.finalSnapshot',
    'true, unless `database.onDestroy` is delete',
    ({ database }) => database.onDestroy === 'keep',
  ),
  by('aws.redis.replicas', '1 in production, 0 otherwise', (stack) =>
    inProduction(stack) ? 1 : 0,
  ),
  by(
    'aws.redis.snapshotDays',
    '7 in production, 0 otherwise; 0 with `redis.persist: false`',
    (stack) => (inProduction(stack) && stack.redis !== false && stack.redis.persist ? 7 : 0),
  ),
  by('aws.backend.exec', 'false in production, true otherwise', (stack) => !inProduction(stack)),
  by('aws.backend.autoscaling.min', '`backend.replicas`', ({ backend }) => backend.replicas),
  by('aws.backend.autoscaling.cpu', '60 where no other target is set', ({ aws }) => {
    const { memory, requests } = aws?.backend.autoscaling ?? {};
    return memory === undefined && requests === undefined ? 60 : undefined;
  }),
];

/** The default of a key in words; undefined where it depends on no other key. */
export function dependentDefaultText(path: string): string | undefined {
  return DEPENDENT_DEFAULTS.find((each) => each.path === path)?.says;
}

/** Fills in, one after the other, what the file leaves out; changes `stack`. */
export function fillDependentDefaults(stack: DraftStack): void {
  for (const { path, value } of DEPENDENT_DEFAULTS) {
    fill(stack, path.split('.'), (name) => value(stack, name));
  }
}

function fill(
  map: unknown,
  [key = '', ...rest]: readonly string[],
  value: (name: string) => unknown,
  name = '',
): void {
  if (map === null || typeof map !== 'object') return;
  const entries = map as Record<string, unknown>;
  if (key === '<name>') {
    for (const [each, inner] of Object.entries(entries)) fill(inner, rest, value, each);
  } else if (rest.length > 0) {
    fill(entries[key], rest, value, name);
  } else if (entries[key] === undefined) {
    const found = value(name);
    if (found !== undefined) entries[key] = found;
  }
}
