import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import semver from 'semver';
import { UserError } from '../src/errors.ts';
import { aptInstall, aptLine } from './apt.ts';
import { sourceKey } from './cache.ts';
import { packageRoot } from './package-root.ts';
import type { ExtraPartName, Found, Part, PartContext, Report } from './part.ts';
import { findAllOnPath, findOnPath, once } from './probe.ts';
import { run } from './run.ts';

/** The oldest Python that all packages of the locks run on. */
const OLDEST_PYTHON = '3.11.0';
const PACKAGES = ['python3', 'python3-venv'];

/** A Python environment with exactly the packages of a lock. */
export interface PythonPart {
  /** The package that it is made for; the lock has its version. */
  readonly name: ExtraPartName;
  /** Path of the lock from the repository's root: exact versions, and hashes, which pip checks. */
  readonly lockFile: string;
  /** What of it must be importable before the environment counts, such as `moto.server`. */
  readonly imports: readonly string[];
}

/** Its path is the interpreter of a virtual environment with the packages of the lock. */
export function pythonPart({ name, lockFile, imports }: PythonPart): Part {
  const file = path.join(packageRoot, lockFile);
  // Read when asked for: an installed package has no locks.
  const lock = once(() => readFileSync(file, 'utf8'));
  const key = once(() => sourceKey(undefined, lock()));
  const version = once(() => new RegExp(`^${name}==(\\S+)`, 'm').exec(lock())?.[1] ?? '');
  const found = (folder: string): Found => ({
    version: version(),
    origin: 'pip',
    path: path.join(folder, 'bin', 'python'),
  });
  const check = `import ${[...imports, 'importlib.metadata'].join(', ')}; print(importlib.metadata.version("${name}"))`;
  return {
    name,
    get title() {
      return `${name} ${version()}`;
    },
    async find(context) {
      const entry = context.cache.read(name, key());
      return entry && found(entry.folder);
    },
    async install(context, report) {
      const python = await ensurePython(name, context, report);
      const entry = await context.cache.write(name, key(), async (folder) => {
        report('creating a virtual environment');
        await run(python, ['-m', 'venv', folder]);
        const own = path.join(folder, 'bin', 'python');
        report('downloading its packages from the Python registry', 'news');
        await run(
          own,
          [
            ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--no-deps'],
            ...['--require-hashes', '--requirement', file],
          ],
          { onLine: report, hint: "pip's registry (pip config list) must be reachable." },
        );
        await removeScripts(path.join(folder, 'bin'));
        const installed = await run(own, ['-c', check]);
        if (installed.trim() !== version()) {
          throw new UserError(
            `${name}: expected version ${version()} in ${folder}, got ${installed}`,
            'tool-broken',
          );
        }
        return { version: version(), origin: 'pip', files: ['bin/python', 'pyvenv.cfg'] };
      });
      return found(entry.folder);
    },
  };
}

/** They name the folder in which the environment is made; the interpreter finds its own wherever it is moved to. */
async function removeScripts(folder: string): Promise<void> {
  const scripts = readdirSync(folder).filter((name) => !/^python[\d.]*$/.test(name));
  for (const name of scripts) await rm(path.join(folder, name), { recursive: true });
}

/** A Python that can make virtual environments: the installed one, else Debian's. */
async function ensurePython(
  name: ExtraPartName,
  context: PartContext,
  report: Report,
): Promise<string> {
  const installed = await findPython(context.env);
  if (installed) return installed;
  const wanted = `${name} needs Python ${OLDEST_PYTHON.replace(/\.0$/, '')} or newer with its venv module, found none on PATH`;
  if (!findOnPath('apt-get', context.env)) {
    throw new UserError(
      `${wanted}: install it from https://www.python.org and run this again`,
      'tool-missing',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(
      `${wanted}; run: sudo sh -c '${aptLine(PACKAGES)}', and run this again`,
      'tool-missing',
    );
  }
  await aptInstall(PACKAGES, context, report);
  const installedNow = await findPython(context.env);
  if (!installedNow)
    throw new UserError(
      `${wanted}, although ${PACKAGES.join(' and ')} were installed`,
      'tool-missing',
    );
  return installedNow;
}

/** The first on PATH that is new enough and complete. */
async function findPython(env: PartContext['env']): Promise<string | undefined> {
  for (const file of findAllOnPath('python3', env)) {
    try {
      // Debian's python3 has a venv module that cannot work without ensurepip, which is a separate package.
      const script = 'import ensurepip, platform, venv; print(platform.python_version())';
      const installed = semver.coerce(await run(file, ['-c', script], { timeoutMs: 30_000 }));
      if (installed && semver.gte(installed, OLDEST_PYTHON)) return file;
    } catch {
      // Not complete: the next one.
    }
  }
  return undefined;
}
