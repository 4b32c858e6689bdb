import { type Measure, measured, unknown } from "../measure.ts";
import type { Fills } from "./columns.ts";
import { captureAt, type FillQuality } from "./markouts.ts";

/** Which fills: those whose orders rested, those that took, or every one. */
export type Liquidity = "maker" | "taker" | "all";

/** Markouts of many fills at one horizon. Equal and weighted means may differ even in sign, so both are told. */
export interface MarkoutSummary {
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

export function summarizeMarkouts(
  fills: Fills,
  quality: FillQuality,
  { afterMs, liquidity }: { readonly afterMs: number; readonly liquidity: Liquidity },
): MarkoutSummary {
  const { n, weight, size, feeless, ...sums } = sumMarkouts(fills, quality, { afterMs, wanted: WANTED[liquidity] });
  const mean = (sum: number, of: number): Measure => (n === 0 ? NOTHING : measured(sum / of, n));
  const withFees = (value: number): Measure => {
    if (n === 0) return NOTHING;
    return feeless === 0 ? measured(value, n) : unknown("not every fill says its fee", n);
  };
  return {
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

interface MarkoutSums {
  readonly n: number;
  readonly bps: number;
  readonly weight: number;
  readonly drift: number;
  readonly gross: number;
  readonly size: number;
  readonly fees: number;
  readonly feeBps: number;
  /** How many do not say their fee. */
  readonly feeless: number;
}

const BPS = 1e4;

/**
 * As `markoutAt` has it for each, with the quotes found on the way: columns of a million cost more than the sums. A fill counts where both the mid then and the mid later are known: in
 * every figure the same ones.
 */
function sumMarkouts(
  { at, side, price, quantity, fee, maker }: Fills,
  { mid, marks }: FillQuality,
  { afterMs, wanted }: { readonly afterMs: number; readonly wanted: number | undefined },
): MarkoutSums {
  let [n, bps, weight, drift, gross] = [0, 0, 0, 0, 0];
  let [size, fees, feeBps, feeless] = [0, 0, 0, 0];
  const { at: markedAt, value: values, until } = marks;
  const last = markedAt.length;
  let next = 0;
  for (let index = 0; index < mid.length; index++) {
    const time = (at[index] as number) + afterMs;
    if (time > until) break;
    while (next < last && (markedAt[next] as number) <= time) next++;
    const middle = mid[index] as number;
    const mark = values[next - 1] as number;
    if (Number.isNaN(middle) || (wanted !== undefined && maker[index] !== wanted)) continue;
    const own = side[index] as number;
    const filled = quantity[index] as number;
    const perBps = BPS / middle;
    const gained = own * (mark - (price[index] as number));
    const paid = fee[index] as number;
    n++;
    bps += gained * perBps;
    weight += middle * filled;
    drift += own * (mark - middle) * perBps;
    gross += gained * filled;
    size += filled;
    if (!Number.isNaN(paid)) {
      fees += paid;
      feeBps += (paid / filled) * perBps;
    } else feeless++;
  }
  return { n, bps, weight, drift, gross, size, fees, feeBps, feeless };
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
