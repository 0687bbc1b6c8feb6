import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../toolchain/package-root.ts';

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

const root = packageRoot;
const require = createRequire(import.meta.url);

/**
 * The bundle, read from `file` when that was made from the same sources, else built and stored there.
 * A file that cannot be stored is not an error. In compiled code this returns undefined: scripts/build.mjs
 * has written all bundles.
 */
export function bundleFromSources(spec: BundleSpec, file: string): string | undefined {
  const path = join(root, file);
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
