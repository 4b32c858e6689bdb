import { type MeanEstimate, meanOf } from "../../metrics/inference/batched-mean.ts";
import { type RatioEstimate, ratioOf } from "../../metrics/inference/batched-ratio.ts";
import { type Ledger, profitCurrencyOf } from "../ledgers.ts";
import type { FillCourse, SpanPart } from "./fill-course.ts";

/** What one ledger did in a span, and the currency of its profit. */
export interface CurrencyPart {
  readonly currency: string;
  readonly part: SpanPart;
}

/** How sure it is what the fills of a span say, of the ledgers of one currency together. */
export interface SpanEvidence {
  readonly trades: {
    readonly n: number;
    readonly wins: number;
    /** What a trade made after fees, and whether it won: how alike neighbours are is in both. */
    readonly made: MeanEstimate;
    readonly won: MeanEstimate;
  };
  /** Ratios: slippage of what fills moved, signal of what was closed, fees of what their fills moved; undefined where there is nothing. */
  readonly slippage: RatioEstimate | undefined;
  readonly signal: RatioEstimate | undefined;
  readonly fees: RatioEstimate | undefined;
  readonly fills: number;
  /** Fills that say no fee. */
  readonly feeless: number;
  /** Fills that say which side of the book they were on, and those of the maker. */
  readonly sided: number;
  readonly makers: number;
}

/** What each ledger of a course did in its first span; ledgers that the fold does not know are left out. */
export const currencyParts = (course: FillCourse | undefined, ledgers: ReadonlyMap<string, Ledger>): CurrencyPart[] =>
  [...(course?.partsOf(0) ?? [])].flatMap(([key, part]) => {
    const ledger = ledgers.get(key);
    return ledger === undefined ? [] : [{ currency: profitCurrencyOf(ledger), part }];
  });

/** Those of one currency together. */
export function evidenceOf(all: readonly CurrencyPart[], currency: string | undefined): SpanEvidence {
  const parts = all.flatMap((each) => (each.currency === currency ? [each.part] : []));
  const count = (of: "fills" | "feeless" | "sided" | "makers"): number =>
    parts.reduce((sum, { totals }) => sum + totals[of], 0);
  const made = meanOf(parts.map(({ trades }) => trades.made));
  const won = meanOf(parts.map(({ trades }) => trades.won));
  return {
    trades: { n: won.n, wins: Math.round(won.mean * won.n), made, won },
    slippage: ratioOf(parts.map(({ slippage }) => slippage)),
    signal: ratioOf(parts.map(({ signal }) => signal)),
    fees: ratioOf(parts.map(({ fees }) => fees)),
    fills: count("fills"),
    feeless: count("feeless"),
    sided: count("sided"),
    makers: count("makers"),
  };
}
