import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { motoPart } from './aws/moto.ts';
import { prowlerPart } from './aws/prowler.ts';
import { cacheRoot, type Origin, openCache, PartCache } from './cache.ts';
import { cliPart } from './cli.ts';
import { compileCacheFolder } from './compile-cache.ts';
import { defaultHost, enginePart } from './engine.ts';
import { languageHostPart } from './language-host.ts';
import { withLock } from './lock.ts';
import { needsPathEntry, nodePart } from './node.ts';
import type { ExtraPartName, Found, Part, PartContext, PartName } from './part.ts';
import { extraFlags, partNames } from './part.ts';
import { awsPart, dockerPart, randomPart } from './plugins.ts';
import { answers, once, pulumiSites } from './probe.ts';
import { type Lane, runLanes, type Task } from './progress.ts';

export type { PartName } from './part.ts';

import { withPulumiHome } from './pulumi-home.ts';

const parts: readonly Part[] = [
  nodePart,
  cliPart,
  languageHostPart,
  randomPart,
  dockerPart,
  enginePart,
];
/** Installed after those above, and only where they are asked for. */
const extraParts: readonly Part[] = [awsPart, motoPart, prowlerPart];

export interface EnsureOptions {
  /** Never ask the network: what is missing is an error. @default false */
  readonly offline?: boolean;
  /** Takes each line of progress. */
  readonly log: (line: string) => void;
  /** Show a live list on standard output instead of lines. @default false */
  readonly terminal?: boolean;
  /** Only these parts (and the `pulumi` command for the plugins). @default all but those of target aws */
  readonly parts?: readonly PartName[];
  /** These too: what target aws needs, or its tests. @default none */
  readonly extra?: readonly ExtraPartName[];
  /**
   * What waits for the engine alone, such as images: where other tools are still missing it goes on next to their
   * installation, which takes minutes where they are built. Not called where nothing is missing.
   */
  readonly onEngine?: Task;
  /** Where PATH, HOME, PULUMI_HOME, DOCKER_HOST and the cache folder are read from. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** One line of the report on where the tools are from. */
export interface PartReport {
  readonly part: PartName;
  readonly version: string;
  readonly origin: Origin;
  readonly path: string;
}

export interface Toolchain {
  /** Variables to add to the environment of `pulumi` and of programs that it runs; PATH is complete. */
  readonly env: Record<string, string>;
  /** The `pulumi` command. */
  readonly pulumi: string;
  /** The Node that runs Pulumi programs. */
  readonly node: string;
  /** The Docker engine: its address (as in DOCKER_HOST) and version. */
  readonly engine: { readonly host: string; readonly version: string };
  readonly report: readonly PartReport[];
}

/**
 * Finds or installs what Pulumi programs need: what is installed and fits, else the vendor's download, else a build from
 * language registries, kept in the cache folder. Where nothing is missing it only looks, which takes milliseconds.
 * @throws UserError for what the user must fix, and, offline, for what is missing
 */
export async function ensureToolchain(options: EnsureOptions): Promise<Toolchain> {
  const env = withPulumiHome(options.env ?? process.env);
  const found = new Map<PartName, Found>();
  const context: PartContext = {
    cache: openCache(cacheRoot(env)),
    env,
    vendor: pulumiSites,
    vendorReachable: once(async () => !options.offline && (await answers(pulumiSites.downloads))),
    found,
  };
  const lacking = await ensureParts(select(parts, options), context, found, options);
  // The build of the aws plugin takes long: whoever waits for the other parts does not wait for it.
  const apart = { ...context, cache: new PartCache(context.cache.root, 'aws') };
  const { onEngine: _, ...others } = options;
  lacking.push(...(await ensureParts(select(extraParts, options), apart, found, others)));
  if (lacking.length > 0) {
    const flags = select(extraParts, options).map(({ name }) => extraFlags[name as ExtraPartName]);
    throw new UserError(
      `--offline: ${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} neither installed nor in ${context.cache.root}; run once without --offline: ${['npm run toolchain', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ')}`,
      'tool-missing-offline',
    );
  }
  return toolchain(context, found, options.offline ?? false);
}

/** Those of the group that are wanted. */
function select(group: readonly Part[], options: EnsureOptions): readonly Part[] {
  const names: readonly PartName[] = options.parts ?? parts.map((part) => part.name);
  const wanted = [...names, ...(options.extra ?? [])];
  const plugins = wanted.some((name) => name.startsWith('plugin-'));
  return group.filter(({ name }) => wanted.includes(name) || (plugins && name === 'pulumi'));
}

/** Finds or installs the parts of one group, under its lock. Returns those that are missing offline. */
async function ensureParts(
  wanted: readonly Part[],
  context: PartContext,
  found: Map<PartName, Found>,
  options: EnsureOptions,
): Promise<string[]> {
  const { cache } = context;
  if ((await look(wanted, context, found)).length === 0) return [];
  return await withLock(
    cache.lockFolder,
    async () => {
      // The run that was waited for may have installed it.
      const missing = await look(wanted, context, found);
      if (missing.length === 0) return [];
      await cache.clearTemporary();
      const lacking = options.offline ? await restoreAll(missing, context, found, options.log) : [];
      if (!options.offline) await installAll(missing, context, found, options);
      // Once more, since a part may look next to another one that was not there yet.
      await look(wanted, context, found);
      return lacking;
    },
    () => options.log(`another run is working in ${cache.lockFolder}: waiting for it`),
  );
}

async function look(
  wanted: readonly Part[],
  context: PartContext,
  found: Map<PartName, Found>,
): Promise<Part[]> {
  const missing: Part[] = [];
  for (const part of wanted) {
    const result = await part.find(context);
    if (result) found.set(part.name, result);
    else missing.push(part);
  }
  return missing;
}

async function installAll(
  missing: readonly Part[],
  context: PartContext,
  found: Map<PartName, Found>,
  options: EnsureOptions,
): Promise<void> {
  const task = (part: Part): Task => ({
    title: part.title,
    run: async (report) => {
      // Looked for again: the language host may have come with the command.
      const result =
        (await part.find(context)) ??
        (await part.restore?.(context, report)) ??
        (await part.install(context, report));
      found.set(part.name, result);
      return `${result.version} ${describe[result.origin]}`;
    },
  });
  const { onEngine } = options;
  // Go fills the processors with one build; the engine and what it pulls and builds wait for other things.
  const engine: Lane = [
    ...missing.filter((part) => part === enginePart).map(task),
    ...(onEngine ? [onEngine] : []),
  ];
  const rest = missing.filter((part) => part !== enginePart).map(task);
  await runLanes([rest, engine], { log: options.log, terminal: options.terminal ?? false });
}

async function restoreAll(
  missing: readonly Part[],
  context: PartContext,
  found: Map<PartName, Found>,
  log: (line: string) => void,
): Promise<string[]> {
  const lacking: string[] = [];
  for (const part of missing) {
    const able = !part.name.startsWith('plugin-') || found.has('pulumi');
    const result = able ? await part.restore?.(context, log) : undefined;
    if (result) found.set(part.name, result);
    else lacking.push(part.title);
  }
  return lacking;
}

const describe: Record<Origin, string> = {
  installed: 'installed',
  download: "from the vendor's download",
  built: 'built from Go modules',
  npm: 'from the npm registry',
  pip: 'from the Python registry',
};

/**
 * MiB. A program lives for seconds and keeps most of what it makes: without a limit the heap grows to
 * 24 MiB or more of what has just been made, and by as much of what is copied out of it; see `npm run bench -- aws`.
 */
const SMALL_YOUNG_HEAP = '--max-semi-space-size=4';

function withOption(options: string | undefined, option: string): string {
  if (options?.includes(option)) return options;
  return options ? `${options} ${option}` : option;
}

function toolchain(
  context: PartContext,
  found: ReadonlyMap<PartName, Found>,
  offline: boolean,
): Toolchain {
  const { env } = context;
  const node = found.get('node');
  const folders = [
    ...(node && needsPathEntry(node.path, env) ? [node.path] : []),
    ...[found.get('pulumi'), found.get('language-host')].flatMap((part) =>
      part ? [part.path] : [],
    ),
  ].map((file) => path.dirname(file));
  const current = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const ownPlugins = [...found.values()].some((part) => part.origin === 'built');
  const engine = found.get('engine');
  const compileCache = compileCacheFolder(context.cache.root);
  const oldHost = found.get('language-host')?.origin === 'built';
  return {
    env: {
      // The one that is built knows none of the options of Pulumi.yaml, and so not its `nodeargs`.
      ...(oldHost ? { NODE_OPTIONS: withOption(env['NODE_OPTIONS'], SMALL_YOUNG_HEAP) } : {}),
      PATH: [...new Set([...folders, ...current])].join(path.delimiter),
      ...(compileCache ? { NODE_COMPILE_CACHE: compileCache } : {}),
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      // Each call writes one; the default is 500 MB.
      PULUMI_LOG_ROTATION_MAX_TOTAL_MB: env['PULUMI_LOG_ROTATION_MAX_TOTAL_MB'] ?? '50',
      ...(env['PULUMI_HOME'] ? { PULUMI_HOME: env['PULUMI_HOME'] } : {}),
      // The official plugins are not available where these were built, and a silent mixture would be worse.
      ...(ownPlugins || offline ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' } : {}),
      ...(engine && engine.path !== defaultHost ? { DOCKER_HOST: engine.path } : {}),
    },
    pulumi: found.get('pulumi')?.path ?? '',
    node: node?.path ?? process.execPath,
    engine: { host: engine?.path ?? '', version: engine?.version ?? '' },
    report: partNames.flatMap((part) => {
      const result = found.get(part);
      return result ? [{ part, ...result }] : [];
    }),
  };
}
