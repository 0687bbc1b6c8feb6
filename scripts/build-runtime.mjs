// Builds what is published and what a backend's image build copies:
//   dist/runtime/index.{js,cjs}, dist/runtime/index.d.{ts,cts}, dist/prepare.cjs, dist/keep-alive.cjs, dist/login-limit.cjs,
//   dist/administrator.cjs, dist/probes/*.cjs, backend/medusa-infra-runtime.cjs (with its types next to it)
//   node scripts/build-runtime.mjs           writes them
//   node scripts/build-runtime.mjs --check   writes nothing; fails where a written one is out of date,
//                                            too large, or differs between two builds
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '../toolchain/load-typescript.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const {
  ADMINISTRATOR,
  KEEP_ALIVE,
  LOGIN_LIMIT,
  PREPARE,
  PROBES,
  probeSpec,
  RUNTIME_CJS,
  RUNTIME_ESM,
} = await import('../src/bundle.ts');
const { bundle } = await import('../src/bundle-sources.ts');
const { runtimeTypes } = await import('./runtime-types.ts');

/** The runtime loads in every backend: its size is a promise. */
const LARGEST_RUNTIME_BYTES = 100_000;

const runtime = bundle(RUNTIME_CJS);
const types = runtimeTypes();
const files = {
  'dist/runtime/index.cjs': runtime,
  'dist/runtime/index.js': bundle(RUNTIME_ESM),
  'dist/runtime/index.d.ts': types,
  'dist/runtime/index.d.cts': types,
  'dist/prepare.cjs': bundle(PREPARE),
  'dist/keep-alive.cjs': bundle(KEEP_ALIVE),
  'dist/login-limit.cjs': bundle(LOGIN_LIMIT),
  'dist/administrator.cjs': bundle(ADMINISTRATOR),
  ...Object.fromEntries(
    PROBES.map((probe) => [`dist/probes/${probe}.cjs`, bundle(probeSpec(probe))]),
  ),
  'backend/medusa-infra-runtime.cjs': runtime,
};

if (process.argv.includes('--check')) {
  const wrong = [];
  for (const [file, text] of Object.entries(files)) {
    const path = join(root, file);
    // None of them is committed: one that was never built is not out of date.
    if (existsSync(path) && readFileSync(path, 'utf8') !== text) {
      wrong.push(`${file} is out of date; run: node scripts/build-runtime.mjs`);
    }
  }
  if (bundle(RUNTIME_CJS) !== runtime) wrong.push('two builds of the runtime differ');
  const bytes = Buffer.byteLength(runtime);
  if (bytes > LARGEST_RUNTIME_BYTES) {
    wrong.push(`the runtime has ${bytes} bytes, more than ${LARGEST_RUNTIME_BYTES}`);
  }
  for (const line of wrong) console.error(line);
  process.exit(wrong.length > 0 ? 1 : 0);
}

for (const [file, text] of Object.entries(files)) {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  writeFileSync(path, text);
  console.log(`${file} ${(Buffer.byteLength(text) / 1000).toFixed(1)} kB`);
}
