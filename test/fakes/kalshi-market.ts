export type Leg = "yes" | "no";

/** The true book of a market: sizes in hundredths of a contract by price in 1e-4 dollars, bids of each leg. */
export class TrueMarket {
  readonly ticker: string;
  readonly yes = new Map<number, number>();
  readonly no = new Map<number, number>();
  /** What the metadata says besides; a test may change it. */
  readonly facts: Record<string, unknown>;

  constructor(ticker: string) {
    this.ticker = ticker;
    this.facts = {
      ticker,
      event_ticker: eventOf(ticker),
      title: `Will ${ticker} happen?`,
      yes_sub_title: "Above 4.25",
      status: "active",
      close_time: "2027-04-28T18:00:00Z",
      latest_expiration_time: "2027-05-04T18:00:00Z",
      price_ranges: [
        { start: "0.0000", end: "0.1000", step: "0.0010" },
        { start: "0.1000", end: "0.9000", step: "0.0100" },
        { start: "0.9000", end: "1.0000", step: "0.0010" },
      ],
      result: "",
    };
  }

  /** Puts a size at a price of a leg and gives the change, both in hundredths of a contract. */
  put(leg: Leg, price: number, size: number): number {
    const levels = this[leg];
    const change = size - (levels.get(price) ?? 0);
    if (size === 0) levels.delete(price);
    else levels.set(price, size);
    return change;
  }

  /** Bids of YES, the best first. */
  get bids(): [string, string][] {
    return [...this.yes].sort(([a], [b]) => b - a).map(([price, size]) => [dollars(price), contracts(size)]);
  }

  /** Asks of YES, the best first: what others bid for NO. */
  get asks(): [string, string][] {
    return [...this.no].sort(([a], [b]) => b - a).map(([price, size]) => [dollars(10_000 - price), contracts(size)]);
  }
}

export const eventOf = (ticker: string): string => ticker.split("-").slice(0, 2).join("-");

export const seriesOf = (event: string): string => event.split("-")[0] ?? event;

const dollars = (price: number): string => (price / 10_000).toFixed(4);

const contracts = (size: number): string => (size / 100).toFixed(2);

/** Levels of a leg as the venue lists them: the worst first, prices as asked for. */
function wireLevels(levels: ReadonlyMap<number, number>, asYes: boolean): [string, string][] {
  return [...levels]
    .sort(([a], [b]) => a - b)
    .map(([price, size]) => [dollars(asYes ? 10_000 - price : price), contracts(size)]);
}

export type Generation = "G1" | "G2" | "G3";

/** A snapshot's `msg` in the format of a generation. A side without bids is absent. */
export function snapshotMsg(market: TrueMarket, generation: Generation, asYes: boolean): Record<string, unknown> {
  const msg: Record<string, unknown> = { market_ticker: market.ticker, market_id: `id-of-${market.ticker}` };
  for (const leg of ["yes", "no"] as const) {
    const levels = wireLevels(market[leg], leg === "no" && asYes);
    if (levels.length === 0) continue;
    if (generation !== "G3") msg[leg] = levels.map(([price, size]) => [Math.round(Number(price) * 100), Number(size)]);
    if (generation === "G2") msg[`${leg}_dollars`] = levels.map(([price, size]) => [price, Math.trunc(Number(size))]);
    if (generation !== "G1") msg[`${leg}_dollars_fp`] = levels;
  }
  return msg;
}

export interface ChangeAt {
  readonly ticker: string;
  readonly leg: Leg;
  readonly price: number;
  readonly change: number;
  readonly atMs: number;
}

/** A delta's `msg` in the format of a generation. */
export function deltaMsg(
  { ticker, leg, price, change, atMs }: ChangeAt,
  generation: Generation,
  asYes: boolean,
): Record<string, unknown> {
  const told = leg === "no" && asYes ? 10_000 - price : price;
  const older = { price: Math.round(told / 100), delta: Math.round(change / 100) };
  const newer = { price_dollars: dollars(told), delta_fp: contracts(change) };
  return {
    market_ticker: ticker,
    side: leg,
    ...(generation === "G3" ? {} : older),
    ...(generation === "G1" ? {} : newer),
    ts: new Date(atMs).toISOString(),
    ts_ms: atMs,
  };
}
