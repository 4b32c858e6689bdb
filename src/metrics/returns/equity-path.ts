/** The fall of a value from its highest so far, and how long such falls last. Ratios here are signed: −0.05 is 5 % below. */
export interface Spell {
  /** Where the value last stood at its highest, and where it was deepest below. */
  readonly peak: number;
  readonly trough: number;
  /** Where it first stood at its old height again; the last value where it never did. */
  readonly end: number;
  readonly recovered: boolean;
  /** The lowest value ÷ the peak − 1, < 0. */
  readonly depth: number;
}

/** What the way of a value tells; indexes count its values, of which the first is the start. */
export interface EquityPath {
  readonly equity: Float64Array;
  /** Value ÷ highest so far − 1, ≤ 0, at each value. */
  readonly drawdown: Float64Array;
  readonly spells: readonly Spell[];
  /** The deepest ratio, and the largest fall in money, both ≤ 0; they may lie at different places. */
  readonly deepest: number;
  readonly deepestFall: number;
}

/** The value of 1 through returns: one more value than there are returns. What is lost whole stays lost. */
export function growthOf(returns: Float64Array): Float64Array {
  const equity = new Float64Array(returns.length + 1);
  let value = 1;
  equity[0] = value;
  for (let index = 0; index < returns.length; index++) {
    value *= 1 + (returns[index] as number);
    equity[index + 1] = value;
  }
  return equity;
}

/** The deepest fall of the value of 1 through returns from its highest so far, the start included; ≤ 0. */
export function deepestFallOf(returns: Float64Array): number {
  let [value, peak, deepest] = [1, 1, 0];
  for (let index = 0; index < returns.length; index++) {
    value *= 1 + (returns[index] as number);
    if (value > peak) peak = value;
    else {
      const ratio = value / peak - 1;
      if (ratio < deepest) deepest = ratio;
    }
  }
  return deepest;
}

/** Reads a path of equities above 0 (the first) and ≥ 0 (the others). */
export function readPath(equity: Float64Array): EquityPath {
  const drawdown = new Float64Array(equity.length);
  const spells: Spell[] = [];
  let [peak, peakAt, trough, deepest, deepestFall] = [Number.NEGATIVE_INFINITY, 0, -1, 0, 0];
  const close = (end: number, recovered: boolean): void => {
    if (trough >= 0) spells.push({ peak: peakAt, trough, end, recovered, depth: drawdown[trough] as number });
  };
  for (let index = 0; index < equity.length; index++) {
    const value = equity[index] as number;
    if (value >= peak) {
      close(index, true);
      [peak, peakAt, trough] = [value, index, -1];
      continue;
    }
    const ratio = value / peak - 1;
    drawdown[index] = ratio;
    if (trough < 0 || ratio < (drawdown[trough] as number)) trough = index;
    deepest = Math.min(deepest, ratio);
    deepestFall = Math.min(deepestFall, value - peak);
  }
  close(equity.length - 1, false);
  return { equity, drawdown, spells, deepest, deepestFall };
}
