import { listOf } from '../fields.ts';
import { describeFound, KNOWN_SECRET } from '../found.ts';
import { treeAt } from '../tree.ts';
import { derivedFrom } from './derived.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';
import { isSet, when } from './rule.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

const imageRequired: Rule = {
  name: 'image-required',
  about: 'Production runs a built image, not a folder that happens to be there.',
  whole: true,
  check: (context) =>
    when(
      context.stack.environment === 'production' && !isSet(context, ['backend', 'image']),
      () => ({
        path: ['backend', 'image'],
        message: 'required in production; name the image such as ghcr.io/acme/shop:1.4.2',
      }),
    ),
};

const imageTag: Rule = {
  name: 'image-tag',
  about: 'A production image has a tag or digest that says which one it is.',
  check: ({ stack }) => {
    const { image } = stack.backend;
    const moving = 'reference' in image && !/@sha256:|:(?!latest$)[^/]+$/.test(image.reference);
    return when(stack.environment === 'production' && moving, () => ({
      path: ['backend', 'image'],
      message: 'latest is whatever was pushed last; name a tag or digest',
      level: 'warning',
    }));
  },
};

const derivedVariable: Rule = {
  name: 'derived-variable',
  about: 'A variable that the kit derives is not set by hand.',
  check: ({ stack }) =>
    Object.keys(stack.backend.env).flatMap((name) => {
      const source = derivedFrom(name);
      return when(source !== undefined, () => ({
        path: ['backend', 'env', name],
        message: `derived from ${source}; remove it here`,
      }));
    }),
};

const instanceMetadata: Rule = {
  name: 'instance-metadata',
  about: 'On aws a task has no machine: it has the credentials of its role.',
  check: ({ stack, raw }) =>
    when(stack.target === 'aws' && raw.backend?.instanceMetadata !== undefined, () => ({
      path: ['backend', 'instanceMetadata'],
      message: `only on docker, got ${stack.target}; remove it`,
      atKey: true,
    })),
};

/** A URL with a password in it. */
const URL_WITH_PASSWORD = /:\/\/[^/\s:@]+:[^/\s@]+@/;
const SECRET_KEY =
  /(^|_)(SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS)(_|$)/;

const inlineSecret: Rule = {
  name: 'inline-secret',
  about: 'Secrets go by name; no value stands in the file.',
  acceptable: true,
  check: ({ stack }) =>
    Object.entries(stack.backend.env).flatMap(([name, value]): Finding[] => {
      if (typeof value !== 'string' || value === '') return [];
      const form = KNOWN_SECRET.test(value) || URL_WITH_PASSWORD.test(value);
      // References to files and flags are what such names often hold without being secret.
      const named = SECRET_KEY.test(name) && !/^(\/|true$|false$|\d{1,6}$)/.test(value);
      if (!form && !named) return [];
      const message = `looks like a secret; write { secret: name } and declare it under secrets as { from: config }`;
      const error = form && stack.environment !== 'development';
      return [{ path: ['backend', 'env', name], message, level: error ? 'error' : 'warning' }];
    }),
};

const seedProduction: Rule = {
  name: 'seed-production',
  about: 'Production data is not seeded.',
  check: ({ stack }) =>
    when(stack.environment === 'production' && stack.backend.seed !== undefined, () => ({
      path: ['backend', 'seed'],
      message: 'refused in production; remove it, or write seed: null in the file of production',
      atKey: true,
    })),
};

const seedPublic: Rule = {
  name: 'seed-public',
  about:
    'A store that others can reach (staging, and any on aws) is not seeded: a seed may create users whose passwords are known.',
  acceptable: true,
  check: ({ stack }) => {
    const { environment, target } = stack;
    const isPublic =
      environment === 'staging' || (environment === 'development' && target === 'aws');
    const where = environment === 'staging' ? 'in staging' : 'on aws';
    return when(isPublic && stack.backend.seed !== undefined, () => ({
      path: ['backend', 'seed'],
      message: `refused ${where}, where others reach the store: a seed may create users whose passwords are known; remove it, or write seed: null in the file of this stack`,
      atKey: true,
    }));
  },
};

const memoryMinimum: Rule = {
  name: 'memory-minimum',
  about: 'Medusa needs 512Mi under load; with less than 256Mi it does not start.',
  acceptable: true,
  check: (context) => {
    const { memory } = context.stack.backend;
    const found = describeFound(treeAt(context.tree, ['backend', 'memory']), ['backend', 'memory']);
    const path = ['backend', 'memory'];
    if (memory < 256 * MiB) {
      return [{ path, message: `at least 256Mi for Medusa (512Mi under load), got ${found}` }];
    }
    return when(memory < 512 * MiB, () => ({
      path,
      message: `512Mi or more is what Medusa needs under load, got ${found}`,
      level: 'warning',
    }));
  },
};

/** CPU thousandths -> memory in GiB that Fargate offers with it (AWS: "Task size"). */
const FARGATE: ReadonlyMap<number, readonly number[]> = new Map([
  [250, [0.5, 1, 2]],
  [500, range(1, 4, 1)],
  [1000, range(2, 8, 1)],
  [2000, range(4, 16, 1)],
  [4000, range(8, 30, 1)],
  [8000, range(16, 60, 4)],
  [16000, range(32, 120, 8)],
]);

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

const fargatePair: Rule = {
  name: 'fargate-pair',
  about: 'On aws, CPU and memory are a pair that Fargate offers.',
  check: (context) => {
    const { stack } = context;
    if (stack.target !== 'aws') return [];
    const { cpu, memory } = stack.backend;
    const offered = FARGATE.get(cpu);
    if (!offered) {
      const message = `on aws 250m, 500m, 1, 2, 4, 8 or 16, got ${cpu}m`;
      return [{ path: ['backend', 'cpu'], message }];
    }
    if (offered.includes(memory / GiB)) return [];
    const sizes = offered.map((gib) => (gib < 1 ? `${gib * 1024}Mi` : `${gib}Gi`));
    const few =
      sizes.length > 7 ? `${sizes[0]}, ${sizes[1]}, ... ${sizes.at(-1)}` : listOf(sizes, 'or');
    const shown = describeFound(treeAt(context.tree, ['backend', 'memory']), ['backend', 'memory']);
    const found = shown === 'nothing' ? 'the default 1Gi' : shown;
    const message = `on aws with cpu ${cpu}m: ${few}, got ${found}`;
    return [{ path: ['backend', 'memory'], message }];
  },
};

const exposeDevelopment: Rule = {
  name: 'expose-development',
  about:
    'Database and Redis are published in development on docker only, and only what the stack provisions.',
  check: ({ stack }) => {
    const { expose } = stack.backend;
    const names = (['database', 'redis'] as const).filter((name) => expose[name] !== undefined);
    if (names.length === 0) return [];
    if (stack.environment !== 'development' || stack.target !== 'docker') {
      const where = stack.target === 'docker' ? stack.environment : 'aws';
      const message = `only in development on docker, got ${where}; remove it, or write expose: null in the file of this stack`;
      return names.map((name) => ({ path: ['backend', 'expose', name], message }));
    }
    return names
      .filter((name) => !isProvisioned(stack, name))
      .map((name) => ({
        path: ['backend', 'expose', name],
        message: `nothing to publish: this stack provisions no ${name === 'redis' ? 'Redis' : 'PostgreSQL'}; remove it`,
      }));
  },
};

function isProvisioned(stack: RuleContext['stack'], name: 'database' | 'redis'): boolean {
  if (name === 'redis') return stack.redis !== false && !stack.redis.external;
  return stack.database.type === 'postgres' && !stack.database.external;
}

const portConflict: Rule = {
  name: 'port-conflict',
  about: 'Each port on this machine is published once.',
  check: ({ stack }) => {
    const ports = [
      { path: ['edge', 'port'], port: stack.edge.port },
      { path: ['edge', 'httpPort'], port: stack.edge.httpPort || undefined },
      { path: ['backend', 'expose', 'database'], port: stack.backend.expose.database },
      { path: ['backend', 'expose', 'redis'], port: stack.backend.expose.redis },
    ];
    return ports.flatMap(({ path, port }, index) => {
      const other = ports.slice(0, index).find((earlier) => earlier.port === port);
      return when(port !== undefined && other !== undefined, () => ({
        path,
        message: `${port} is taken by ${other?.path.join('.')}; choose another port`,
      }));
    });
  },
};

export const backendRules: readonly Rule[] = [
  imageRequired,
  imageTag,
  instanceMetadata,
  derivedVariable,
  inlineSecret,
  seedProduction,
  seedPublic,
  memoryMinimum,
  fargatePair,
  exposeDevelopment,
  portConflict,
];
