/** One line of a plan's section. */
export type Row = readonly [name: string, value: string];

/** The sections that look different on each target; undefined where the target has no such section. */
export interface TargetSections {
  readonly network?: readonly Row[];
  readonly database?: readonly Row[];
  readonly redis?: readonly Row[];
  readonly uploads?: readonly Row[];
  readonly service?: readonly Row[];
  readonly edge: readonly Row[];
}
