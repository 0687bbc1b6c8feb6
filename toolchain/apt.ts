import type { PartContext, Report } from './part.ts';
import { findOnPath } from './probe.ts';
import { run } from './run.ts';

/** The line that a user may run instead. */
export function aptLine(packages: readonly string[]): string {
  return `apt-get update && apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
}

/** Installs Debian packages, as root. */
export async function aptInstall(
  packages: readonly string[],
  context: Pick<PartContext, 'env'>,
  report: Report,
): Promise<void> {
  const aptGet = findOnPath('apt-get', context.env) ?? 'apt-get';
  report(`installing the packages ${packages.join(' and ')} with apt-get`);
  const apt = (...args: string[]) =>
    run(aptGet, ['--quiet', '--yes', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      onLine: report,
      hint: `Fix that, or run it yourself: ${aptLine(packages)}`,
    });
  const install = () => apt('install', '--no-install-recommends', ...packages);
  try {
    await install();
  } catch {
    // The package lists are missing or name versions that are gone.
    await apt('update');
    await install();
  }
}
