import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../toolchain/run.ts';

const hostBundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Writes the host's apt settings for proxies and, if its mirrors use TLS, its certificate authorities
 * to `apt/` in a build folder, for apt inside the build.
 */
export async function stageApt(folder: string): Promise<void> {
  const apt = join(folder, 'apt');
  await mkdir(apt);
  const dump = await run('apt-config', ['dump']);
  // Paths of certificate files do not exist inside.
  const lines = dump
    .split('\n')
    .filter((line) => /^Acquire::(https?|ftp)::/i.test(line))
    .filter((line) => !/::(CaInfo|CaPath|SslCert|SslKey) /i.test(line));
  const targets = await run('apt-get', [
    'indextargets',
    '--no-release-info',
    '--format',
    '$(REPO_URI)',
  ]);
  if (targets.includes('https://')) {
    await copyFile(process.env['SSL_CERT_FILE'] || hostBundle, join(apt, 'ca.crt'));
    lines.push('Acquire::https::CaInfo "/tmp/apt/ca.crt";');
  }
  await writeFile(join(apt, 'apt.conf'), `${lines.join('\n')}\n`);
}
