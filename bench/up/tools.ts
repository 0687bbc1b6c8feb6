import { join } from 'node:path';
import { cacheRoot, openCache, sourceKey } from '../../toolchain/cache.ts';
import { goBuild, goDownload, goFolder } from '../../toolchain/go.ts';
import { say } from '../report.ts';

/** A command of a public Go module, built with the module's own go.mod. */
interface GoTool {
  readonly module: string;
  readonly version: string;
  readonly command: string;
  readonly tags?: string;
  /** Sets the version that it reports. */
  readonly ldflags?: readonly string[];
}

const TOOLS = {
  tofu: { module: 'github.com/opentofu/opentofu', version: 'v1.12.6', command: './cmd/tofu' },
  'docker-compose': {
    module: 'github.com/docker/compose/v2',
    version: 'v2.40.3',
    command: './cmd',
    ldflags: ['-X github.com/docker/compose/v2/internal.Version=v2.40.3'],
  },
  // The version that the kit's own plugin is built from: see toolchain/go/plugins/go.mod.
  'terraform-provider-docker': {
    module: 'github.com/kreuzwerker/terraform-provider-docker',
    version: 'v0.0.0-20260916201441-96d331c98ff4',
    command: '.',
    tags: 'no_compose',
  },
  'terraform-provider-random': {
    module: 'github.com/terraform-providers/terraform-provider-random',
    version: 'v1.3.2-0.20231204135814-c6e90de46687',
    command: '.',
  },
} as const satisfies Readonly<Record<string, GoTool>>;

export type ToolName = keyof typeof TOOLS;

/** The version that is built of a tool. */
export const versionOf = (name: ToolName): string => TOOLS[name].version;

/** Paths of the tools that the bench compares with; built once, which takes ten minutes on two cores. */
export async function tools(): Promise<Record<ToolName, string>> {
  const cache = openCache(cacheRoot(), 'bench');
  const built: Partial<Record<ToolName, string>> = {};
  for (const name of Object.keys(TOOLS) as ToolName[]) {
    const tool: GoTool = TOOLS[name];
    const key = sourceKey(undefined, tool);
    const entry =
      cache.read(name, key) ??
      (await cache.write(name, key, async (folder) => {
        say(`building ${name} ${tool.version}`);
        const { Dir } = await goDownload(
          `${tool.module}@${tool.version}`,
          join(goFolder, 'cli/go.mod'),
        );
        await goBuild({
          module: Dir,
          commands: [tool.command],
          output: join(folder, name),
          ldflags: tool.ldflags ?? [],
          ...(tool.tags ? { tags: tool.tags } : {}),
          report: () => {},
        });
        return { version: tool.version, origin: 'built', files: [name] };
      }));
    built[name] = join(entry.folder, name);
  }
  return built as Record<ToolName, string>;
}
