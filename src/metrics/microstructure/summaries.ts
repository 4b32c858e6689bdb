import { type Measure, measured, unknown } from "../measure.ts";
import type { Fills } from "./columns.ts";
import type { FillQuality, Markout } from "./markouts.ts";

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

const WANTED: Readonly<Record<Exclude<Liquidity, "all">, number>> = { maker: 1, taker: 0 };

export function summarizeMarkouts(
  fills: Fills,
  { mid }: FillQuality,
  { markout, liquidity }: { readonly markout: Markout; readonly liquidity: Liquidity },
): MarkoutSummary {
  const { price, bps, net, netBps, driftBps } = markout;
  const [plain, weighted, drifts, nets] = [new Mean(), new Mean(), new Mean(), new Mean()];
  const prices = new Mean();
  let money = 0;
  for (let index = 0; index < mid.length; index++) {
    // A fill counts where both the mid then and the mid later are known: in every figure of a row the same ones.
    if (!isWanted(fills, index, liquidity) || Number.isNaN(bps[index])) continue;
    const quantity = fills.quantity[index] as number;
    plain.add(bps[index] as number, 1);
    weighted.add(bps[index] as number, quantity * (mid[index] as number));
    drifts.add(driftBps[index] as number, 1);
    nets.add(netBps[index] as number, 1);
    prices.add(price[index] as number, quantity);
    money += net[index] as number;
  }
  const { n } = plain;
  return {
    n,
    meanBps: plain.measure,
    weightedBps: weighted.measure,
    meanDriftBps: drifts.measure,
    meanPrice: prices.measure,
    gross: n === 0 ? prices.measure : measured(prices.sum, n),
    net: n === 0 ? prices.measure : measured(money, n),
    meanNetBps: nets.measure,
  };
}

export function summarizeCapture(fills: Fills, quality: FillQuality, liquidity: Liquidity): CaptureSummary {
  const [plain, weighted, slippage, money] = [new Mean(), new Mean(), new Mean(), new Mean()];
  for (let index = 0; index < quality.mid.length; index++) {
    const mid = quality.mid[index] as number;
    if (!isWanted(fills, index, liquidity) || Number.isNaN(mid)) continue;
    const quantity = fills.quantity[index] as number;
    plain.add(quality.spreadCaptureBps[index] as number, 1);
    weighted.add(quality.spreadCaptureBps[index] as number, quantity * mid);
    slippage.add(quality.slippageBps[index] as number, 1);
    money.add(quality.spreadCapture[index] as number, quantity);
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
    return this.n === 0
      ? unknown("no fill has a reference price for the time")
      : measured(this.sum / this.#weight, this.n);
  }
}
