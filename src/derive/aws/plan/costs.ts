/** List prices without traffic, storage of logs and requests: an estimate, not an offer. */
export interface CostEstimate {
  readonly currency: 'USD';
  /** Month of the price table, `yyyy-mm`. */
  readonly pricesAsOf: string;
  /** The region whose prices these are; another one than the stack's where the table lacks it. */
  readonly pricesOf: string;
  readonly lines: readonly CostLine[];
  readonly monthlyTotal: number;
  readonly notIncluded: readonly string[];
}

export interface CostLine {
  readonly name: string;
  /** How it was counted, such as `2 x 32.85`. */
  readonly detail: string;
  /** undefined: the table has no price for it. */
  readonly monthly?: number;
}
