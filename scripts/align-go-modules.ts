/**
 * Sets the Go modules of `toolchain/go` to the same versions of what they share, so that a new machine compiles it
 * once, and leaves in each go.sum what the builds read. Writes their go.mod and go.sum; a second run changes nothing.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addProviderSources } from '../toolchain/aws/provider.ts';
import { goCaches, goFolder } from '../toolchain/go.ts';
import { run } from '../toolchain/run.ts';
import {
  alignedRequirements,
  confirmedSums,
  readVersions,
  type Versions,
} from './go-requirements.ts';

/** Built for these; on each, other packages are compiled. */
const PLATFORMS = ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64'];
/** `language-nodejs` stays as it is: it is of Pulumi's 3.60, and small. */
const MODULES = [
  { name: 'cli', commands: ['github.com/pulumi/pulumi/pkg/v3/cmd/pulumi'], flags: [] },
  { name: 'plugins', commands: ['./cmd/...'], flags: ['-tags', 'no_compose'] },
  { name: 'plugin-aws', commands: ['./cmd/...'], flags: [] },
] as const;
type Module = (typeof MODULES)[number] & { readonly folder: string };

const work = mkdtempSync(path.join(tmpdir(), 'align-go-modules-'));
try {
  const modules: Module[] = MODULES.map((module) => ({
    ...module,
    folder: path.join(work, module.name),
  }));
  for (const { name, folder } of modules)
    cpSync(path.join(goFolder, name), folder, { recursive: true });
  await addProviderSources(path.join(work, 'plugin-aws'), console.log);

  for (let round = 1; ; round += 1) {
    const used = await Promise.all(modules.map(usedVersions));
    const raised = alignedRequirements(used);
    const count = raised.reduce((sum, { size }) => sum + size, 0);
    console.log(`round ${round}: ${count} versions to raise`);
    if (count === 0) break;
    for (const [index, module] of modules.entries()) await require(module, raised[index]);
  }
  for (const module of modules) await writeBack(module);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** What the commands compile, on all platforms; completes go.mod and go.sum. */
async function usedVersions(module: Module): Promise<Versions> {
  let lines = '';
  for (const platform of PLATFORMS) {
    const [GOOS, GOARCH] = platform.split('/');
    lines += await go(
      module,
      [
        'list',
        '-mod=mod',
        ...module.flags,
        '-deps',
        '-f',
        '{{with .Module}}{{if not .Replace}}{{.Path}} {{.Version}}{{end}}{{end}}',
        ...module.commands,
      ],
      // As in a build for another platform.
      { GOOS: GOOS ?? '', GOARCH: GOARCH ?? '', CGO_ENABLED: '0' },
    );
  }
  return readVersions(lines);
}

async function require(module: Module, versions: Versions | undefined): Promise<void> {
  if (!versions?.size) return;
  const flags = [...versions].map(([name, version]) => `-require=${name}@${version}`);
  await go(module, ['mod', 'edit', ...flags]);
}

async function writeBack(module: Module): Promise<void> {
  const sums = path.join(module.folder, 'go.sum');
  const before = readFileSync(sums, 'utf8');
  rmSync(sums);
  await usedVersions(module);
  const target = path.join(goFolder, module.name);
  writeFileSync(path.join(target, 'go.sum'), confirmedSums(readFileSync(sums, 'utf8'), before));
  cpSync(path.join(module.folder, 'go.mod'), path.join(target, 'go.mod'));
}

function go(module: Module, args: readonly string[], env: Record<string, string> = {}) {
  return run('go', args, {
    cwd: module.folder,
    env: { ...goCaches(), GOFLAGS: '-modcacherw', ...env },
  });
}
