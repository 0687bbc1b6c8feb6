// The licenses of the packages that are bundled into dist/, which ask to be shipped with their code.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

function licenseIn(folder) {
  const file = existsSync(folder)
    ? readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name))
    : undefined;
  return file ? readFileSync(join(folder, file), 'utf8').trim() : 'The package ships no text.';
}
