import semver from 'semver';

/** A module's path and version, as `go list -m` prints them. */
export type Versions = ReadonlyMap<string, string>;

/**
 * These keep the version that each of the tools was released with: Pulumi's own parts are made for one another, and
 * versions of `tablewriter` differ in their functions.
 */
const APART = /^github\.com\/(?:pulumi\/|olekukonko\/tablewriter$)/;

/** The modules of which packages are compiled, from lines of `PATH VERSION`. */
export function readVersions(lines: string): Versions {
  return new Map(
    lines
      .split('\n')
      .map((line) => line.trim().split(' '))
      .filter((parts): parts is [string, string] => parts.length === 2),
  );
}

/**
 * What each go.mod has to require so that the packages that several of them compile are the same, and Go compiles them
 * once: the highest of the versions in use.
 */
export function alignedRequirements(used: readonly Versions[]): Versions[] {
  return used.map((own, index) => {
    const others = used.filter((_, other) => other !== index);
    const raised = new Map<string, string>();
    for (const [module, version] of own) {
      if (APART.test(module)) continue;
      const highest = others
        .flatMap((versions) => versions.get(module) ?? [])
        .reduce((a, b) => (semver.gt(b, a) ? b : a), version);
      if (highest !== version) raised.set(module, highest);
    }
    return raised;
  });
}

/**
 * The lines of a new go.sum, each of which an older one confirms or does not know.
 * @throws Error where a hash is another than before: a module was changed after its release
 */
export function confirmedSums(fresh: string, before: string): string {
  const known = new Map(sums(before));
  for (const [module, hash] of sums(fresh)) {
    const old = known.get(module);
    if (old !== undefined && old !== hash)
      throw new Error(`${module} has the hash ${hash}, go.sum said ${old}`);
  }
  return fresh;
}

function sums(text: string): [string, string][] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((parts) => parts.length === 3)
    .map(([module, version, hash]) => [`${module} ${version}`, hash ?? '']);
}
