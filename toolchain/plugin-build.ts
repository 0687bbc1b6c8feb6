import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
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

/** How plugins are built where their vendor's downloads are not available: all of a Go module at once. */
interface Recipe {
  /** Folder of the Go module in `toolchain/go`. */
  readonly module: string;
  /** Its plugins, with the versions of the npm packages that it maps. */
  readonly versions: Readonly<Partial<Record<PluginName, string>>>;
  /** Changes with whatever shapes the result. */
  readonly key: () => string;
  /** What it takes on two cores, the first time. */
  readonly duration: string;
  readonly tags?: string;
  /** Completes the copy of the module that is built. */
  readonly prepare?: (sources: string, report: Report) => Promise<void>;
}

const recipes: readonly Recipe[] = [
  {
    module: 'plugins',
    versions: pins.plugins,
    key: once(() => sourceKey(path.join(goFolder, 'plugins'), pins.plugins)),
    duration: 'about 4 minutes',
    tags: 'no_compose',
  },
  {
    module: 'plugin-aws',
    versions: { aws: pins.aws.plugin },
    key: once(() => sourceKey(path.join(goFolder, 'plugin-aws'), pins.aws, providerKey())),
    duration: 'about 10 minutes',
    prepare: addProviderSources,
  },
];

function recipeOf(plugin: PluginName): Recipe & { readonly version: string } {
  for (const recipe of recipes) {
    const version = recipe.versions[plugin];
    if (version !== undefined) return { ...recipe, version };
  }
  throw new Error(`no recipe builds the plugin ${plugin}`);
}

/** The version of the npm package that can be built for. */
export const buildableVersion = (plugin: PluginName): string => recipeOf(plugin).version;

/** The key of the plugin that is built from the present sources. */
export const buildKey = (plugin: PluginName): string => recipeOf(plugin).key();

/**
 * Builds a plugin, and the others of its Go module, unless the cache has them.
 * @returns a folder with the plugin, its schema and the marker, as `pulumi plugin install --file` takes it
 */
export async function buildPlugin(
  context: PartContext,
  plugin: PluginName,
  version: string,
  report: Report,
): Promise<string> {
  const recipe = recipeOf(plugin);
  if (version !== recipe.version) {
    throw new UserError(
      `@pulumi/${plugin} asks for plugin ${version}, but toolchain/pins.json knows how to build ${recipe.version}: install version ${recipe.version} of the package, or map the new one in toolchain/go/${recipe.module}`,
      'plugin-version-unknown',
    );
  }
  const lacking = (Object.keys(recipe.versions) as PluginName[]).filter(
    (name) => !context.cache.read(`plugin-${name}`, recipe.key()),
  );
  if (lacking.length > 0) {
    report(`${recipe.duration} on two cores, once`, 'news');
    await buildAll(context, recipe, lacking, report);
  }
  return path.join(context.cache.folder(`plugin-${plugin}`, recipe.key()), 'plugin');
}

async function buildAll(
  context: PartContext,
  recipe: Recipe,
  plugins: readonly PluginName[],
  report: Report,
): Promise<void> {
  const sources = await copySources(context, recipe, report);
  const bin = path.join(sources, 'bin');
  const versions = plugins.map(
    (name) =>
      `-X medusa-infra.invalid/toolchain/${recipe.module}/${name}.Version=${recipe.versions[name]}`,
  );
  const build = (command: (name: PluginName) => string) =>
    goBuild({
      module: sources,
      commands: plugins.map((name) => `./cmd/${command(name)}`),
      output: `${bin}/`,
      ldflags: versions,
      ...(recipe.tags ? { tags: recipe.tags } : {}),
      report,
    });
  const generated = (name: PluginName) => path.join(sources, name, 'generated');
  const tfgen = (name: PluginName) => `tfgen-${name}`;
  await build(tfgen);
  await Promise.all(
    plugins.map((name) =>
      run(path.join(bin, tfgen(name)), ['schema', '--out', generated(name), '--skip-docs'], {
        onLine: report,
      }),
    ),
  );
  const file = (name: PluginName) => `pulumi-resource-${name}`;
  await build(file);
  for (const name of plugins) {
    await context.cache.write(`plugin-${name}`, recipe.key(), async (folder) => {
      const plugin = path.join(folder, 'plugin');
      const output = path.join(plugin, file(name));
      await mkdir(plugin);
      await rename(path.join(bin, file(name)), output);
      await handshake(output);
      await cp(path.join(generated(name), 'schema.json'), path.join(plugin, 'schema.json'));
      await writeFile(
        path.join(plugin, marker),
        `${JSON.stringify({ origin: `built by medusa-infra from toolchain/go/${recipe.module}`, key: recipe.key() }, null, 2)}\n`,
      );
      return {
        version: recipe.versions[name] ?? '',
        origin: 'built',
        files: [`plugin/${file(name)}`, 'plugin/schema.json'],
      };
    });
  }
  await rm(sources, { recursive: true });
}

/** In the same place each time: what Go has compiled counts for that place only. The holder of the lock has it. */
async function copySources(context: PartContext, recipe: Recipe, report: Report): Promise<string> {
  const sources = path.join(context.cache.root, 'go', 'sources', recipe.module);
  await rm(sources, { recursive: true, force: true });
  await mkdir(path.dirname(sources), { recursive: true });
  await cp(path.join(goFolder, recipe.module), sources, { recursive: true });
  await recipe.prepare?.(sources, report);
  return sources;
}
