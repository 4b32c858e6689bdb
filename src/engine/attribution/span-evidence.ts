import { type MeanEstimate, meanOf } from "../../metrics/inference/batched-mean.ts";
import type { Dependence } from "../../metrics/inference/dependence.ts";
import { type RatioEstimate, ratioOf } from "../../metrics/inference/batched-ratio.ts";
import { type Ledger, profitCurrencyOf } from "../ledgers.ts";
import type { FillCourse, SpanPart } from "./fill-course.ts";

/** What one ledger did in a span, and the currency of its profit. */
export interface CurrencyPart {
  readonly currency: string;
  readonly part: SpanPart;
}

/** How many of some things were of a kind, and how alike neighbours are in that. */
interface Counted extends Dependence {
  readonly n: number;
  readonly hits: number;
}

/** How sure it is what the fills of a span say, of the ledgers of one currency together. */
export interface SpanEvidence {
  /** What a trade made after fees; and of all trades those that won. */
  readonly made: MeanEstimate;
  readonly won: Counted;
  /** Of the fills that say which side of the book they were on, those of the maker. */
  readonly makers: Counted;
  /** Ratios: slippage of what fills moved, signal of what was closed, fees of what their fills moved; undefined where there is nothing. */
  readonly slippage: RatioEstimate | undefined;
  readonly signal: RatioEstimate | undefined;
  readonly fees: RatioEstimate | undefined;
  readonly fills: number;
  /** Fills that say no fee. */
  readonly feeless: number;
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
  const count = (of: "fills" | "feeless"): number => parts.reduce((sum, { totals }) => sum + totals[of], 0);
  return {
    made: meanOf(parts.map(({ trades }) => trades.made)),
    won: countedOf(meanOf(parts.map(({ trades }) => trades.won))),
    makers: countedOf(meanOf(parts.map(({ makers }) => makers))),
    slippage: ratioOf(parts.map(({ slippage }) => slippage)),
    signal: ratioOf(parts.map(({ signal }) => signal)),
    fees: ratioOf(parts.map(({ fees }) => fees)),
    fills: count("fills"),
    feeless: count("feeless"),
  };
}

const countedOf = ({ n, mean, factor, freedom }: MeanEstimate): Counted => ({
  n,
  hits: Math.round(mean * n),
  factor,
  freedom,
});
