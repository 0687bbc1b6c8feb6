import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import {
  alignedRequirements,
  confirmedSums,
  readVersions,
} from '../../../scripts/go-requirements.ts';
import { UserError } from '../../../src/errors.ts';
import { goBuild, goDownload, goEnvironment, goFolder, requiredGo } from '../../../toolchain/go.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../../support/unit/folder.ts';

test('the Go version that a module needs is read from its go line', () => {
  expect(requiredGo('module m\n\ngo 1.25.8\n')).toBe('1.25.8');
  expect(requiredGo('module m\n\ngo 1.18\n')).toBe('1.18');
  expect(() => requiredGo('module m\n')).toThrow('go.mod has no go line');
});

test.each(['cli', 'language-nodejs', 'plugins', 'plugin-aws'])(
  'module %s has pinned digests and a go line',
  (name) => {
    const folder = path.join(goFolder, name);
    expect(requiredGo(readFileSync(path.join(folder, 'go.mod'), 'utf8'))).toMatch(/^1\.\d+/);
    expect(readFileSync(path.join(folder, 'go.sum'), 'utf8')).toMatch(/ h1:/);
  },
);

test('a new enough Go is used as it is, one that can update itself does so', () => {
  const flags = '-mod=readonly -modcacherw -buildvcs=false';
  expect(goEnvironment('go1.26.8', '1.25.8')).toEqual({ GOFLAGS: flags, GOTOOLCHAIN: 'local' });
  expect(goEnvironment('go1.25.8', '1.25.8')).toEqual({ GOFLAGS: flags, GOTOOLCHAIN: 'local' });
  expect(goEnvironment('go1.21.0', '1.25.8')).toEqual({ GOFLAGS: flags, GOTOOLCHAIN: 'auto' });
});

const hint =
  'Install Go from https://go.dev/dl (1.21 or newer: it downloads the right version itself), put its bin folder on PATH, and run this again.';

test('a Go that is too old to update itself is refused with what to install', () => {
  expect(() => goEnvironment('go1.19.8', '1.25.8')).toThrow(
    new UserError(
      `Go 1.25.8 or newer is needed to build Pulumi's tools here (the vendor's download is not available), found go1.19.8.\n${hint}`,
      'tool-missing',
    ),
  );
});

const build = (folder: string, report: (line: string) => void = () => undefined) =>
  goBuild({
    module: path.join(goFolder, 'language-nodejs'),
    commands: ['example.invalid/cmd/tool'],
    output: path.join(folder, 'tool'),
    ldflags: ['-X a=b'],
    report,
  });

test('without Go the message says what to install', async () => {
  vi.stubEnv('PATH', temporaryFolder());
  await expect(build(temporaryFolder())).rejects.toThrow(
    new UserError(
      `Go 1.18 or newer is needed to build Pulumi's tools here (the vendor's download is not available), found none.\n${hint}`,
      'tool-missing',
    ),
  );
  vi.unstubAllEnvs();
});

test('a build reports what is fetched and compiled; a failing one shows its last lines', async () => {
  const folder = temporaryFolder();
  script(
    path.join(folder, 'go'),
    'if [ "$1" = env ]; then echo go1.26.8; exit; fi\n' +
      'echo "go: downloading golang.org/x/sys v0.45.0" >&2; echo "golang.org/x/sys/unix" >&2; echo "no space left on device" >&2; exit 2',
  );
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  const lines: string[] = [];
  const failing = build(folder, (line) => lines.push(line));
  await expect(failing).rejects.toThrow(UserError);
  await expect(failing).rejects.toThrow(/go build -v -ldflags ended with exit code 2/);
  await expect(failing).rejects.toThrow(/ {2}no space left on device\nThe Go module proxy/);
  expect(lines).toEqual([
    'tool: downloading golang.org/x/sys v0.45.0',
    'tool: compiled 1 packages, golang.org/x/sys/unix',
  ]);
  vi.unstubAllEnvs();
});

test('a module that is to be changed is downloaded outside of any other, and its hash is returned', async () => {
  const folder = temporaryFolder();
  const cache = path.join(folder, 'cache');
  script(
    path.join(folder, 'go'),
    `if [ "$1" = env ]; then echo go1.26.8; exit; fi\npwd > ${folder}/cwd; echo "$*" > ${folder}/arguments; echo '{"Dir": "/m", "Sum": "h1:x="}'`,
  );
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  vi.stubEnv('MEDUSA_INFRA_CACHE', cache);
  const goMod = path.join(goFolder, 'plugin-aws', 'go.mod');
  expect(await goDownload('example.invalid/m@v1.0.0', goMod)).toEqual({ Dir: '/m', Sum: 'h1:x=' });
  expect(readFileSync(path.join(folder, 'cwd'), 'utf8').trim()).toBe(`${cache}/go/modules`);
  expect(readFileSync(path.join(folder, 'arguments'), 'utf8').trim()).toBe(
    'mod download -json example.invalid/m@v1.0.0',
  );
  vi.unstubAllEnvs();
});

const versions = (...lines: string[]) => readVersions(`${lines.join('\n')}\n`);

test('modules that several tools compile are raised to the highest version in use', () => {
  expect(
    alignedRequirements([
      versions('example.invalid/a v1.9.0', 'example.invalid/only v1.0.0'),
      versions('example.invalid/a v1.10.0', 'example.invalid/b v0.1.0'),
      versions('example.invalid/a v1.2.0', 'example.invalid/b v0.1.0'),
    ]),
  ).toEqual([
    versions('example.invalid/a v1.10.0'),
    new Map(),
    versions('example.invalid/a v1.10.0'),
  ]);
});

test("Pulumi's own modules keep the version that each tool was released with", () => {
  const sdk = 'github.com/pulumi/pulumi/sdk/v3';
  expect(alignedRequirements([versions(`${sdk} v3.228.0`), versions(`${sdk} v3.250.0`)])).toEqual([
    new Map(),
    new Map(),
  ]);
});

test('the go.mod files of what is built agree on what they share', () => {
  const required = ['cli', 'plugins', 'plugin-aws'].map((name) =>
    versions(
      ...readFileSync(path.join(goFolder, name, 'go.mod'), 'utf8')
        .split('\n')
        .flatMap((line) => /^\t(\S+ v\S+)(?: \/\/ indirect)?$/.exec(line)?.[1] ?? []),
    ),
  );
  expect(required.map(({ size }) => size > 10)).toEqual([true, true, true]);
  expect(alignedRequirements(required)).toEqual([new Map(), new Map(), new Map()]);
});

test('a hash that go.sum already had may not change', () => {
  const before = 'example.invalid/a v1.0.0 h1:one=\n';
  const fresh = `${before}example.invalid/b v1.0.0 h1:two=\n`;
  expect(confirmedSums(fresh, before)).toBe(fresh);
  expect(() => confirmedSums('example.invalid/a v1.0.0 h1:other=\n', before)).toThrow(
    'example.invalid/a v1.0.0 has the hash h1:other=, go.sum said h1:one=',
  );
});
