import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheRoot, PartCache } from '../../../toolchain/cache.ts';
import { findNewerNode } from '../../../toolchain/node.ts';
import { repository } from '../../support/project.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Another user of the machine makes the folders first in which tsx and Node keep what they compiled, and puts code
// into them: none of it runs as the user of the command.
const stranger = 1000;
const sign = 'POISONED';

/** Node that runs this, and the one that runs Pulumi programs. */
const newer = findNewerNode({ cache: new PartCache(cacheRoot()) })?.path;
const nodes = [...new Set([process.execPath, newer ?? process.execPath])];

/** The package as npm installs it, with its sources next to it, which tsx compiles for the attacker. */
let installed: string;
beforeAll(() => {
  installed = path.join(temporaryFolder(), 'node_modules', 'medusa-infra');
  spawnSync('npm', ['run', '--silent', 'build'], { cwd: repository });
  for (const name of ['bin', 'dist', 'infra', 'src', 'stacks', 'toolchain', 'package.json']) {
    cpSync(path.join(repository, name), path.join(installed, name), { recursive: true });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(installed, 'node_modules'));
});

interface Run {
  readonly node?: string;
  readonly args: readonly string[];
  readonly tmp: string;
  readonly cwd?: string;
}

function run({ node = process.execPath, args, tmp, cwd = repository }: Run) {
  const { NODE_COMPILE_CACHE: _, TSX_DISABLE_CACHE: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(node, args, {
    cwd,
    encoding: 'utf8',
    env: { ...env, TMPDIR: tmp },
  });
  return { status, output: stdout + stderr };
}

/** Loads a source by tsx alone, as the kit did once. */
function loadedByTsx(source: string, root: string): string[] {
  const url = pathToFileURL(path.join(root, source)).href;
  return [
    '--input-type=module',
    '-e',
    `import { register } from 'tsx/esm/api'; register(); await import('${url}').catch(() => {});`,
  ];
}

/** A TMPDIR in which tsx's folder holds the real entry of each source that this one imports, changed. */
function poisonedBy(source: string, root = repository): string {
  const tmp = temporaryFolder();
  chmodSync(tmp, 0o1777);
  const folder = path.join(tmp, `tsx-${process.geteuid?.()}`);
  // tsx writes while the program runs: one that exits early leaves entries half written, which the next load repeats.
  for (let loads = 0; loads === 0 || !holdsWholeEntries(folder); loads += 1) {
    expect(loads).toBeLessThan(5);
    run({ args: loadedByTsx(source, root), tmp, cwd: root });
  }
  const entries = readdirSync(folder);
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) {
    const file = path.join(folder, entry);
    const compiled = JSON.parse(readFileSync(file, 'utf8')) as { code: string };
    const code = `process.stderr.write('${sign}');${compiled.code}`;
    writeFileSync(file, JSON.stringify({ ...compiled, code }));
  }
  giveToStranger(folder);
  return tmp;
}

function holdsWholeEntries(folder: string): boolean {
  return readdirSync(folder).every((entry) => {
    try {
      JSON.parse(readFileSync(path.join(folder, entry), 'utf8'));
      return true;
    } catch {
      return false;
    }
  });
}

function giveToStranger(folder: string): void {
  if (process.geteuid?.() === 0) {
    for (const entry of readdirSync(folder))
      chownSync(path.join(folder, entry), stranger, stranger);
    chownSync(folder, stranger, stranger);
  }
  chmodSync(folder, 0o777);
}

const check = ['bin/medusa-infra.js', 'check', 'stacks/dev.yaml'];
const programIn = (entry: string) => [
  '--input-type=module',
  '-e',
  `const { default: program } = await import(process.cwd() + '/${entry}'); console.log(typeof program);`,
];

test('plays the attacker well: what it changes is what tsx runs', () => {
  const tmp = poisonedBy('src/cli/main.ts');
  expect(run({ args: loadedByTsx('src/cli/main.ts', repository), tmp }).output).toContain(sign);
});

describe.each(nodes)('nothing of it runs on %s', (node) => {
  test.each(['in a clone', 'where it is installed'])('in the command, %s', (where) => {
    const cwd = where === 'in a clone' ? repository : installed;
    const { status, output } = run({
      node,
      args: check,
      tmp: poisonedBy('src/cli/main.ts', cwd),
      cwd,
    });
    expect(output).toMatch(/^note: [^\n]*\n1 file checked: no errors\n$/);
    expect(status).toBe(0);
  });

  test.each(['in a clone', 'where it is installed'])(
    'in the program that pulumi loads, %s',
    (where) => {
      const cwd = where === 'in a clone' ? repository : installed;
      const { status, output } = run({
        node,
        args: programIn(where === 'in a clone' ? 'infra/main.js' : 'dist/program.js'),
        tmp: poisonedBy('infra/index.ts', cwd),
        cwd,
      });
      expect(output).toBe('function\n');
      expect(status).toBe(0);
    },
  );

  test('of what Node compiled: it is neither read from TMPDIR nor left there', () => {
    const tmp = temporaryFolder();
    const folder = path.join(tmp, 'node-compile-cache');
    mkdirSync(folder);
    giveToStranger(folder);
    expect(run({ node, args: check, tmp }).status).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('nothing of it runs in the scripts of the package', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.values(scripts).filter((script) => /\btsx\b/.test(script))).toEqual([]);
  const [command, ...words] = (scripts['docs'] ?? '').split(' ');
  expect(command).toBe('node');
  const cases = {
    'scripts/generate-docs.ts': [...words, '--check'],
    'src/bundle.ts': ['scripts/build-runtime.mjs', '--check'],
  };
  for (const [source, args] of Object.entries(cases)) {
    const { status, output } = run({ args, tmp: poisonedBy(source) });
    expect(output).not.toContain(sign);
    expect(status, output).toBe(0);
  }
});
