import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { UserError } from '../src/errors.ts';
import { cacheRoot } from './cache.ts';
import { packageRoot } from './package-root.ts';
import { run } from './run.ts';

/** The Go modules that are built where the vendors' downloads cannot be reached. */
export const goFolder = path.join(packageRoot, 'toolchain/go');

/** The oldest Go that can fetch the one that a go.mod asks for by itself (https://go.dev/doc/toolchain). */
const FIRST_SELF_UPDATING = '1.21.0';

/** The Go version that a module's `go` line asks for. */
export function requiredGo(goMod: string): string {
  const version = /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(goMod)?.[1];
  if (!version) throw new Error('go.mod has no go line');
  return version;
}

/** The environment of a build, given the installed version (`go1.26.8`); a UserError when it is too old. */
export function goEnvironment(installed: string, needed: string): Record<string, string> {
  const have = semver.coerce(installed.replace(/^go/, ''));
  const want = semver.coerce(needed);
  if (!have || !want)
    throw new UserError(
      `go env GOVERSION: expected a version such as go${needed}, got "${installed}"`,
      'tool-broken',
    );
  // Writable, so that removing the cache folder works.
  const flags = { GOFLAGS: '-mod=readonly -modcacherw -buildvcs=false' };
  if (semver.gte(have, want)) return { ...flags, GOTOOLCHAIN: 'local' };
  if (semver.gte(have, FIRST_SELF_UPDATING)) return { ...flags, GOTOOLCHAIN: 'auto' };
  throw new UserError(
    `Go ${needed} or newer is needed to build Pulumi's tools here (the vendor's download is not available), found ${installed}.\n${GO_HINT}`,
    'tool-missing',
  );
}

const GO_HINT =
  'Install Go from https://go.dev/dl (1.21 or newer: it downloads the right version itself), put its bin folder on PATH, and run this again.';

/** Where Go is, and the environment of what it does here. A UserError when there is none, or too old a one. */
async function prepareGo(goMod: string): Promise<Record<string, string>> {
  const needed = requiredGo(readFileSync(goMod, 'utf8'));
  let installed: string;
  try {
    installed = (await run('go', ['env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' } })).trim();
  } catch {
    throw new UserError(
      `Go ${needed} or newer is needed to build Pulumi's tools here (the vendor's download is not available), found none.\n${GO_HINT}`,
      'tool-missing',
    );
  }
  return {
    ...goEnvironment(installed, needed),
    ...goCaches(),
  };
}

/** Go's own caches would fill the user's home by some 4 GB. */
export const goCaches = () => ({
  GOMODCACHE: path.join(cacheRoot(), 'go', 'modules'),
  GOCACHE: path.join(cacheRoot(), 'go', 'build'),
});

const PROXY_HINT = 'The Go module proxy (go env GOPROXY) must be reachable.';

/** Downloads a module that is to be changed before it is built, so that no go.sum lists it: compare its `Sum`. */
export async function goDownload(
  module: string,
  /** Decides which Go is used. */
  goMod: string,
): Promise<{ readonly Dir: string; readonly Sum: string }> {
  const env = await prepareGo(goMod);
  mkdirSync(env['GOMODCACHE'] ?? '', { recursive: true });
  const printed = await run('go', ['mod', 'download', '-json', module], {
    // Outside of any module: the one that needs it replaces it by the changed copy.
    cwd: env['GOMODCACHE'] ?? '',
    env: { ...env, GOFLAGS: '-mod=mod -modcacherw' },
    hint: PROXY_HINT,
  });
  return JSON.parse(printed) as { Dir: string; Sum: string };
}

/**
 * Builds commands of a Go module with the module's own go.mod and go.sum. Several in one call take less time than one by
 * one: linking keeps one processor busy.
 */
export async function goBuild(options: {
  /** Folder with go.mod. */
  readonly module: string;
  /** Import paths, or `./cmd/name`. */
  readonly commands: readonly string[];
  /** The binary to write; a folder with a `/` at its end where there are several commands, each under its own name. */
  readonly output: string;
  readonly ldflags: readonly string[];
  readonly tags?: string;
  readonly report: (line: string) => void;
}): Promise<void> {
  const { module, commands, output, report } = options;
  const env = await prepareGo(path.join(module, 'go.mod'));
  const label = commands.map((command) => path.basename(command)).join(', ');
  let compiled = 0;
  await run(
    'go',
    [
      'build',
      '-v',
      ...(options.tags ? ['-tags', options.tags] : []),
      '-ldflags',
      ['-s', '-w', ...options.ldflags].join(' '),
      '-o',
      output,
      ...commands,
    ],
    {
      cwd: module,
      env,
      onLine: (line) => {
        if (line.startsWith('go: downloading ')) report(`${label}: ${line.slice(4)}`);
        else if (/^[\w.-]+(\/|$)/.test(line))
          report(`${label}: compiled ${++compiled} packages, ${line}`);
      },
      hint: `${PROXY_HINT} Compiled packages are kept: run this again to continue.`,
    },
  );
}
