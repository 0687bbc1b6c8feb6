import { realpathSync } from 'node:fs';
import path from 'node:path';
import { sourceKey } from './cache.ts';
import { goBuild, goFolder } from './go.ts';
import { handshake } from './handshake.ts';
import type { Part } from './part.ts';
import { pins } from './pins.ts';
import { isExecutable, once, vendorUrl } from './probe.ts';
import { bringDownload, cached, downloaded, installedFiles } from './pulumi-files.ts';

const module = path.join(goFolder, 'language-nodejs');
const hostName = 'pulumi-language-nodejs';
const key = once(() => sourceKey(module, pins.languageHost));

/** What runs Node programs for the `pulumi` command; the vendor ships it beside that. */
export const languageHostPart: Part = {
  name: 'language-host',
  title: `${hostName} ${pins.languageHost}`,
  async find(context) {
    const pulumi = context.found.get('pulumi');
    if (pulumi) {
      const beside = path.join(path.dirname(realpathSync(pulumi.path)), hostName);
      if (isExecutable(beside)) {
        return { version: pulumi.version, origin: pulumi.origin, path: beside };
      }
    }
    const file = installedFiles(hostName, context.env)[0];
    if (file) return { version: 'unknown', origin: 'installed', path: file };
    return downloaded(context, hostName) ?? cached(context, 'language-host', key(), hostName);
  },
  async bring(context, report) {
    if (await context.vendorReachable()) {
      return await bringDownload(context, report, hostName);
    }
    report(`${vendorUrl} cannot be reached: building from Go modules (under a minute, once)`);
    const version = pins.languageHost;
    const entry = await context.cache.write('language-host', key(), async (folder) => {
      const output = path.join(folder, 'bin', hostName);
      await goBuild({
        module: module,
        command: `github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/${hostName}`,
        output,
        ldflags: [`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`],
        report,
      });
      await handshake(output);
      return { version, origin: 'built', files: [`bin/${hostName}`] };
    });
    return { version, origin: 'built', path: path.join(entry.folder, 'bin', hostName) };
  },
};
