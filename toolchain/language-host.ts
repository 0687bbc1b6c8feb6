import { realpathSync } from 'node:fs';
import path from 'node:path';
import { sourceKey } from './cache.ts';
import { goBuild, goFolder } from './go.ts';
import { handshake } from './handshake.ts';
import type { Part, Report } from './part.ts';
import { pins } from './pins.ts';
import { isExecutable, once } from './probe.ts';
import { cached, downloaded, downloadPulumi, fromVendor, installedFiles } from './pulumi-files.ts';

/** Its Go module. */
export const languageHostModule = path.join(goFolder, 'language-nodejs');
export const hostName = 'pulumi-language-nodejs';
const key = once(() => sourceKey(languageHostModule, pins.languageHost));

/** What runs Node programs for the `pulumi` command; the vendor ships it next to that. */
export const languageHostPart: Part = {
  name: 'language-host',
  title: `${hostName} ${pins.languageHost}`,
  async find(context) {
    const pulumi = context.found.get('pulumi');
    if (pulumi) {
      const neighbor = path.join(path.dirname(realpathSync(pulumi.path)), hostName);
      if (isExecutable(neighbor)) {
        const version = pulumi.origin === 'built' ? pins.languageHost : pulumi.version;
        return { version, origin: pulumi.origin, path: neighbor };
      }
    }
    const file = installedFiles(hostName, context.env)[0];
    if (file) return { version: 'unknown', origin: 'installed', path: file };
    return downloaded(context, hostName) ?? cached(context, 'language-host', key(), hostName);
  },
  async install(context, report) {
    const download = await fromVendor(context, report, () =>
      downloadPulumi(context, report, hostName),
    );
    if (download) return download;
    const entry = await context.cache.write('language-host', key(), async (folder) => {
      await buildLanguageHost(path.join(folder, 'bin', hostName), report);
      return { version: pins.languageHost, origin: 'built', files: [`bin/${hostName}`] };
    });
    return {
      version: pins.languageHost,
      origin: 'built',
      path: path.join(entry.folder, 'bin', hostName),
    };
  },
};

/** Builds the last language host that its vendor shipped as part of the SDK's Go module, and checks that it starts. */
export async function buildLanguageHost(output: string, report: Report): Promise<void> {
  await goBuild({
    module: languageHostModule,
    commands: [`github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/${hostName}`],
    output,
    ldflags: [`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pins.languageHost}`],
    report,
  });
  await handshake(output);
}
