import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { cliPart } from '../../../toolchain/cli.ts';
import { checksumOf, digest, download } from '../../../toolchain/download.ts';
import { languageHostPart } from '../../../toolchain/language-host.ts';
import { pins, platform } from '../../../toolchain/pins.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bareContext, script } from '../../support/unit/folder.ts';
import { site } from '../../support/unit/site.ts';

test('the digest of a file is found by its whole name', () => {
  const a = 'a'.repeat(64);
  const b = 'B'.repeat(128);
  const sums = `${a}  tool-v1.tar.gz\n${b} *tool-v1.tar.gz.sig\nnonsense\n`;
  expect(checksumOf(sums, 'tool-v1.tar.gz')).toBe(a);
  expect(checksumOf(sums, 'tool-v1.tar.gz.sig')).toBe('b'.repeat(128));
  expect(checksumOf(sums, 'tool-v1')).toBeUndefined();
});

test('a download says how far it is and lands in the file', async () => {
  const url = await site({ '/file': Buffer.alloc(3_000_000, 1) });
  const file = path.join(temporaryFolder(), 'file');
  const lines: string[] = [];
  await download(`${url}/file`, file, (line) => lines.push(line));
  expect(readFileSync(file).length).toBe(3_000_000);
  expect(lines.at(-1)).toBe('downloaded 3 of 3 MB');
});

test('a download that fails names address and reason', async () => {
  const url = await site({});
  const file = path.join(temporaryFolder(), 'file');
  await expect(download(`${url}/file`, file, () => undefined)).rejects.toThrow(
    new UserError(`download of ${url}/file failed: HTTP status 404`, 'download-failed'),
  );
  await expect(download('http://127.0.0.1:9/file', file, () => undefined)).rejects.toThrow(
    UserError,
  );
});

const archiveName = `pulumi-v${pins.pulumi}-${platform}.tar.gz`;

/** An archive as the vendor's: a folder `pulumi` with the commands. */
async function archive(version: string): Promise<Buffer> {
  const folder = temporaryFolder();
  script(path.join(folder, 'pulumi', 'pulumi'), `echo v${version}`);
  script(path.join(folder, 'pulumi', 'pulumi-language-nodejs'), 'echo 40000');
  await execa('tar', ['-czf', 'archive', 'pulumi'], { cwd: folder });
  return readFileSync(path.join(folder, 'archive'));
}

async function vendor(body: Buffer, sums: string) {
  const url = await site({
    [`/releases/sdk/${archiveName}`]: body,
    [`/pulumi/releases/download/v${pins.pulumi}/SHA512SUMS`]: sums,
  });
  return { url, vendor: { downloads: url, releases: url }, vendorReachable: async () => true };
}

const sha512 = (body: Buffer) => createHash('sha512').update(body).digest('hex');

test("where the vendor's site answers, its archive is checked and gives both commands", async () => {
  const body = await archive(pins.pulumi);
  const { vendor: sites, vendorReachable } = await vendor(
    body,
    `${sha512(body)}  ${archiveName}\n`,
  );
  const context = bareContext(temporaryFolder(), { vendor: sites, vendorReachable });
  expect(await cliPart.find(context)).toBeUndefined();
  const installed = await cliPart.install(context, () => undefined);
  const folder = context.cache.folder('pulumi-download', `${pins.pulumi}-${platform}`);
  const expected = {
    version: pins.pulumi,
    origin: 'download',
    path: path.join(folder, 'bin', 'pulumi'),
  };
  expect(installed).toEqual(expected);
  expect(await cliPart.find(context)).toEqual(expected);
  expect(
    await languageHostPart.find({ ...context, found: new Map([['pulumi', installed]]) }),
  ).toEqual({ ...expected, path: path.join(folder, 'bin', 'pulumi-language-nodejs') });
});

test('an archive with another digest is refused and leaves nothing', async () => {
  const body = await archive(pins.pulumi);
  const { vendor: sites, vendorReachable } = await vendor(
    body,
    `${'0'.repeat(128)}  ${archiveName}\n`,
  );
  const context = bareContext(temporaryFolder(), { vendor: sites, vendorReachable });
  await expect(cliPart.install(context, () => undefined)).rejects.toThrow(
    new UserError(
      `${archiveName}: expected SHA-512 ${'0'.repeat(128)}, got ${sha512(body)}; run this again`,
      'checksum-mismatch',
    ),
  );
  expect(await cliPart.find(context)).toBeUndefined();
});

test("what the vendor's sites do not have is built, and the reason is said", async () => {
  // No Go on PATH: the build that is tried next ends at once.
  vi.stubEnv('PATH', temporaryFolder());
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { url, vendor: sites } = await vendor(Buffer.from(''), 'nothing\n');
  const lines: string[] = [];
  const install = (reachable: boolean) =>
    cliPart.install(
      bareContext(temporaryFolder(), { vendor: sites, vendorReachable: async () => reachable }),
      (line, news) => lines.push(`${line} (${news})`),
    );
  await expect(install(true)).rejects.toThrow(/^Go .* found none/);
  await expect(install(false)).rejects.toThrow(/^Go .* found none/);
  expect(lines).toEqual([
    `${url}/pulumi/releases/download/v${pins.pulumi}/SHA512SUMS: expected a line for ${archiveName}, found none: building from Go modules (news)`,
    'about 6 minutes on two cores, once (news)',
    `${url} does not answer: building from Go modules (news)`,
    'about 6 minutes on two cores, once (news)',
  ]);
});

test('a digest of a file is that of its bytes', async () => {
  const file = script(path.join(temporaryFolder(), 'x'), 'true');
  expect(await digest(file, 'sha256', 'hex')).toBe(
    createHash('sha256').update('#!/bin/sh\ntrue\n').digest('hex'),
  );
});
