import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack, type Tarball } from '../../support/package/tarball.ts';

let tarball: Tarball;
let folder: string;

beforeAll(async () => {
  tarball = await pack();
  folder = mkdtempSync(join(tmpdir(), 'medusa-infra-contents-'));
  execFileSync('tar', ['-xzf', tarball.path, '-C', folder]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `dist/chunks/list-7D.js` is of the kind `dist/chunks/*.js`. */
function kindOf(path: string): string {
  const [, name = ''] = /([^/]+)$/.exec(path) ?? [];
  const ending = /(\.d\.c?ts|\.[a-z]+(\.map|\.LEGAL\.txt)?)$/.exec(name)?.[0];
  const deep = /^(dist\/types|toolchain\/go|src\/images\/debian)\//.exec(path)?.[1];
  const parent = deep ? `${deep}/**` : path.slice(0, -name.length).replace(/\/$/, '');
  const root = parent === '' ? '' : `${parent}/`;
  return root === '' ? name : `${root}*${ending ?? ''}`;
}

test('the package holds what is needed and nothing else', () => {
  const kinds = [...new Set(tarball.files.map(({ path }) => kindOf(path)))];
  const shipped = kinds.filter((kind) => !/^(toolchain\/go|src\/images\/debian)\//.test(kind));
  expect(shipped.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/*.js',
    'dist/*.cjs',
    'dist/*.d.cts',
    'dist/*.d.ts',
    'dist/*.js',
    'dist/*.js.map',
    'dist/*.json',
    'dist/*.txt',
    'dist/aws-sdk/*.js',
    'dist/chunks/*.js',
    'dist/chunks/*.js.map',
    'dist/engine-client/*.cjs',
    'dist/library/*.cjs',
    'dist/library/*.cjs.map',
    'dist/probes/*.cjs',
    'dist/runtime/*.cjs',
    'dist/runtime/*.d.cts',
    'dist/runtime/*.d.ts',
    'dist/runtime/*.js',
    'dist/types/**/*.d.ts',
    'dist/types/**/*.json',
    'docs/*.md',
    'docs/adr/*.md',
    'package.json',
    'src/container/start/*.sh',
    'stacks/*.json',
    'toolchain/*.json',
    // Their text is the key of the cached plugin, and part of what is built.
    'toolchain/aws/*.ts',
  ]);
  const recipes = kinds.filter((kind) => /^(toolchain\/go|src\/images\/debian)\//.test(kind));
  expect(recipes.filter((kind) => /\.(ts|js|mjs|ya?ml)$/.test(kind))).toEqual([]);
  expect(
    tarball.files
      .map(({ path }) => path)
      .filter((path) => /(^|\/)(test|\.pulumi|\.env|Pulumi\.)/.test(path)),
  ).toEqual([]);
});

test('its size and the number of its dependencies stay small', () => {
  const { dependencies } = manifest();
  console.log(
    `package: ${tarball.files.length} files, ${kilobytes(tarball.bytes)} packed, ${kilobytes(tarball.unpackedBytes)} unpacked, ${Object.keys(dependencies).length} dependencies`,
  );
  expect(tarball.bytes).toBeLessThan(4_200_000);
  expect(tarball.unpackedBytes).toBeLessThan(20_000_000);
  expect(Object.keys(dependencies).sort()).toEqual([
    '@pulumi/aws',
    '@pulumi/docker',
    '@pulumi/pulumi',
    '@pulumi/random',
    'zod',
  ]);
});

test('the bill of materials lists the packages that are bundled', () => {
  const dist = join(folder, 'package/dist');
  const { components } = JSON.parse(readFileSync(join(dist, 'sbom.cdx.json'), 'utf8')) as {
    components: { group?: string; name: string; version: string }[];
  };
  const listed = components.map(
    ({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`,
  );
  const licenses = readFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  const licensed = [...licenses.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+ \d[\w.+-]*) \(/gm)].map(
    ([, title]) => title,
  );
  expect(licensed.length).toBeGreaterThan(100);
  expect(new Set(listed)).toEqual(new Set(licensed));
});

test('the clients of AWS are of one version', () => {
  const { devDependencies } = manifest();
  const versions = Object.entries(devDependencies)
    .filter(([name]) => name.startsWith('@aws-sdk/'))
    .map(([, version]) => version);
  expect(versions.length).toBeGreaterThan(0);
  expect([...new Set(versions)]).toHaveLength(1);
});

test('compiled code imports declared dependencies and builtin modules alone', () => {
  const { dependencies } = manifest();
  const imported = readdirSync(join(folder, 'package/dist'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?js$/.test(file))
    .flatMap((file) => importsOf(readFileSync(join(folder, 'package/dist', file), 'utf8')));
  const packages = new Set(
    imported
      // Not text that Pulumi's SDK writes into code.
      .filter((name) => !/^(\.|node:|\$\{)/.test(name) && !builtinModules.includes(name))
      .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name),
  );
  const optional = [
    // Named in the text of an error of the SDK.
    ...['@aws-sdk/signature-v4-crt', '@aws-sdk/signature-v4a'],
    // What ssh2 and pg take if it is there.
    ...['cpu-features', 'pg-native', 'pg-cloudflare'],
  ];
  const others = [...packages].filter(
    (name) => !(name in dependencies) && !optional.includes(name),
  );
  expect(others).toEqual([]);
  expect([...packages]).toContain('@pulumi/docker');
});

/** Modules that a file imports or requires by name. */
function importsOf(text: string): string[] {
  const patterns = [
    /^(?:import|export)\b[^'"\n;]*?\bfrom ["']([^"'\n]+)["']/gm,
    /^import ["']([^"'\n]+)["']/gm,
    /(?<![.\w$])(?:import|(?:__)?require\d*)\(["']([^"'\n]+)["']\)/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
}

function manifest(): {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
} {
  return JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
