import { existsSync, readFileSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { sourceKey } from './cache.ts';
import { checksumOf, DownloadError, fetchText } from './download.ts';
import { goBuild, goFolder } from './go.ts';
import { handshake } from './handshake.ts';
import type { Found, Part, PartContext, Report } from './part.ts';
import { pins } from './pins.ts';
import { isExecutable, once } from './probe.ts';
import { fromVendor } from './pulumi-files.ts';
import { run } from './run.ts';

export type PluginName = 'docker' | 'random';

const module = path.join(goFolder, 'plugins');
const modulePath = 'medusa-infra.invalid/toolchain/plugins';
const key = once(() => sourceKey(module, pins.plugins));
/** Tells a plugin that was built here from the vendor's in Pulumi's home. */
const marker = 'medusa-infra.json';

/** The resource plugin of @pulumi/random. */
export const randomPart = pluginPart('random');
/** The resource plugin of @pulumi/docker. */
export const dockerPart = pluginPart('docker');

function pluginPart(plugin: PluginName): Part {
  const version = sdkVersion(plugin);
  return {
    name: `plugin-${plugin}`,
    title: `Pulumi plugin ${plugin} ${version}`,
    async find(context) {
      return findInstalled(plugin, version, context.env);
    },
    async restore(context, report) {
      const entry = context.cache.read(`plugin-${plugin}`, key());
      if (!entry || entry.version !== version) return undefined;
      return install(
        plugin,
        version,
        context,
        report,
        '--reinstall',
        '--file',
        path.join(entry.folder, 'plugin'),
      );
    },
    async bring(context, report) {
      const download = await fromVendor(context, report, async () => {
        report(`installing from ${context.vendor.downloads}`);
        const checksum = await vendorChecksum(context, plugin, version);
        const verified = checksum ? ['--checksum', checksum] : [];
        try {
          return await install(plugin, version, context, report, ...verified);
        } catch (error) {
          if (!(error instanceof UserError) || version !== pins.plugins[plugin]) throw error;
          throw new DownloadError(error.message);
        }
      });
      if (download) return download;
      const folder = await build(context, plugin, version, report);
      return install(plugin, version, context, report, '--reinstall', '--file', folder);
    },
  };
}

async function install(
  plugin: PluginName,
  version: string,
  context: PartContext,
  report: Report,
  ...args: string[]
): Promise<Found> {
  const pulumi = context.found.get('pulumi');
  if (!pulumi) throw new Error('the pulumi command comes before the plugins');
  await run(pulumi.path, ['plugin', 'install', 'resource', plugin, version, ...args], {
    env: { PULUMI_SKIP_UPDATE_CHECK: 'true' },
    onLine: report,
  });
  const found = findInstalled(plugin, version, context.env);
  if (found) return found;
  throw new UserError(
    `pulumi plugin install resource ${plugin} ${version} ended well, but ${pluginFolder(plugin, version, context.env)} holds no plugin`,
  );
}

/** The version that the npm package of the plugin asks the engine for. */
export function sdkVersion(plugin: PluginName): string {
  const manifest = createRequire(import.meta.url)(`@pulumi/${plugin}/package.json`) as {
    pulumi: { version: string };
  };
  return manifest.pulumi.version;
}

/** Where `pulumi plugin install` puts a plugin: in `$PULUMI_HOME`, by default `~/.pulumi`. */
export function pluginFolder(
  plugin: PluginName,
  version: string,
  env: PartContext['env'] = process.env,
): string {
  const home = env['PULUMI_HOME'] || path.join(env['HOME'] || homedir(), '.pulumi');
  return path.join(home, 'plugins', `resource-${plugin}-v${version}`);
}

function findInstalled(
  plugin: PluginName,
  version: string,
  env: PartContext['env'],
): Found | undefined {
  const folder = pluginFolder(plugin, version, env);
  const file = path.join(folder, `pulumi-resource-${plugin}`);
  // Pulumi leaves this file beside a plugin whose installation did not end.
  if (!isExecutable(file) || existsSync(`${folder}.partial`)) return undefined;
  const mark = path.join(folder, marker);
  if (!existsSync(mark)) return { version, origin: 'installed', path: file };
  const built = JSON.parse(readFileSync(mark, 'utf8')) as { key?: string };
  return built.key === key() ? { version, origin: 'built', path: file } : undefined;
}

/** A folder of the cache with the plugin, its schema and the marker, as `pulumi plugin install --file` takes it. */
async function build(
  context: PartContext,
  plugin: PluginName,
  version: string,
  report: Report,
): Promise<string> {
  if (version !== pins.plugins[plugin]) {
    throw new UserError(
      `@pulumi/${plugin} asks for plugin ${version}, but toolchain/pins.json knows how to build ${pins.plugins[plugin]}: install version ${pins.plugins[plugin]} of the package, or map the new one in toolchain/go/plugins`,
    );
  }
  const name = `plugin-${plugin}`;
  const entry = await context.cache.write(name, key(), async (folder) => {
    report('about 4 minutes on two cores, once', 'news');
    const sources = path.join(folder, 'sources');
    await cp(module, sources, { recursive: true });
    const common = {
      module: sources,
      ldflags: [`-X ${modulePath}/${plugin}.Version=${version}`],
      tags: 'no_compose',
      report,
    };
    const tfgen = path.join(folder, `tfgen-${plugin}`);
    await goBuild({ ...common, command: `./cmd/tfgen-${plugin}`, output: tfgen });
    const generated = path.join(sources, plugin, 'generated');
    await run(tfgen, ['schema', '--out', generated, '--skip-docs'], {
      onLine: report,
    });
    const file = `pulumi-resource-${plugin}`;
    const output = path.join(folder, 'plugin', file);
    await goBuild({ ...common, command: `./cmd/${file}`, output });
    await handshake(output);
    await cp(path.join(generated, 'schema.json'), path.join(folder, 'plugin', 'schema.json'));
    await writeFile(
      path.join(folder, 'plugin', marker),
      `${JSON.stringify({ origin: 'built by medusa-infra from toolchain/go/plugins', key: key() }, null, 2)}\n`,
    );
    await rm(tfgen);
    await rm(sources, { recursive: true });
    return { version, origin: 'built', files: [`plugin/${file}`, 'plugin/schema.json'] };
  });
  return path.join(entry.folder, 'plugin');
}

/** The SHA-256 of the plugin's archive in the vendor's release, where the release lists one. */
async function vendorChecksum(
  context: PartContext,
  plugin: PluginName,
  version: string,
): Promise<string | undefined> {
  const os = process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const sums = await fetchText(
    `${context.vendor.releases}/pulumi-${plugin}/releases/download/v${version}/pulumi-${plugin}_${version}_checksums.txt`,
  );
  return sums && checksumOf(sums, `pulumi-resource-${plugin}-v${version}-${os}-${arch}.tar.gz`);
}
