import { type Decimal, ZERO, absolute, add, subtract } from "../decimal.ts";

/** What came and went besides trading profit, in one currency. All ≥ 0 but the last two. */
export interface CashTotals {
  readonly feesPaid: Decimal;
  readonly rebates: Decimal;
  readonly fundingReceived: Decimal;
  readonly fundingPaid: Decimal;
  /** Deposits less withdrawals. */
  readonly transfers: Decimal;
  /** Corrections that somebody made by hand, signed. */
  readonly adjustments: Decimal;
}

const NOTHING: CashTotals = {
  feesPaid: ZERO,
  rebates: ZERO,
  fundingReceived: ZERO,
  fundingPaid: ZERO,
  transfers: ZERO,
  adjustments: ZERO,
};

const isNegative = (amount: Decimal): boolean => amount.units < 0n;

/** Cash of one account by currency: never added across them (DESIGN §3). */
export class CashBook {
  readonly #totals = new Map<string, CashTotals>();

  /** > 0 paid, < 0 a rebate. */
  fee(currency: string, amount: Decimal): void {
    const part = isNegative(amount) ? "rebates" : "feesPaid";
    this.#grow(currency, part, absolute(amount));
  }

  /** > 0 received, < 0 paid. */
  funding(currency: string, amount: Decimal): void {
    const part = isNegative(amount) ? "fundingPaid" : "fundingReceived";
    this.#grow(currency, part, absolute(amount));
  }

  /** > 0 deposited, < 0 withdrawn. */
  transfer(currency: string, amount: Decimal): void {
    this.#grow(currency, "transfers", amount);
  }

  adjustment(currency: string, amount: Decimal): void {
    this.#grow(currency, "adjustments", amount);
  }

  totals(currency: string): CashTotals {
    return this.#totals.get(currency) ?? NOTHING;
  }

  get currencies(): readonly string[] {
    return [...this.#totals.keys()];
  }

  #grow(currency: string, part: keyof CashTotals, amount: Decimal): void {
    const before = this.totals(currency);
    this.#totals.set(currency, { ...before, [part]: add(before[part], amount) });
  }
}

/** Fees less rebates: > 0 when trading cost something. */
export const netFees = ({ feesPaid, rebates }: CashTotals): Decimal => subtract(feesPaid, rebates);

/** Funding received less paid. */
export const netFunding = ({ fundingReceived, fundingPaid }: CashTotals): Decimal =>
  subtract(fundingReceived, fundingPaid);
