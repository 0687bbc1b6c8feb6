import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Found, PartName } from '../../../toolchain/part.ts';
import { pins } from '../../../toolchain/pins.ts';
import { dockerPart, pluginFolder, randomPart, sdkVersion } from '../../../toolchain/plugins.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bareContext, script } from '../../support/unit/folder.ts';
import { site } from '../../support/unit/site.ts';

const SHA_256 = 'ab'.repeat(32);

test('the plugins that can be built are those that the installed npm packages ask for', () => {
  expect({ docker: sdkVersion('docker'), random: sdkVersion('random') }).toEqual(pins.plugins);
  expect(sdkVersion('aws')).toBe(pins.aws.plugin);
});

test("plugins are in Pulumi's home, which the user may have moved", () => {
  expect(pluginFolder('docker', '5.2.0', { HOME: '/h' })).toBe(
    '/h/.pulumi/plugins/resource-docker-v5.2.0',
  );
  expect(pluginFolder('docker', '5.2.0', { HOME: '/h', PULUMI_HOME: '/p' })).toBe(
    '/p/plugins/resource-docker-v5.2.0',
  );
});

test("the vendor's plugin is used as it is; one half installed, or built from other sources, is not", async () => {
  const context = bareContext(temporaryFolder());
  expect(await randomPart.find(context)).toBeUndefined();
  const folder = pluginFolder('random', pins.plugins.random, context.env);
  const file = script(path.join(folder, 'pulumi-resource-random'), 'true');
  expect(await randomPart.find(context)).toEqual({
    version: pins.plugins.random,
    origin: 'installed',
    path: file,
  });
  writeFileSync(`${folder}.partial`, '');
  expect(await randomPart.find(context)).toBeUndefined();
  writeFileSync(path.join(folder, 'medusa-infra.json'), '{"key":"of other sources"}');
  expect(await randomPart.find(context)).toBeUndefined();
});

/** A site whose releases list the archives of both plugins. */
async function vendor() {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const lists = Object.entries(pins.plugins).map(([name, version]) => [
    `/pulumi-${name}/releases/download/v${version}/pulumi-${name}_${version}_checksums.txt`,
    `${SHA_256}  pulumi-resource-${name}-v${version}-${process.platform}-${arch}.tar.gz\n`,
  ]);
  const url = await site(Object.fromEntries(lists));
  return { downloads: url, releases: url };
}

/** A `pulumi` that notes its arguments and, when asked to, installs a plugin. */
async function withPulumi(install: string) {
  const folder = temporaryFolder();
  const file = script(
    path.join(folder, 'bin', 'pulumi'),
    `echo "$*" >> ${folder}/calls\n${install}`,
  );
  const pulumi: Found = { version: pins.pulumi, origin: 'installed', path: file };
  const context = bareContext(folder, {
    found: new Map<PartName, Found>([['pulumi', pulumi]]),
    vendor: await vendor(),
    vendorReachable: async () => true,
  });
  return { folder, context, calls: () => readFileSync(path.join(folder, 'calls'), 'utf8') };
}

test("where the vendor's site answers, pulumi itself installs the plugin", async () => {
  const { folder, context, calls } = await withPulumi('');
  const place = pluginFolder('docker', pins.plugins.docker, context.env);
  script(
    path.join(folder, 'bin', 'pulumi'),
    `echo "$*" >> ${folder}/calls\nmkdir -p ${place}\nprintf '#!/bin/sh\\n' > ${place}/pulumi-resource-docker\nchmod +x ${place}/pulumi-resource-docker`,
  );
  expect(await dockerPart.install(context, () => undefined)).toEqual({
    version: pins.plugins.docker,
    origin: 'installed',
    path: path.join(place, 'pulumi-resource-docker'),
  });
  expect(calls()).toBe(
    `plugin install resource docker ${pins.plugins.docker} --checksum ${SHA_256}\n`,
  );
});

test('a plugin whose checksum is not available is not installed unchecked, but built', async () => {
  const { folder, context } = await withPulumi('');
  const elsewhere = await site({});
  vi.stubEnv('PATH', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const news: string[] = [];
  await expect(
    randomPart.install(
      { ...context, vendor: { downloads: elsewhere, releases: elsewhere } },
      (line, kind) => kind && news.push(line),
    ),
  ).rejects.toThrow(/^Go .* found none/);
  expect(news[0]).toMatch(
    /pulumi-random_.*_checksums\.txt: expected a line for pulumi-resource-random-.*, found none: building from Go modules$/,
  );
  expect(existsSync(path.join(folder, 'calls'))).toBe(false);
});

test('a plugin that did not land is built, and the reason names the folder', async () => {
  // No Go on PATH: the build that is tried next ends at once. The shell's own commands stay.
  const { folder, context } = await withPulumi('');
  vi.stubEnv('PATH', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const news: string[] = [];
  await expect(
    randomPart.install(context, (line, kind) => kind && news.push(line)),
  ).rejects.toThrow(/^Go .* found none/);
  expect(news).toEqual([
    `pulumi plugin install resource random ${pins.plugins.random} succeeded, but ${pluginFolder('random', pins.plugins.random, context.env)} holds no plugin: building from Go modules`,
    'about 4 minutes on two cores, once',
  ]);
});

test('nothing is restored from an empty cache', async () => {
  const { context } = await withPulumi('');
  await mkdir(context.cache.root, { recursive: true });
  expect(await randomPart.restore?.(context, () => undefined)).toBeUndefined();
});
