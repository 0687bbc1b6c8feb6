import type { Origin, PartCache } from './cache.ts';

/** The pieces that a machine needs to run this project's Pulumi programs, in the order in which they are looked for. */
export const partNames = [
  'node',
  'pulumi',
  'language-host',
  'plugin-random',
  'plugin-docker',
  'engine',
  'plugin-aws',
  'moto',
  'prowler',
] as const;

export type PartName = (typeof partNames)[number];

/** Parts that are installed only where they are asked for, and the flag of `npm run toolchain` that does. */
export const extraFlags = {
  'plugin-aws': '--aws',
  moto: '--moto',
  prowler: '--audit',
} as const;

export type ExtraPartName = keyof typeof extraFlags;

/** A part that is there and fits. */
export interface Found {
  readonly version: string;
  readonly origin: Origin;
  /** The file (of the engine: its address). */
  readonly path: string;
}

/** What one part may know of the machine, and of the parts before it. */
export interface PartContext {
  readonly cache: PartCache;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The vendor's sites: the archives, and the releases that list their digests. */
  readonly vendor: { readonly downloads: string; readonly releases: string };
  /** Whether the vendor's download site answers; checked once a run, false when offline. */
  readonly vendorReachable: () => Promise<boolean>;
  /** The parts found so far. */
  readonly found: ReadonlyMap<PartName, Found>;
}

/** Takes a line on what is being done; `news` is shown even where no terminal follows each line. */
export type Report = (line: string, news?: 'news') => void;

export interface Part {
  readonly name: PartName;
  /** For people: `Pulumi 3.250.0`. */
  readonly title: string;
  /** What is there already, or undefined. Never asks the network. */
  find(context: PartContext): Promise<Found | undefined>;
  /** Makes it from what the machine already holds, if it can. Never asks the network. */
  restore?(context: PartContext, report: Report): Promise<Found | undefined>;
  /** Installs what `find` did not find. @throws UserError for what the user can fix */
  install(context: PartContext, report: Report): Promise<Found>;
}
