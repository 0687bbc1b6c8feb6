import { build } from 'esbuild';
import { expect, test } from 'vitest';
import {
  ADMINISTRATOR,
  KEEP_ALIVE,
  PREPARE,
  PROBES,
  probeSpec,
  RUNTIME_CJS,
} from '../../src/bundle.ts';
import { type BundleSpec, bundle } from '../../src/bundle-sources.ts';

const specs: readonly BundleSpec[] = [
  RUNTIME_CJS,
  PREPARE,
  KEEP_ALIVE,
  ADMINISTRATOR,
  ...PROBES.map(probeSpec),
];

test.each(specs)('the sources of $entry are all that decide about its bundle', async (spec) => {
  const { metafile } = await build({
    entryPoints: [spec.entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    external: ['pg-native', 'pg-cloudflare'],
    logLevel: 'silent',
  });
  const own = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
  const isNamed = (file: string) =>
    spec.sources.some((source) => file === source || file.startsWith(`${source}/`));
  expect(own.filter((file) => !isNamed(file))).toEqual([]);
});

test('only a bundle with packages names their license', () => {
  expect(bundle(PREPARE)).toMatch(/^\/\/ Generated from \S+ \(\w{32}\); bundles pg [\d.]+ under/);
  expect(bundle(KEEP_ALIVE)).toMatch(/^\/\/ Generated from \S+ \(\w{32}\)\.\n/);
});
