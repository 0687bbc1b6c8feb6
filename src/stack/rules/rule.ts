import type { RawStack } from '../sections/root.ts';
import type { DraftStack } from '../stack-file.ts';
import type { MapTree, Path } from '../tree.ts';
import { isSetAt } from '../tree.ts';

/** What a rule judges: the file as far as it is valid by itself, with defaults filled in. */
export interface RuleContext {
  readonly stack: DraftStack;
  /** As written: shows whether the file sets a value. */
  readonly raw: RawStack;
  readonly tree: MapTree;
  /** Paths that the schema refused already. */
  readonly broken: readonly Path[];
  /** Whether every file of the `extends` chain could be read. */
  readonly whole: boolean;
}

export interface Finding {
  readonly path: Path;
  /** What is allowed and how to fix it; says what was found itself. */
  readonly message: string;
  /** `note`: nothing is wrong; `check` shows it. @default error */
  readonly level?: 'error' | 'warning' | 'note';
  /** Show the place of the key, not of the value. */
  readonly atKey?: boolean;
  /** Show the place of this value below `path`, where it is the one to change. */
  readonly at?: Path;
}

/** One rule across fields. */
export interface Rule {
  /** Stable: users write it under `accept`, and `--json` shows it. */
  readonly name: string;
  /** What it demands, in one sentence, for the reference page. */
  readonly about: string;
  /** May a stack break it on purpose? @default false */
  readonly acceptable?: boolean;
  /** Judges what is absent, so it waits until the whole `extends` chain can be read. @default false */
  readonly whole?: boolean;
  readonly check: (context: RuleContext) => readonly Finding[];
}

/** Whether something other than null is written at a path. */
export function isSet(context: RuleContext, path: Path): boolean {
  return isSetAt(context.tree, path);
}

/** The one finding, when the condition holds. */
export function when(condition: boolean, finding: () => Finding): readonly Finding[] {
  return condition ? [finding()] : [];
}
