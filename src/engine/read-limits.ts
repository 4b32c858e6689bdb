import type { State } from "./fold.ts";

/** Ratios: what a UTC day may lose, and how far equity may fall below its peak. */
export interface Limits {
  readonly daily_loss_pct: number;
  readonly drawdown_pct: number;
}

/** Those of source document 1, where the configuration file declares none. */
const USUAL: Limits = { daily_loss_pct: 0.03, drawdown_pct: 0.05 };

export const limitsOf = ({ desk }: State): Limits => ({ ...USUAL, ...Object.fromEntries(desk.limits) });
