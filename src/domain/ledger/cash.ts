import { type Decimal, ZERO, add, subtract } from "../decimal.ts";

/** What came in and what went out, both ≥ 0. */
export interface Flow {
  readonly received: Decimal;
  readonly paid: Decimal;
}

/**
 * What came and went besides the profit of trades, in one currency. What fills say and what the venue's income says of
 * the same thing stand beside each other: one of them counts, and they are never added (DESIGN §3).
 */
export interface Cash {
  /** Of fills whose fee is in another currency than their profit: paid, and rebates received. */
  readonly otherFees: Flow;
  readonly fundingOfFills: Flow;
  readonly fundingOfIncome: Flow;
  readonly feesOfIncome: Flow;
  /** Income rows of funding, and of fees and rebates. */
  readonly fundingRows: number;
  readonly feeRows: number;
  /** Deposits and withdrawals. */
  readonly transfers: Flow;
  /** By hand. */
  readonly adjustments: Flow;
  /** Income of any other type, realised profit aside: that is the ledger's to say. */
  readonly otherIncome: Flow;
}

export const NO_FLOW: Flow = { received: ZERO, paid: ZERO };

export const NO_CASH: Cash = {
  otherFees: NO_FLOW,
  fundingOfFills: NO_FLOW,
  fundingOfIncome: NO_FLOW,
  feesOfIncome: NO_FLOW,
  fundingRows: 0,
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
    fundingRows: cash.fundingRows + (kind === "fundingOfIncome" ? 1 : 0),
    feeRows: cash.feeRows + (kind === "feesOfIncome" ? 1 : 0),
  };
}

/** Funding: of income rows where there are any, else of fills. */
export const fundingOf = (cash: Cash): Flow => (cash.fundingRows > 0 ? cash.fundingOfIncome : cash.fundingOfFills);

/** Received less paid. */
export const netOf = ({ received, paid }: Flow): Decimal => subtract(received, paid);

const withFlow = ({ received, paid }: Flow, amount: Decimal): Flow =>
  amount.units < 0n ? { received, paid: subtract(paid, amount) } : { received: add(received, amount), paid };
