import type { Decimal } from "../decimal.ts";
import { type Flow, NO_FLOW, withFlow } from "./flow.ts";

/**
 * What came and went besides the profit of trades, in one currency, as income rows and people say it. What fills say of
 * the same thing stands in the ledger: one of the two counts, and they are never added (DESIGN §3).
 */
export interface Cash {
  /** Of the venue's income rows; where there are any they count instead of what fills said. */
  readonly funding: Flow;
  readonly fundingRows: number;
  /** Of the venue's income rows; they count where no fill said a fee. */
  readonly fees: Flow;
  readonly feeRows: number;
  /** Deposits and withdrawals. */
  readonly transfers: Flow;
  /** By hand. */
  readonly adjustments: Flow;
  /** Income of any other type, realised profit aside: that is the ledger's to say. */
  readonly otherIncome: Flow;
}

export const NO_CASH: Cash = {
  funding: NO_FLOW,
  fundingRows: 0,
  fees: NO_FLOW,
  feeRows: 0,
  transfers: NO_FLOW,
  adjustments: NO_FLOW,
  otherIncome: NO_FLOW,
};

/** The kinds of cash that flows. */
export type CashKind = {
  readonly [K in keyof Cash]: Cash[K] extends Flow ? K : never;
}[keyof Cash];

/** With a signed amount more: > 0 received, < 0 paid. */
export function withCash(cash: Cash, kind: CashKind, amount: Decimal): Cash {
  return {
    ...cash,
    [kind]: withFlow(cash[kind], amount),
    fundingRows: cash.fundingRows + (kind === "funding" ? 1 : 0),
    feeRows: cash.feeRows + (kind === "fees" ? 1 : 0),
  };
}
