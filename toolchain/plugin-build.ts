import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { addProviderSources, providerKey } from './aws/provider.ts';
import { sourceKey } from './cache.ts';
import { goBuild, goFolder } from './go.ts';
import { handshake } from './handshake.ts';
import type { PartContext, Report } from './part.ts';
import { pins } from './pins.ts';
import { once } from './probe.ts';
import { run } from './run.ts';

export type PluginName = 'docker' | 'random' | 'aws';

/** The file that marks a plugin in Pulumi's home as built here; the vendor's has none. */
export const marker = 'medusa-infra.json';

/** How a plugin is built where its vendor's download is not available. */
interface Recipe {
  /** Folder of its Go module in `toolchain/go`. */
  readonly module: string;
  /** The version of the npm package that the module maps. */
  readonly version: string;
  /** Changes with whatever shapes the result. */
  readonly key: () => string;
  /** What it takes on two cores, the first time. */
  readonly duration: string;
  readonly tags?: string;
  /** Completes the copy of the module that is built. */
  readonly prepare?: (sources: string, report: Report) => Promise<void>;
}

const fromPlugins = {
  module: 'plugins',
  key: once(() => sourceKey(path.join(goFolder, 'plugins'), pins.plugins)),
  duration: 'about 4 minutes',
  tags: 'no_compose',
};

const recipes: Record<PluginName, Recipe> = {
  docker: { ...fromPlugins, version: pins.plugins.docker },
  random: { ...fromPlugins, version: pins.plugins.random },
  aws: {
    module: 'plugin-aws',
    version: pins.aws.plugin,
    key: once(() => sourceKey(path.join(goFolder, 'plugin-aws'), pins.aws, providerKey())),
    duration: 'about 10 minutes',
    prepare: addProviderSources,
  },
};

/** The version of the npm package that can be built for. */
export const buildableVersion = (plugin: PluginName): string => recipes[plugin].version;

/** The key of the plugin that is built from the present sources. */
export const buildKey = (plugin: PluginName): string => recipes[plugin].key();

/** A folder of the cache with the plugin, its schema and the marker, as `pulumi plugin install --file` takes it. */
export async function buildPlugin(
  context: PartContext,
  plugin: PluginName,
  version: string,
  report: Report,
): Promise<string> {
  const recipe = recipes[plugin];
  if (version !== recipe.version) {
    throw new UserError(
      `@pulumi/${plugin} asks for plugin ${version}, but toolchain/pins.json knows how to build ${recipe.version}: install version ${recipe.version} of the package, or map the new one in toolchain/go/${recipe.module}`,
      'plugin-version-unknown',
    );
  }
  const name = `plugin-${plugin}`;
  const entry = await context.cache.write(name, recipe.key(), async (folder) => {
    report(`${recipe.duration} on two cores, once`, 'news');
    const sources = await copySources(context, name, recipe, report);
    const common = {
      module: sources,
      ldflags: [`-X medusa-infra.invalid/toolchain/${recipe.module}/${plugin}.Version=${version}`],
      ...(recipe.tags ? { tags: recipe.tags } : {}),
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
      `${JSON.stringify({ origin: `built by medusa-infra from toolchain/go/${recipe.module}`, key: recipe.key() }, null, 2)}\n`,
    );
    await rm(tfgen);
    await rm(sources, { recursive: true });
    return { version, origin: 'built', files: [`plugin/${file}`, 'plugin/schema.json'] };
  });
  return path.join(entry.folder, 'plugin');
}

/** In the same place each time: what Go has compiled counts for that place only. The holder of the lock has it. */
async function copySources(
  context: PartContext,
  name: string,
  recipe: Recipe,
  report: Report,
): Promise<string> {
  const sources = path.join(context.cache.root, 'go', 'sources', name);
  await rm(sources, { recursive: true, force: true });
  await mkdir(path.dirname(sources), { recursive: true });
  await cp(path.join(goFolder, recipe.module), sources, { recursive: true });
  await recipe.prepare?.(sources, report);
  return sources;
}
