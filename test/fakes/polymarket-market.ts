export type Side = "bids" | "asks";
export type Outcome = 0 | 1;

export interface LevelChange {
  readonly side: Side;
  /** In prices of the first token. */
  readonly price: string;
  /** "0" takes the level away. */
  readonly size: string;
}

export interface FakeMarketOptions {
  readonly labels?: readonly [string, string];
  /** The slug of its event. */
  readonly event?: string;
  /** As in `/clob-markets`; null leaves it out, as for a market without fees. */
  readonly fees?: { readonly r: number; readonly e: number } | null;
}

/** One market as it truly is, and how the venue writes it. */
export class PolymarketTruth {
  readonly slug: string;
  readonly condition: string;
  readonly tokens: readonly [string, string];
  readonly labels: readonly [string, string];
  readonly event: string;
  readonly #fees: FakeMarketOptions["fees"];
  /** Orders are taken. */
  isOpen = true;
  /** In prices of the first token. */
  readonly #levels: Readonly<Record<Side, Map<string, string>>> = {
    bids: new Map([
      ["0.45", "100"],
      ["0.44", "50.5"],
    ]),
    asks: new Map([
      ["0.48", "80"],
      ["0.5", "200.25"],
    ]),
  };
  tick = "0.01";
  /** The market goes on, and its stream does not. */
  isFrozen = false;
  isResolved = false;
  /** REST tells nothing between 1 and 99 cents. */
  isGhost = false;
  /** The book that REST goes on telling. */
  oldBook: unknown;

  constructor(
    slug: string,
    index: number,
    { labels = ["Yes", "No"], fees = { r: 0.04, e: 1 }, event = `event-of-${slug}` }: FakeMarketOptions,
  ) {
    this.slug = slug;
    this.event = event;
    this.condition = `0x${String(index).padStart(64, "a")}`;
    this.tokens = [`1${String(index).padStart(76, "0")}`, `2${String(index).padStart(76, "0")}`];
    this.labels = labels;
    this.#fees = fees;
  }

  apply(changes: readonly LevelChange[]): void {
    for (const { side, price, size } of changes) {
      if (Number(size) === 0) this.#levels[side].delete(price);
      else this.#levels[side].set(price, size);
    }
  }

  /** The levels of a side in prices of the first token, the best first. */
  levels(side: Side): [price: string, size: string][] {
    const rising = [...this.#levels[side]].sort(([a], [b]) => Number(a) - Number(b));
    return side === "asks" ? rising : rising.reverse();
  }

  best(outcome: Outcome): { bid: string; ask: string } {
    const [bid = "0"] = this.levels("bids")[0] ?? [];
    const [ask = "1"] = this.levels("asks")[0] ?? [];
    return outcome === 0 ? { bid, ask } : { bid: mirrored(ask), ask: mirrored(bid) };
  }

  /** A change as it is told of one of the tokens. */
  told({ side, price, size }: LevelChange, outcome: Outcome) {
    const isBid = (side === "bids") === (outcome === 0);
    return { price: outcome === 0 ? price : mirrored(price), size, side: isBid ? "BUY" : "SELL" };
  }

  /** The `book` of one of the tokens, the best levels last, as REST has it. */
  book(outcome: Outcome, timestamp: string) {
    const levels = (side: Side) =>
      this.levels(side)
        .map(([price, size]) => ({ price: outcome === 0 ? price : mirrored(price), size }))
        .reverse();
    const [bids, asks] = outcome === 0 ? [levels("bids"), levels("asks")] : [levels("asks"), levels("bids")];
    const ids = { market: this.condition, asset_id: this.tokens[outcome] };
    const rules = { min_order_size: "5", tick_size: this.tick, neg_risk: false };
    return { event_type: "book", ...ids, timestamp, hash: "0xabc", bids, asks, ...rules };
  }

  /** What REST tells of one of the tokens. */
  restBook(outcome: Outcome, timestamp: string): unknown {
    const book = this.book(outcome, timestamp);
    const far = (price: string) => ({ price, size: "15000000" });
    return this.isGhost ? { ...book, bids: [far("0.01")], asks: [far("0.99")] } : (this.oldBook ?? book);
  }

  /** As Gamma writes it: lists inside of texts. */
  gamma(): unknown {
    return {
      id: "512345",
      question: `Will it be so: ${this.slug}?`,
      conditionId: this.condition,
      slug: this.slug,
      endDate: "2027-01-31T12:00:00Z",
      category: "Politics",
      outcomes: JSON.stringify(this.labels),
      outcomePrices: JSON.stringify(this.isResolved ? ["1", "0"] : ["0.465", "0.535"]),
      clobTokenIds: JSON.stringify(this.tokens),
      active: true,
      closed: this.isResolved,
      enableOrderBook: true,
      acceptingOrders: this.isOpen && !this.isResolved,
      orderPriceMinTickSize: Number(this.tick),
      orderMinSize: 5,
      events: [{ slug: this.event }],
      takerBaseFee: 1000,
      makerBaseFee: 1000,
      ...(this.isResolved ? { umaResolutionStatus: "resolved" } : {}),
    };
  }

  /** As `/clob-markets` writes it. */
  clob(): unknown {
    const t = this.tokens.map((token, index) => ({ t: token, o: this.labels[index] }));
    const fees = this.#fees === null || this.#fees === undefined ? {} : { fd: { ...this.#fees, to: true } };
    return { t, c: this.condition, mos: 5, mts: 0.01, mbf: 1000, tbf: 1000, ao: true, ...fees, v: "v1" };
  }
}

/** 1 − price, exact to four decimals. */
const mirrored = (price: string): string => String((10_000 - Math.round(Number(price) * 10_000)) / 10_000);
