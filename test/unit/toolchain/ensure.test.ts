import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { motoPart } from '../../../toolchain/aws/moto.ts';
import { PartCache } from '../../../toolchain/cache.ts';
import { fits } from '../../../toolchain/cli.ts';
import { type EnsureOptions, ensureToolchain } from '../../../toolchain/ensure.ts';
import { withLock } from '../../../toolchain/lock.ts';
import { pins, platform } from '../../../toolchain/pins.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../../support/unit/folder.ts';

function machine() {
  const folder = temporaryFolder();
  const env = {
    PATH: path.join(folder, 'bin'),
    HOME: folder,
    MEDUSA_INFRA_CACHE: `${folder}/cache`,
  };
  return { folder, env };
}
const log = () => undefined;

test('an installed CLI fits from the pinned version on, within the same major version', () => {
  expect(['3.249.9', '3.250.0', '3.301.2', '4.0.0', '3.250.0-alpha.1'].map(fits)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
});

test('what is installed and fits is used, and nothing is asked or written', async () => {
  const { folder, env } = machine();
  const pulumi = script(path.join(folder, 'bin', 'pulumi'), 'echo v3.260.1');
  const host = script(path.join(folder, 'bin', 'pulumi-language-nodejs'), 'echo 40000');
  const toolchain = await ensureToolchain({
    env,
    log,
    offline: true,
    parts: ['pulumi', 'language-host'],
  });
  expect(toolchain.report).toEqual([
    { part: 'pulumi', version: '3.260.1', origin: 'installed', path: pulumi },
    { part: 'language-host', version: '3.260.1', origin: 'installed', path: host },
  ]);
  expect(toolchain.env).toEqual({
    PATH: path.join(folder, 'bin'),
    NODE_COMPILE_CACHE: path.join(folder, 'cache', 'node-compile-cache'),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_LOG_ROTATION_MAX_TOTAL_MB: '50',
    // Its HOME is not that of whoever runs this test.
    PULUMI_HOME: path.join(folder, '.pulumi'),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  });
});

test('offline, each missing part is named, an installed CLI that is too old among them', async () => {
  const { folder, env } = machine();
  script(path.join(folder, 'bin', 'pulumi'), 'echo v3.100.0');
  const missing = ensureToolchain({
    env,
    log,
    offline: true,
    parts: ['pulumi', 'language-host', 'plugin-docker'],
  });
  await expect(missing).rejects.toThrow(
    new UserError(
      `--offline: Pulumi ${pins.pulumi}, pulumi-language-nodejs ${pins.languageHost}, Pulumi plugin docker ${pins.plugins.docker} are neither installed nor in ${folder}/cache; run once without --offline: npm run toolchain`,
      'tool-missing-offline',
    ),
  );
});

test('a plugin alone comes with the pulumi command', async () => {
  const { env, folder } = machine();
  await expect(
    ensureToolchain({ env, log, offline: true, parts: ['plugin-random'] }),
  ).rejects.toThrow(
    new UserError(
      `--offline: Pulumi ${pins.pulumi}, Pulumi plugin random ${pins.plugins.random} are neither installed nor in ${folder}/cache; run once without --offline: npm run toolchain`,
      'tool-missing-offline',
    ),
  );
});

test('what target aws needs is looked for only where it is asked for, and named with its flags', async () => {
  const { env, folder } = machine();
  const asked = (options: Partial<EnsureOptions>) =>
    ensureToolchain({ env, log, offline: true, parts: [], ...options });
  expect((await asked({})).report).toEqual([]);
  await expect(asked({ extra: ['plugin-aws', 'moto'] })).rejects.toThrow(
    new UserError(
      `--offline: Pulumi ${pins.pulumi}, Pulumi plugin aws ${pins.aws.plugin}, ${motoPart.title} are neither installed nor in ${folder}/cache; run once without --offline: npm run toolchain -- --aws --moto`,
      'tool-missing-offline',
    ),
  );
  await expect(asked({ parts: ['moto'] })).rejects.toThrow(
    new UserError(
      `--offline: ${motoPart.title} is neither installed nor in ${folder}/cache; run once without --offline: npm run toolchain -- --moto`,
      'tool-missing-offline',
    ),
  );
});

test('whoever installs what target aws needs keeps nobody waiting for the rest', async () => {
  const { env, folder } = machine();
  const other = new PartCache(`${folder}/cache`);
  await withLock(
    other.lockFolder,
    async () => {
      const left = path.join(folder, 'cache', 'tmp', 'node-of-the-other-run');
      mkdirSync(left, { recursive: true });
      const lines: string[] = [];
      const missing = ensureToolchain({
        env,
        log: (line) => lines.push(line),
        offline: true,
        parts: ['moto'],
      });
      await expect(missing).rejects.toThrow(UserError);
      expect(lines).toEqual([]);
      expect(existsSync(left)).toBe(true);
    },
    () => undefined,
  );
});

test('an engine elsewhere than at the default socket goes into the environment', async () => {
  const { env } = machine();
  const { createServer } = await import('node:http');
  const socket = path.join(temporaryFolder(), 'd.sock');
  const server = createServer((_, response) => response.end('{"Version":"28.0.1"}'));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const toolchain = await ensureToolchain({
    env: { ...env, DOCKER_HOST: `unix://${socket}` },
    log,
    offline: true,
    parts: ['engine'],
  });
  server.close();
  expect(toolchain.engine).toEqual({ host: `unix://${socket}`, version: '28.0.1' });
  expect(toolchain.env['DOCKER_HOST']).toBe(`unix://${socket}`);
});

test('a Node package is pinned with its integrity for every platform that the kit runs on', () => {
  for (const name of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']) {
    const source = pins.node.packages[name];
    expect(Number(source?.version.split('.')[0])).toBeGreaterThanOrEqual(pins.node.minimumMajor);
    expect(source?.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  }
  expect(pins.node.packages[platform]).toBeDefined();
});
