import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { DownloadError, releaseDigest } from './download.ts';
import type { Found, Part, PartContext, Report } from './part.ts';
import {
  buildableVersion,
  buildKey,
  buildPlugin,
  marker,
  type PluginName,
} from './plugin-build.ts';
import { isExecutable } from './probe.ts';
import { fromVendor } from './pulumi-files.ts';
import { pulumiHome } from './pulumi-home.ts';
import { run } from './run.ts';

/** The resource plugin of @pulumi/random. */
export const randomPart = pluginPart('random');
/** The resource plugin of @pulumi/docker. */
export const dockerPart = pluginPart('docker');
/** The resource plugin of @pulumi/aws; the one that is built has the resources that this project uses. */
export const awsPart = pluginPart('aws');

function pluginPart(plugin: PluginName): Part {
  const version = sdkVersion(plugin);
  return {
    name: `plugin-${plugin}`,
    title: `Pulumi plugin ${plugin} ${version}`,
    async find(context) {
      return findInstalled(plugin, version, context.env);
    },
    async restore(context, report) {
      const entry = context.cache.read(`plugin-${plugin}`, buildKey(plugin));
      if (!entry || entry.version !== version) return undefined;
      return installPlugin(
        plugin,
        version,
        context,
        report,
        '--reinstall',
        '--file',
        path.join(entry.folder, 'plugin'),
      );
    },
    async install(context, report) {
      const download = await fromVendor(context, report, async () => {
        report(`installing from ${context.vendor.downloads}`);
        const checksum = await vendorChecksum(context, plugin, version);
        try {
          return await installPlugin(plugin, version, context, report, '--checksum', checksum);
        } catch (error) {
          if (!(error instanceof UserError) || version !== buildableVersion(plugin)) throw error;
          throw new DownloadError(error.message);
        }
      });
      if (download) return download;
      const folder = await buildPlugin(context, plugin, version, report);
      return installPlugin(plugin, version, context, report, '--reinstall', '--file', folder);
    },
  };
}

async function installPlugin(
  plugin: PluginName,
  version: string,
  context: PartContext,
  report: Report,
  ...args: string[]
): Promise<Found> {
  const pulumi = context.found.get('pulumi');
  if (!pulumi) throw new Error('the pulumi command comes before the plugins');
  await run(pulumi.path, ['plugin', 'install', 'resource', plugin, version, ...args], {
    env: { PULUMI_SKIP_UPDATE_CHECK: 'true', ...pulumiHomeOf(context.env) },
    onLine: report,
  });
  const found = findInstalled(plugin, version, context.env);
  if (found) return found;
  throw new UserError(
    `pulumi plugin install resource ${plugin} ${version} succeeded, but ${pluginFolder(plugin, version, context.env)} holds no plugin`,
    'tool-broken',
  );
}

/** The version that the npm package of the plugin asks the engine for. */
export function sdkVersion(plugin: PluginName): string {
  const manifest = createRequire(import.meta.url)(`@pulumi/${plugin}/package.json`) as {
    pulumi: { version: string };
  };
  return manifest.pulumi.version;
}

function pulumiHomeOf({ PULUMI_HOME }: PartContext['env']): Record<string, string> {
  return PULUMI_HOME ? { PULUMI_HOME } : {};
}

/** Where `pulumi plugin install` puts a plugin: in `$PULUMI_HOME`, by default `~/.pulumi`. */
export function pluginFolder(
  plugin: PluginName,
  version: string,
  env: PartContext['env'] = process.env,
): string {
  return path.join(pulumiHome(env), 'plugins', `resource-${plugin}-v${version}`);
}

function findInstalled(
  plugin: PluginName,
  version: string,
  env: PartContext['env'],
): Found | undefined {
  const folder = pluginFolder(plugin, version, env);
  const file = path.join(folder, `pulumi-resource-${plugin}`);
  // Pulumi leaves this file next to a plugin whose installation did not end.
  if (!isExecutable(file) || existsSync(`${folder}.partial`)) return undefined;
  const mark = path.join(folder, marker);
  if (!existsSync(mark)) return { version, origin: 'installed', path: file };
  const built = JSON.parse(readFileSync(mark, 'utf8')) as { key?: string };
  return built.key === buildKey(plugin) ? { version, origin: 'built', path: file } : undefined;
}

/** The SHA-256 of the plugin's archive in the vendor's release: what is not checked is not installed. */
async function vendorChecksum(
  context: PartContext,
  plugin: PluginName,
  version: string,
): Promise<string> {
  const os = process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  return releaseDigest(
    `${context.vendor.releases}/pulumi-${plugin}/releases/download/v${version}/pulumi-${plugin}_${version}_checksums.txt`,
    `pulumi-resource-${plugin}-v${version}-${os}-${arch}.tar.gz`,
  );
}
