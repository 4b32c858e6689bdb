import { type Measure, measured, unknown } from "../measure.ts";
import type { Fills } from "./columns.ts";
import { type MarkoutSums, sumMarkouts } from "./markout-sums.ts";
import { BPS, captureAt, type FillQuality } from "./markouts.ts";

/** Which fills: those whose orders rested, those that took, or every one. */
export type Liquidity = "maker" | "taker" | "all";

/** Markouts of many fills at one horizon. Equal and weighted means may differ even in sign, so both are told. */
export interface MarkoutSummary {
  /** How long after the fills. */
  readonly afterMs: number;
  readonly n: number;
  /** Each fill counts alike; each counts by quantity · mid. */
  readonly meanBps: Measure;
  readonly weightedBps: Measure;
  readonly meanDriftBps: Measure;
  /** Price, weighted by quantity. */
  readonly meanPrice: Measure;
  /** Money: Σ markout · quantity, and the same less fees. */
  readonly gross: Measure;
  readonly net: Measure;
  readonly meanNetBps: Measure;
}

/** Spread capture of many fills. */
export interface CaptureSummary {
  readonly n: number;
  readonly meanBps: Measure;
  readonly weightedBps: Measure;
  /** Money: Σ spread capture · quantity. */
  readonly total: Measure;
  readonly meanSlippageBps: Measure;
}

const WANTED: Readonly<Record<Liquidity, number | undefined>> = { maker: 1, taker: 0, all: undefined };
const NOTHING = unknown("no fill has a reference price for the time");

/** Of each horizon, a while after the fills; one result a horizon. */
export function summarizeMarkouts(
  fills: Fills,
  quality: FillQuality,
  { aftersMs, liquidity }: { readonly aftersMs: readonly number[]; readonly liquidity: Liquidity },
): MarkoutSummary[] {
  return sumMarkouts(fills, quality, { aftersMs, wanted: WANTED[liquidity] }).map(summaryOf);
}

function summaryOf({ afterMs, n, weight, size, feeless, ...sums }: MarkoutSums): MarkoutSummary {
  const mean = (sum: number, of: number): Measure => (n === 0 ? NOTHING : measured(sum / of, n));
  const withFees = (value: number): Measure => {
    if (n === 0) return NOTHING;
    return feeless === 0 ? measured(value, n) : unknown("not every fill says its fee", n);
  };
  return {
    afterMs,
    n,
    meanBps: mean(sums.bps, n),
    // Of bps by notional the mid cancels out: what is left is money by notional.
    weightedBps: mean(BPS * sums.gross, weight),
    meanDriftBps: mean(sums.drift, n),
    meanPrice: mean(sums.gross, size),
    gross: mean(sums.gross, 1),
    net: withFees(sums.gross - sums.fees),
    meanNetBps: withFees((sums.bps - sums.feeBps) / n),
  };
}

export function summarizeCapture(fills: Fills, quality: FillQuality, liquidity: Liquidity): CaptureSummary {
  const [plain, weighted, slippage, money] = [new Mean(), new Mean(), new Mean(), new Mean()];
  for (let index = 0; index < quality.mid.length; index++) {
    const mid = quality.mid[index] as number;
    if (!isWanted(fills, index, liquidity) || Number.isNaN(mid)) continue;
    const quantity = fills.quantity[index] as number;
    const { spreadCapture, spreadCaptureBps, slippageBps } = captureAt(fills, quality, index);
    plain.add(spreadCaptureBps, 1);
    weighted.add(spreadCaptureBps, quantity * mid);
    slippage.add(slippageBps, 1);
    money.add(spreadCapture, quantity);
  }
  return {
    n: plain.n,
    meanBps: plain.measure,
    weightedBps: weighted.measure,
    total: plain.n === 0 ? plain.measure : measured(money.sum, plain.n),
    meanSlippageBps: slippage.measure,
  };
}

const isWanted = (fills: Fills, index: number, liquidity: Liquidity): boolean =>
  liquidity === "all" || fills.maker[index] === WANTED[liquidity];

/** A weighted mean as its values come. */
class Mean {
  n = 0;
  sum = 0;
  #weight = 0;

  add(value: number, weight: number): void {
    this.n++;
    this.sum += value * weight;
    this.#weight += weight;
  }

  get measure(): Measure {
    return this.n === 0 ? NOTHING : measured(this.sum / this.#weight, this.n);
  }
}
