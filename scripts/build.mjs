// Compiles the kit into dist/, which is what the package ships and what the command runs, also in a clone:
//   dist/cli.js, dist/program.js    the command and the Pulumi program, split so that each command loads its own part
//   dist/compile-cache.js           where Node may keep what it compiled, known before anything else is loaded
//   dist/runtime, dist/prepare.cjs  what runs in the backend's container (src/bundle.ts)
//   node scripts/build.mjs

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILD_FILE, sourcesStamp } from './ensure-built.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const esbuild = createRequire(import.meta.url)('esbuild');
/** A run that started before this build may still load the chunks that it was made of. */
const KEPT_CHUNKS_MS = 3_600_000;

// Before the build: what changes meanwhile makes it stale.
const stamp = sourcesStamp(root);
const { outputFiles } = await esbuild.build({
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/cli/main.ts',
    program: 'infra/index.ts',
    'compile-cache': 'toolchain/compile-cache.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.12',
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
  write: false,
  // The user's own copy of Pulumi's SDK has to be the one that the program uses; AWS's clients are loaded on aws alone.
  external: ['@pulumi/*', '@aws-sdk/*', 'esbuild'],
  plugins: [optionalParts(), providerSources()],
  // Bundled CommonJS still asks for Node's modules with `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;",
  },
});
// Chunks first: what imports them never sees one missing.
const isEntry = (file) => !file.path.includes(`${join(dist, 'chunks')}`);
for (const file of outputFiles.sort((a, b) => isEntry(a) - isEntry(b)))
  put(file.path, file.contents);
// `require` of a CommonJS entry; Pulumi calls what it exports.
put(
  join(dist, 'program.cjs'),
  "module.exports = async () => (await import('./program.js')).default();\n",
);
removeOldChunks(new Set(outputFiles.map(({ path }) => path)));
put(join(root, BUILD_FILE), `${JSON.stringify({ sources: stamp })}\n`);

/** What libraries load but the kit never uses: native parts, and languages of zod's messages. */
function optionalParts() {
  const empty = [/^cpu-features$/, /\.node$/, /^pg-native$/, /^pg-cloudflare$/];
  return {
    name: 'optional-parts',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (empty.some((pattern) => pattern.test(path))) return { path, external: true };
        if (/[\\/]zod[\\/]/.test(importer) && /locales\/index\.js$/.test(path)) {
          return { path, namespace: 'empty' };
        }
        return undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {};' }));
    },
  };
}

/** Their texts are the key under which the built plugin of aws is cached, so they may not change: see provider.ts. */
function providerSources() {
  return {
    name: 'provider-sources',
    setup(build) {
      build.onLoad({ filter: /toolchain[\\/]aws[\\/]provider\.ts$/ }, ({ path }) => ({
        contents: `import { packageRoot } from '../package-root.ts';\n${readFileSync(path, 'utf8').replaceAll('import.meta.dirname', "path.join(packageRoot, 'toolchain/aws')")}`,
        loader: 'ts',
      }));
    },
  };
}

/** Renamed into place: two builds at once must never leave half a file. */
function put(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

function removeOldChunks(current) {
  const folder = join(dist, 'chunks');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (current.has(path)) continue;
    if (Date.now() - statSync(path).mtimeMs > KEPT_CHUNKS_MS) rmSync(path, { force: true });
  }
}
