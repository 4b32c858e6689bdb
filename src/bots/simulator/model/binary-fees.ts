import type { BinaryVenue } from "./binary-event.ts";
import { moneyOf } from "./instrument.ts";

/** Of Kalshi's taker fee, 0.07 · C · P · (1 − P), in hundredths. */
const KALSHI_HUNDREDTHS = 7;

export interface FeeQuestion {
  readonly venue: BinaryVenue;
  readonly cents: number;
  readonly contracts: number;
  /** Polymarket's rate for the category, in hundredths. */
  readonly feeHundredths: number;
}

/**
 * What a taker pays, in dollars. Kalshi: rounded up to 1e-6, which the formula in cents hits exactly; Polymarket: to five
 * decimals.
 */
export function takerFee({ venue, cents, contracts, feeHundredths }: FeeQuestion): number {
  const hundredths = venue === "kalshi" ? KALSHI_HUNDREDTHS : feeHundredths;
  const millionths = hundredths * contracts * cents * (100 - cents);
  const charged = venue === "kalshi" ? millionths : Math.round(millionths / 10) * 10;
  return moneyOf(charged * 100);
}
