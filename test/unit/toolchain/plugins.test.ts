import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Found, PartName } from '../../../toolchain/part.ts';
import { pins } from '../../../toolchain/pins.ts';
import { dockerPart, pluginFolder, randomPart, sdkVersion } from '../../../toolchain/plugins.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bareContext, script } from '../../support/unit/folder.ts';

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

/** A `pulumi` that notes its arguments and, when asked to, installs a plugin. */
function withPulumi(install: string) {
  const folder = temporaryFolder();
  const file = script(
    path.join(folder, 'bin', 'pulumi'),
    `echo "$*" >> ${folder}/calls\n${install}`,
  );
  const pulumi: Found = { version: pins.pulumi, origin: 'installed', path: file };
  const context = bareContext(folder, {
    found: new Map<PartName, Found>([['pulumi', pulumi]]),
    vendorReachable: async () => true,
  });
  return { folder, context, calls: () => readFileSync(path.join(folder, 'calls'), 'utf8') };
}

test("where the vendor's site answers, pulumi itself installs the plugin", async () => {
  const { folder, context, calls } = withPulumi('');
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
  expect(calls()).toBe(`plugin install resource docker ${pins.plugins.docker}\n`);
});

test('a plugin that did not land is built, and the reason names the folder', async () => {
  // No Go on PATH: the build that is tried next ends at once. The shell's own commands stay.
  const { folder, context } = withPulumi('');
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
  const { context } = withPulumi('');
  await mkdir(context.cache.root, { recursive: true });
  expect(await randomPart.restore?.(context, () => undefined)).toBeUndefined();
});
