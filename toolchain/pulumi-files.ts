import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import semver from 'semver';
import { UserError } from '../src/errors.ts';
import { DownloadError, digest, download, releaseDigest } from './download.ts';
import type { Found, PartContext, Report } from './part.ts';
import { pins, platform } from './pins.ts';
import { findOnPath, isExecutable } from './probe.ts';
import { run } from './run.ts';

const downloadKey = `${pins.pulumi}-${platform}`;

/** Where an installed command may be: on PATH, and where Pulumi's installer puts it. */
export function installedFiles(name: string, env: PartContext['env']): string[] {
  const home = path.join(env['HOME'] || homedir(), '.pulumi', 'bin', name);
  return [findOnPath(name, env), isExecutable(home) ? home : undefined].filter(
    (file) => file !== undefined,
  );
}

/** The version that a pulumi command prints (`v3.250.0`), without the v; undefined when it does not run. */
export async function versionOf(file: string): Promise<string | undefined> {
  try {
    const text = await run(file, ['version'], {
      env: { PULUMI_SKIP_UPDATE_CHECK: 'true' },
      timeoutMs: 30_000,
    });
    return semver.parse(text.trim().split('\n').at(-1))?.version;
  } catch {
    return undefined;
  }
}

/** A command of a finished folder of the cache. */
export function cached(
  context: PartContext,
  name: string,
  key: string,
  command: string,
): Found | undefined {
  const entry = context.cache.read(name, key);
  if (!entry?.files[`bin/${command}`]) return undefined;
  return {
    version: entry.version,
    origin: entry.origin,
    path: path.join(entry.folder, 'bin', command),
  };
}

/** The same of Pulumi's own archive. */
export function downloaded(context: PartContext, command: string): Found | undefined {
  return cached(context, 'pulumi-download', downloadKey, command);
}

/**
 * The result of `work` where the vendor's site answers and has the file. Otherwise undefined, after the reason
 * was reported: it is built then. A file with a wrong digest is an error, not a reason.
 */
export async function fromVendor(
  context: PartContext,
  report: Report,
  work: () => Promise<Found>,
): Promise<Found | undefined> {
  if (!(await context.vendorReachable())) {
    report(`${context.vendor.downloads} does not answer: building from Go modules`, 'news');
    return undefined;
  }
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    report(`${error.message}: building from Go modules`, 'news');
    return undefined;
  }
}

/** Pulumi's archive with the command and its language hosts, checked against the digests of the release. */
export async function downloadPulumi(
  context: PartContext,
  report: Report,
  command: string,
): Promise<Found> {
  const version = pins.pulumi;
  const { downloads, releases } = context.vendor;
  const archive = `pulumi-v${version}-${platform}.tar.gz`;
  const checksums = `${releases}/pulumi/releases/download/v${version}/SHA512SUMS`;
  const entry = await context.cache.write('pulumi-download', downloadKey, async (folder) => {
    const expected = await releaseDigest(checksums, archive);
    const file = path.join(folder, archive);
    await download(`${downloads}/releases/sdk/${archive}`, file, report);
    const actual = await digest(file, 'sha512', 'hex');
    if (actual !== expected) {
      throw new UserError(
        `${archive}: expected SHA-512 ${expected}, got ${actual}; run this again`,
        'checksum-mismatch',
      );
    }
    await mkdir(path.join(folder, 'bin'));
    await run('tar', ['-xzf', file, '-C', path.join(folder, 'bin'), '--strip-components=1']);
    await rm(file);
    if ((await versionOf(path.join(folder, 'bin', 'pulumi'))) !== version) {
      throw new UserError(`${archive}: its pulumi does not run here`, 'tool-broken');
    }
    return { version, origin: 'download', files: ['bin/pulumi', 'bin/pulumi-language-nodejs'] };
  });
  return { version, origin: 'download', path: path.join(entry.folder, 'bin', command) };
}
