import path from 'node:path';
import semver from 'semver';
import { sourceKey } from './cache.ts';
import { goBuild, goFolder } from './go.ts';
import { buildLanguageHost, hostName, languageHostModule } from './language-host.ts';
import type { Part } from './part.ts';
import { pins } from './pins.ts';
import { once } from './probe.ts';
import {
  cached,
  downloaded,
  downloadPulumi,
  fromVendor,
  installedFiles,
  versionOf,
} from './pulumi-files.ts';

const module = path.join(goFolder, 'cli');
const key = once(() =>
  sourceKey(module, pins.pulumi, sourceKey(languageHostModule, pins.languageHost)),
);

/** The `pulumi` command. */
export const cliPart: Part = {
  name: 'pulumi',
  title: `Pulumi ${pins.pulumi}`,
  async find(context) {
    for (const file of installedFiles('pulumi', context.env)) {
      const version = await versionOf(file);
      if (version && fits(version)) return { version, origin: 'installed', path: file };
    }
    return downloaded(context, 'pulumi') ?? cached(context, 'pulumi', key(), 'pulumi');
  },
  async install(context, report) {
    const download = await fromVendor(context, report, () =>
      downloadPulumi(context, report, 'pulumi'),
    );
    if (download) return download;
    report('about 6 minutes on two cores, once', 'news');
    const version = pins.pulumi;
    const entry = await context.cache.write('pulumi', key(), async (folder) => {
      const output = path.join(folder, 'bin', 'pulumi');
      await goBuild({
        module,
        commands: ['github.com/pulumi/pulumi/pkg/v3/cmd/pulumi'],
        output,
        ldflags: [`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`],
        report,
      });
      const built = await versionOf(output);
      if (built !== version) {
        throw new Error(`the pulumi built from ${module} reports version ${built}, not ${version}`);
      }
      // Pulumi warns in every run about a language host that is not next to it.
      await buildLanguageHost(path.join(folder, 'bin', hostName), report);
      return { version, origin: 'built', files: ['bin/pulumi', `bin/${hostName}`] };
    });
    return { version, origin: 'built', path: path.join(entry.folder, 'bin', 'pulumi') };
  },
};

/** Whether an installed CLI may run this project: of the same major version, not older than the pinned one. */
export function fits(version: string): boolean {
  return semver.satisfies(version, `^${pins.pulumi}`);
}
