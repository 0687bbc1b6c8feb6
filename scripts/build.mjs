// Compiles the kit into dist/, which is what the package ships and what the command runs, also in a clone:
//   dist/cli.js, dist/program.js    the command and the Pulumi program, split so that each command loads its own part
//   dist/compile-cache.js           where Node may keep what it compiled, known before anything else is loaded
//   dist/aws-sdk, dist/engine-client  parts of AWS's SDK and of the engine's client, loaded on first use
//   dist/runtime, dist/prepare.cjs, ...  what runs in the backend's container (src/bundle.ts)
//   dist/library, dist/types        with --package: the library as CommonJS, and its declarations
//   node scripts/build.mjs [--package]

import {
  existsSync,
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
import '../toolchain/load-typescript.js';
import {
  awsSdk,
  closureParts,
  engineClient,
  optionalParts,
  promiseTraces,
  providerSources,
  writtenBundles,
} from './build-plugins.mjs';
import { BUILD_FILE, sourcesStamp } from './ensure-built.mjs';
import { billOfMaterials, thirdPartyLicenses } from './third-party.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const esbuild = createRequire(import.meta.url)('esbuild');
const forPackage = process.argv.includes('--package');
/** A run that started before this build may still load the chunks that it was made of. */
const KEPT_CHUNKS_MS = forPackage ? 0 : 3_600_000;

const AWS_CLIENTS = Object.keys(
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies,
).filter((name) => name.startsWith('@aws-sdk/'));

/** Entries of the library in addition to the main one, which contains them: a user of one target loads no other. */
const LIBRARY_TARGETS = ['aws', 'docker'];
/** Not public: where the main entry has the others. */
const TARGETS = '__targets';

/** What all outputs share. The user's own copy of Pulumi's SDK has to be the one that a program of Pulumi's uses. */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.12',
  sourcemap: true,
  // A trace needs positions alone; with their text the maps would be most of the package.
  sourcesContent: false,
  // They are in THIRD-PARTY-LICENSES.txt.
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
  outdir: 'dist',
  external: ['@pulumi/*'],
};

/** Paths of what this build wrote. */
const written = new Set();

// Before the build: what changes meanwhile makes it stale.
const stamp = sourcesStamp(root);
const results = await Promise.all([
  // With Pulumi's SDK: the command runs the program in its own process.
  esbuild.build({
    ...splitOptions(),
    entryPoints: { cli: 'src/cli/main.ts', 'compile-cache': 'toolchain/compile-cache.ts' },
    external: [],
    plugins: [...splitOptions().plugins, closureParts(), promiseTraces(), awsSdk()],
  }),
  esbuild.build({
    ...splitOptions(),
    entryPoints: {
      program: 'infra/index.ts',
      ...Object.fromEntries(AWS_CLIENTS.map((name) => [name.slice('@'.length), name])),
    },
  }),
  esbuild.build({
    ...common,
    entryPoints: { 'engine-client/ssh': 'docker-modem/lib/ssh.js' },
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    plugins: [optionalParts()],
  }),
  ...(forPackage ? [esbuild.build(libraryOptions())] : []),
]);
requireAtDepth(results);
const outputFiles = results.flatMap(withoutMapsOfOthers);
// Chunks first: what imports them never sees one missing.
const isEntry = (file) => !file.path.includes(join(dist, 'chunks'));
for (const file of outputFiles.sort((a, b) => isEntry(a) - isEntry(b)))
  put(file.path, file.contents);
// `require` of a CommonJS entry; Pulumi calls what it exports.
put(
  join(dist, 'program.cjs'),
  "module.exports = async () => (await import('./program.js')).default();\n",
);
const signature = 'function program(): Promise<object>;';
put(join(dist, 'program.d.ts'), `export default ${signature}\n`);
put(join(dist, 'program.d.cts'), `declare ${signature}\nexport = program;\n`);
await writeContainerBundles();
if (forPackage) {
  const metafiles = results.map(({ metafile }) => metafile);
  put(join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses(root, metafiles));
  put(join(dist, 'sbom.cdx.json'), billOfMaterials(root, metafiles));
  for (const target of LIBRARY_TARGETS) await writeTargetEntry(target);
  await writeTypes();
}
put(join(root, BUILD_FILE), `${JSON.stringify({ sources: stamp })}\n`);
removeOldFiles();

/** Modules that load their parts on first use. */
function splitOptions() {
  return {
    ...common,
    splitting: true,
    format: 'esm',
    chunkNames: 'chunks/[name]-[hash]',
    // Of AWS's SDK the ES modules: what imports them by name finds the names.
    mainFields: ['module', 'main'],
    plugins: [optionalParts(), providerSources(), writtenBundles(), engineClient()],
    // Bundled CommonJS still asks for Node's modules with `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;",
    },
  };
}

/**
 * One CommonJS file for `import` and `require` alike: Pulumi's TypeScript programs are CommonJS, and two copies of the
 * library in one program would not know each other's classes.
 */
function libraryOptions() {
  return {
    ...common,
    stdin: {
      contents: `export * from './index.ts';
        export const ${TARGETS} = { ${LIBRARY_TARGETS.map((target) => `${target}: () => require('./${target}.ts')`)} };`,
      resolveDir: join(root, 'infra/library'),
      loader: 'ts',
    },
    outdir: undefined,
    outfile: 'dist/library/index.cjs',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__importMetaUrl' },
    banner: {
      js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
    },
    plugins: [optionalParts(), providerSources(), writtenBundles(), engineClient(), awsSdk()],
  };
}

/** The output without maps of files that hold only packages of others: nobody reads a trace of theirs here. */
function withoutMapsOfOthers({ outputFiles: files, metafile }) {
  const others = Object.entries(metafile.outputs)
    .filter(([, { inputs }]) => Object.keys(inputs).every((path) => path.includes('node_modules/')))
    .map(([file]) => join(root, file));
  return files
    .filter(({ path }) => !others.includes(path.replace(/\.map$/, '')) || !path.endsWith('.map'))
    .map(({ path, contents, text }) =>
      others.includes(path)
        ? { path, contents: text.replace(/\n\/\/# sourceMappingURL=\S+\n$/, '\n') }
        : { path, contents },
    );
}

/** What refers to files in dist/ by a relative path has to be in a folder of dist/. */
function requireAtDepth(built) {
  for (const { metafile } of built) {
    for (const [file, { imports }] of Object.entries(metafile.outputs)) {
      if (!imports.some(({ path, external }) => external && path.startsWith('../'))) continue;
      if (file.split('/').length !== 3) {
        throw new Error(`${file} refers to files of dist/ as if it were in a folder of it`);
      }
    }
  }
}

async function writeContainerBundles() {
  const specs = await import('../src/bundle.ts');
  const { bundleFromSources } = await import('../src/bundle-sources.ts');
  bundleFromSources(specs.RUNTIME_CJS, 'dist/runtime/index.cjs');
  bundleFromSources(specs.RUNTIME_ESM, 'dist/runtime/index.js');
  bundleFromSources(specs.PREPARE, 'dist/prepare.cjs');
  bundleFromSources(specs.KEEP_ALIVE, 'dist/keep-alive.cjs');
  bundleFromSources(specs.LOGIN_LIMIT, 'dist/login-limit.cjs');
  bundleFromSources(specs.ADMINISTRATOR, 'dist/administrator.cjs');
  for (const probe of specs.PROBES) {
    bundleFromSources(specs.probeSpec(probe), `dist/probes/${probe}.cjs`);
  }
}

/** `require` and `import` find the names in the comment for Node's lexer. */
async function writeTargetEntry(target) {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [`infra/library/${target}.ts`],
    format: 'esm',
    outdir: 'dist',
    metafile: true,
    write: false,
  });
  const { exports } = Object.values(metafile.outputs)[0];
  put(
    join(dist, `library/${target}.cjs`),
    `module.exports = require('./index.cjs').${TARGETS}.${target}();\n0 && (module.exports = { ${exports.join(', ')} });\n`,
  );
}

/** Fifteen seconds of work, which are skipped where nothing changed. */
async function writeTypes() {
  const noted = join(dist, 'types/build.json');
  if (existsSync(noted) && readFileSync(noted, 'utf8') === stamp) return;
  const { libraryTypes } = await import('./library-types.ts');
  rmSync(join(dist, 'types'), { recursive: true, force: true });
  for (const [file, text] of libraryTypes()) put(join(dist, 'types', file), text);
  // The declarations are those of CommonJS modules.
  put(join(dist, 'types/package.json'), '{ "type": "commonjs" }\n');
  put(noted, stamp);
}

/** Renamed into place: two builds at once must never leave half a file. */
function put(path, contents) {
  written.add(path);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

/** Files of earlier builds: chunks that no run can load any more, and for a package all that this build did not write. */
function removeOldFiles() {
  const folder = forPackage ? dist : join(dist, 'chunks');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || written.has(path) || isOfAnother(path)) continue;
    if (Date.now() - statSync(path).mtimeMs >= KEPT_CHUNKS_MS) rmSync(path, { force: true });
  }
}

/** What other parts of the build write, each when it is out of date. */
function isOfAnother(path) {
  return /^(types|runtime|probes|(prepare|keep-alive|login-limit|administrator)\.cjs)/.test(
    path.slice(dist.length + 1),
  );
}
