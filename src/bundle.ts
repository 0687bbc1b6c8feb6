import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../toolchain/package-root.ts';
import type { HealthRequest } from './container/probes/requests.ts';

/**
 * What runs in the backend's container is bundled into single files, so that an image needs nothing
 * but Node 16 or later.
 */
export interface BundleSpec {
  /** Path from the package's root. */
  readonly entry: string;
  readonly format: 'cjs' | 'esm';
  /** Folders and files, from the package's root, whose TypeScript sources decide about the result. */
  readonly sources: readonly string[];
  /** npm packages that are bundled. */
  readonly packages: readonly string[];
  /** For texts that are an argument of a command. @default false */
  readonly minify?: boolean;
}

export const RUNTIME_CJS: BundleSpec = {
  entry: 'src/container/runtime/index.ts',
  format: 'cjs',
  sources: [
    'src/container/runtime',
    'src/container/environment.ts',
    'src/container/file-plugins.ts',
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
    'src/container/environment.ts',
    'src/container/prepared-state.ts',
  ],
  packages: ['pg'],
};
export const KEEP_ALIVE: BundleSpec = {
  entry: 'src/container/preload/keep-alive.ts',
  format: 'cjs',
  sources: ['src/container/preload/keep-alive.ts', 'src/container/keep-alive.ts'],
  packages: [],
};

/** Programs of src/container/probes that a container's own node runs, each from an argument of its command. */
export const PROBES = ['ask', 'await-quiet', 'file-digests', 'health'] as const;
export type Probe = (typeof PROBES)[number];

/** The bundle of a probe. */
export function probeSpec(probe: Probe): BundleSpec {
  const entry = `src/container/probes/${probe}.ts`;
  return { entry, format: 'cjs', sources: [entry], packages: [], minify: true };
}

const root = packageRoot;
const require = createRequire(import.meta.url);

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

/** A command that runs a probe in a container; its text is in no file of the image. */
export function nodeProbe(probe: Probe, ...args: readonly string[]): string[] {
  const script = cachedBundle(probeSpec(probe), `dist/probes/${probe}.cjs`);
  // Without the stamp, which is for the cache.
  const text = script.slice(script.indexOf('\n')).trim();
  return ['node', '-e', text, ...args];
}

/** The probe of a replica's health check. */
export function healthProbe(request: HealthRequest): string[] {
  return nodeProbe('health', JSON.stringify(request));
}

/** Bundles of this process by their files: every replica has the same probe. */
const bundles = new Map<string, string>();

/**
 * The bundle, read from `file` when that was made from the same sources, else built and stored there.
 * A file that cannot be stored (a package installed by another user) is not an error.
 */
function cachedBundle(spec: BundleSpec, file: string): string {
  const text = bundles.get(file) ?? storedBundle(spec, file);
  bundles.set(file, text);
  return text;
}

function storedBundle(spec: BundleSpec, file: string): string {
  const path = join(root, file);
  // The package ships the result alone.
  if (!existsSync(join(root, spec.entry))) return readFileSync(path, 'utf8');
  const stamp = stampOf(spec);
  try {
    const stored = readFileSync(path, 'utf8');
    if (stored.startsWith(stamp)) return stored;
  } catch {
    // Not built yet.
  }
  const text = bundle(spec);
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Renamed into place: two runs at once must never read half a file.
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch {
    return text;
  }
  return text;
}

/** Builds the bundle; the same sources and packages give the same bytes. */
export function bundle(spec: BundleSpec): string {
  // Loaded only here: most runs find the file built, and esbuild costs 30 ms to load.
  const esbuild: typeof import('esbuild') = require('esbuild');
  const result = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: [spec.entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node16',
    format: spec.format,
    charset: 'utf8',
    minify: spec.minify ?? false,
    legalComments: 'eof',
    logLevel: 'error',
    // Optional parts of pg that are not installed.
    external: ['pg-native', 'pg-cloudflare'],
    banner: { js: `${stampOf(spec)}\n` },
  });
  const [output] = result.outputFiles;
  if (!output) throw new Error(`esbuild wrote nothing for ${spec.entry}`);
  return output.text;
}

function stampOf(spec: BundleSpec): string {
  const hash = createHash('sha256').update(JSON.stringify(spec));
  for (const file of spec.sources.flatMap(typeScriptFiles)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  for (const name of ['esbuild', ...spec.packages]) hash.update(`${name}@${versionOf(name)}\0`);
  const id = hash.digest('hex').slice(0, 32);
  const generated = `// Generated from ${spec.entry} (${id})`;
  if (spec.packages.length === 0) return `${generated}.`;
  const bundled = spec.packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return `${generated}; bundles ${bundled} under the MIT license.`;
}

function typeScriptFiles(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${path}/${name.replaceAll('\\', '/')}`);
}

function versionOf(name: string): string {
  // Some packages do not export their package.json: look for it next to the entry point.
  let folder = dirname(require.resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (manifest.name === name) return manifest.version;
    } catch {
      // Further up.
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json of ${name} above ${folder}`);
    folder = parent;
  }
}
