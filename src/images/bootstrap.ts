import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../toolchain/run.ts';
import { UserError } from '../errors.ts';
import { BOOTSTRAP_MILLISECONDS } from './limits.ts';
import { baseOptions, debianRelease } from './pins.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Writes a minimal Debian as a tar file with mmdebstrap: the installed one, or one that is unpacked
 * from its Debian package into the cache folder, so that nothing is installed on the machine.
 * Works as root, and without root if user namespaces are allowed.
 * @throws UserError if the machine has no apt, or the bootstrap fails
 */
export async function bootstrapDebian(cache: string, tarFile: string): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new UserError(
      'images.source: building images from Debian packages needs a machine with apt (Debian, Ubuntu); ' +
        'use one, or make an image registry reachable for the Docker engine (images.registry, or a mirror)',
      'image-build-unsupported',
    );
  }
  const apt = new PrivateApt(join(cache, 'apt'));
  const unpacked = join(cache, 'mmdebstrap');
  const installed = existsSync('/usr/bin/mmdebstrap');
  if (!installed && !existsSync(join(unpacked, 'usr/bin/mmdebstrap'))) {
    await apt.unpack('mmdebstrap', unpacked);
  }
  const options = [...baseOptions];
  if (!existsSync(keyring)) {
    const keys = join(cache, 'keyring');
    await apt.unpack('debian-archive-keyring', keys);
    options.push(`--keyring=${join(keys, keyring)}`);
  }
  const path = process.env['PATH'] ?? '';
  await run('mmdebstrap', [...options, debianRelease, tarFile, ...(await debianSources())], {
    env: installed ? {} : { PATH: `${join(unpacked, 'usr/bin')}:${path}` },
    timeoutMs: BOOTSTRAP_MILLISECONDS,
    hint:
      'building images from Debian packages needs perl, a reachable Debian mirror, and root or unprivileged ' +
      'user namespaces (package uidmap and a range in /etc/subuid); or make an image registry reachable',
  });
}

/**
 * The host's Debian mirrors for the release that the images use, so that a company's mirror is used
 * here too. Empty on other systems: mmdebstrap knows Debian's mirrors.
 */
async function debianSources(): Promise<string[]> {
  const codename = await run('sh', ['-c', '. /etc/os-release; echo "$ID $VERSION_CODENAME"']);
  const [id, release] = codename.trim().split(' ');
  if (id !== 'debian' || release === undefined) {
    return [];
  }
  const targets = await run('apt-get', [
    'indextargets',
    // Works even if apt has no lists yet.
    '--no-release-info',
    '--format',
    '$(REPO_URI) $(RELEASE) $(COMPONENT)',
  ]);
  return sourceLines(targets, release);
}

/** One-line sources from `apt-get indextargets`, for the release that the images use. */
export function sourceLines(targets: string, hostRelease: string): string[] {
  const lines = new Set<string>();
  for (const target of targets.trim().split('\n')) {
    const [uri, suite, component] = target.split(' ');
    const suffix = suite?.startsWith(hostRelease) ? suite.slice(hostRelease.length) : undefined;
    if (component === 'main' && ['', '-updates', '-security'].includes(suffix ?? 'other')) {
      lines.add(`deb ${uri} ${debianRelease}${suffix} main`);
    }
  }
  return [...lines];
}

/** apt with separate lists if the system has none; writes nothing outside the cache. */
export class PrivateApt {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Unpacks the files of a package, without installing it. */
  async unpack(name: string, target: string): Promise<void> {
    const downloads = join(this.folder, 'downloads');
    await rm(downloads, { recursive: true, force: true });
    await mkdir(downloads, { recursive: true });
    const options = ['-qq', '-o', 'APT::Sandbox::User=root'];
    try {
      await run('apt-get', [...options, 'download', name], { cwd: downloads });
    } catch {
      for (const folder of ['lists/partial', 'cache/archives/partial']) {
        await mkdir(join(this.folder, folder), { recursive: true });
      }
      options.push('-o', `Dir::State::lists=${this.folder}/lists`);
      options.push('-o', `Dir::Cache=${this.folder}/cache`);
      await run('apt-get', [...options, 'update']);
      await run('apt-get', [...options, 'download', name], { cwd: downloads });
    }
    const file = (await readdir(downloads)).find((entry) => entry.startsWith(`${name}_`));
    if (file === undefined) {
      throw new Error(`apt-get download ${name} left no file in ${downloads}`);
    }
    await rm(target, { recursive: true, force: true });
    await run('dpkg-deb', ['-x', join(downloads, file), `${target}.new`]);
    await run('mv', [`${target}.new`, target]);
  }
}
