import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../toolchain/package-root.ts';
import { type BundleSpec, bundleFromSources } from './bundle-sources.ts';
import type { HealthRequest } from './container/probes/requests.ts';

export const RUNTIME_CJS: BundleSpec = {
  entry: 'src/container/runtime/index.ts',
  format: 'cjs',
  sources: [
    'src/container/runtime',
    'src/container/database-url.ts',
    'src/container/environment.ts',
    'src/container/file-plugins.ts',
    'src/container/session-timeouts.ts',
    'src/container/tokens.ts',
  ],
  packages: ['zod'],
};
export const RUNTIME_ESM: BundleSpec = { ...RUNTIME_CJS, format: 'esm' };
export const PREPARE: BundleSpec = {
  entry: 'src/container/prepare/main.ts',
  format: 'cjs',
  sources: [
    'src/container/prepare',
    'src/container/database-url.ts',
    'src/container/environment.ts',
    'src/container/prepared-state.ts',
    'src/container/redis-connection.ts',
    'src/container/session-timeouts.ts',
    'src/mask.ts',
  ],
  packages: ['pg'],
};
export const KEEP_ALIVE: BundleSpec = {
  entry: 'src/container/preload/keep-alive.ts',
  format: 'cjs',
  sources: ['src/container/preload/keep-alive.ts', 'src/container/keep-alive.ts'],
  packages: [],
};
export const LOGIN_LIMIT: BundleSpec = {
  entry: 'src/container/preload/login-limit.ts',
  format: 'cjs',
  sources: [
    'src/container/preload/login-limit.ts',
    'src/container/logins',
    'src/container/prepare/wait.ts',
    'src/container/redis-connection.ts',
  ],
  packages: [],
  // It is in the state, once a replica.
  minify: true,
};
/** An argument of node, in a container of the store, whose PostgreSQL client it uses. */
export const ADMINISTRATOR: BundleSpec = {
  entry: 'src/container/administrator/main.ts',
  format: 'cjs',
  sources: ['src/container/administrator'],
  packages: [],
  minify: true,
};

/** Programs of src/container/probes that a container's own node runs, each from an argument of its command. */
export const PROBES = ['ask', 'await-quiet', 'file-digests', 'health'] as const;
export type Probe = (typeof PROBES)[number];

/** The bundle of a probe. */
export function probeSpec(probe: Probe): BundleSpec {
  const entry = `src/container/probes/${probe}.ts`;
  return { entry, format: 'cjs', sources: [entry], packages: [], minify: true };
}

/** The runtime as one CommonJS file, for the build context of a backend's image. */
export function runtimeScript(): string {
  return cachedBundle(RUNTIME_CJS, 'dist/runtime/index.cjs');
}

/** The prepare script as one CommonJS file. */
export function prepareScript(): string {
  return cachedBundle(PREPARE, 'dist/prepare.cjs');
}

/** What `NODE_OPTIONS` loads before the backend on AWS, as one CommonJS file. */
export function keepAliveScript(): string {
  return cachedBundle(KEEP_ALIVE, 'dist/keep-alive.cjs');
}

/** What `NODE_OPTIONS` loads before the backend on Docker, as one CommonJS file; another text makes a new release. */
export function loginLimitScript(): string {
  return withoutStamp(cachedBundle(LOGIN_LIMIT, 'dist/login-limit.cjs'));
}

/** A command that runs a probe in a container; its text is in no file of the image. */
export function nodeProbe(probe: Probe, ...args: readonly string[]): string[] {
  const script = cachedBundle(probeSpec(probe), `dist/probes/${probe}.cjs`);
  return ['node', '-e', withoutStamp(script), ...args];
}

/** A command that creates an administrator, or sets the password of one (src/container/administrator). */
export function administratorProgram(): string[] {
  return ['node', '-e', withoutStamp(cachedBundle(ADMINISTRATOR, 'dist/administrator.cjs'))];
}

/** The stamp is for the cache. */
function withoutStamp(script: string): string {
  return script.slice(script.indexOf('\n')).trim();
}

/** The probe of a replica's health check. */
export function healthProbe(request: HealthRequest): string[] {
  return nodeProbe('health', JSON.stringify(request));
}

/** Bundles of this process by their files: every replica has the same probe. */
const bundles = new Map<string, string>();

/** The bundle: from its sources in a clone, else as the build wrote it. */
function cachedBundle(spec: BundleSpec, file: string): string {
  const text =
    bundles.get(file) ??
    bundleFromSources(spec, file) ??
    readFileSync(join(packageRoot, file), 'utf8');
  bundles.set(file, text);
  return text;
}
