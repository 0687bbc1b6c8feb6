import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../toolchain/run.ts';
import { withoutLogin } from './without-login.ts';

const hostBundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Writes the host's apt settings for proxies and, if its mirrors use TLS, its certificate authorities
 * to `apt/` in a build folder, for apt inside the build. An address with user and password is not among them,
 * since a layer keeps the file: it is returned as one of Docker's own build arguments, which nothing keeps.
 */
export async function stageApt(folder: string): Promise<Readonly<Record<string, string>>> {
  const apt = join(folder, 'apt');
  await mkdir(apt);
  const dump = await run('apt-config', ['dump']);
  // Paths of certificate files do not exist inside.
  const lines = dump
    .split('\n')
    .filter((line) => /^Acquire::(https?|ftp)::/i.test(line))
    .filter((line) => !/::(CaInfo|CaPath|SslCert|SslKey) /i.test(line));
  const { kept, buildArgs } = separateLogins(lines);
  const targets = await run('apt-get', [
    'indextargets',
    '--no-release-info',
    '--format',
    '$(REPO_URI)',
  ]);
  if (targets.includes('https://')) {
    await copyFile(process.env['SSL_CERT_FILE'] || hostBundle, join(apt, 'ca.crt'));
    kept.push('Acquire::https::CaInfo "/tmp/apt/ca.crt";');
  }
  await writeFile(join(apt, 'apt.conf'), `${kept.join('\n')}\n`);
  return buildArgs;
}

/** A proxy for one host alone has no argument; with a password it is left out. */
export function separateLogins(lines: readonly string[]): {
  readonly kept: string[];
  readonly buildArgs: Readonly<Record<string, string>>;
} {
  const kept: string[] = [];
  const buildArgs: Record<string, string> = {};
  for (const line of lines) {
    const [, scheme = '', rest = '', value = ''] =
      /^Acquire::(https?|ftp)::(\S+) "(.*)";$/i.exec(line.trim()) ?? [];
    if (withoutLogin(value) === value) kept.push(line);
    else if (/^proxy$/i.test(rest)) buildArgs[`${scheme.toLowerCase()}_proxy`] = value;
  }
  return { kept, buildArgs };
}
