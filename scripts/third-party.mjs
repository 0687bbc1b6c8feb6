// What is bundled into dist/: the licenses of the packages, which ask to be shipped with their code, and the list of them
// that scanners for known faults read, since an installed package no longer shows them.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One text with the license of each bundled package.
 * @param metafiles what esbuild reports of its builds
 */
export function thirdPartyLicenses(root, metafiles) {
  const folders = new Set(
    metafiles
      .flatMap(({ inputs }) => Object.keys(inputs))
      .map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
      .filter((folder) => folder !== undefined),
  );
  const texts = new Map(
    [...folders].map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(root, folder, 'package.json'), 'utf8'),
      );
      return [`${name} ${version} (${license ?? 'see its text'})`, licenseIn(join(root, folder))];
    }),
  );
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  // Most texts are the same for many packages.
  const packagesOf = new Map();
  for (const one of sorted) packagesOf.set(one[1], [...(packagesOf.get(one[1]) ?? []), one]);
  return [...packagesOf]
    .map(([text, packages]) => `${packages.map(([title]) => title).join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * A software bill of materials (CycloneDX, JSON), the same for the same packages.
 * @param metafiles what esbuild reports of its builds
 */
export function billOfMaterials(root, metafiles) {
  const folder = mkdtempSync(join(tmpdir(), 'medusa-infra-sbom-'));
  try {
    const metafile = join(folder, 'metafile.json');
    // What a plugin of the build makes up is no file, and of no package.
    const ofFiles = (entries) =>
      Object.fromEntries(Object.entries(entries).filter(([path]) => existsSync(join(root, path))));
    const outputs = metafiles
      .flatMap((one) => Object.entries(one.outputs))
      .map(([path, output]) => [path, { ...output, inputs: ofFiles(output.inputs) }]);
    const inputs = ofFiles(Object.assign({}, ...metafiles.map((one) => one.inputs)));
    writeFileSync(metafile, JSON.stringify({ inputs, outputs: Object.fromEntries(outputs) }));
    const program = join(root, 'node_modules/.bin/cyclonedx-esbuild');
    const args = ['--output-reproducible', '--no-validate', '--build-working-dir', root, metafile];
    return execFileSync(process.execPath, [program, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function licenseIn(folder) {
  const file = existsSync(folder)
    ? readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name))
    : undefined;
  return file ? readFileSync(join(folder, file), 'utf8').trim() : 'The package ships no text.';
}
