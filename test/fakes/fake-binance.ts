import { type VenueAnswer, type VenueRequest, VenueServer, type VenueSocket, jsonAnswer } from "./venue-server.ts";

type Side = "bids" | "asks";
type Levels = Map<string, string>;

interface Market {
  readonly symbol: string;
  readonly bids: Levels;
  readonly asks: Levels;
  /** Id of the newest update. */
  u: number;
  /** Depth is not told, and everything else goes on. */
  isFrozen: boolean;
  /** The snapshot to be told instead of the true one. */
  oldSnapshot: string | undefined;
  /** Depth frames that wait to be told in another order. */
  swapped: string[] | undefined;
}

export interface Change {
  readonly side: Side;
  readonly price: string;
  /** "0" takes the level away. */
  readonly size: string;
}

const FIRST_ID = 5_000_000;
const IDS_PER_UPDATE = 7;

/**
 * Binance USD-M as a client sees it: streams by SUBSCRIBE, depth with `U`, `u`, `pu`, bookTicker, aggTrade, markPrice,
 * snapshots and exchangeInfo. It has the true books, and tells them falsely on command.
 */
export class FakeBinance {
  readonly #markets = new Map<string, Market>();
  readonly #streams = new Map<VenueSocket, Set<string>>();
  readonly #planned: { readonly path: string; readonly answer: VenueAnswer }[] = [];
  readonly #refusals: number[] = [];
  readonly requests: VenueRequest[] = [];
  #server: VenueServer | undefined;
  #lost = 0;
  #repeats = 0;
  #trades = 0;
  /** SUBSCRIBE gets no reply. */
  isMute = false;
  /** Sockets stay open, and nothing comes any more. */
  isSilent = false;
  connections = 0;
  usedWeight = 1;

  static async start(symbols: readonly string[]): Promise<FakeBinance> {
    const fake = new FakeBinance();
    for (const symbol of symbols) fake.#markets.set(symbol, newMarket(symbol));
    fake.#server = await VenueServer.start({
      answer: (request) => fake.#answer(request),
      refuse: () => fake.#refusals.shift(),
      opened: (socket) => {
        fake.connections++;
        fake.#streams.set(socket, new Set());
      },
      message: (socket, text) => fake.#command(socket, text),
      closed: (socket) => fake.#streams.delete(socket),
    });
    return fake;
  }

  get restUrl(): string {
    return this.#running.httpUrl;
  }

  get wsUrl(): string {
    return `${this.#running.wsUrl}/stream`;
  }

  async close(): Promise<void> {
    await this.#running.close();
  }

  /** How many sockets have the depth of a symbol. */
  watchers(symbol: string): number {
    return [...this.#streams.values()].filter((names) => names.has(`${symbol.toLowerCase()}@depth@100ms`)).length;
  }

  /** The true levels of a side, the best first. */
  levels(symbol: string, side: Side): [price: string, size: string][] {
    const rising = [...this.#market(symbol)[side]].sort(([a], [b]) => Number(a) - Number(b));
    return side === "asks" ? rising : rising.reverse();
  }

  /** Changes the book, and tells depth, then bookTicker. */
  change(symbol: string, changes: readonly Change[]): void {
    const market = this.#market(symbol);
    for (const { side, price, size } of changes) apply(market[side], price, size);
    this.#depth(market, changes);
    this.ticker(symbol);
  }

  /** Tells the true top after the newest update. */
  ticker(symbol: string): void {
    const { u } = this.#market(symbol);
    const [b = "0", B = "0"] = this.levels(symbol, "bids")[0] ?? [];
    const [a = "0", A = "0"] = this.levels(symbol, "asks")[0] ?? [];
    const now = Date.now();
    this.#publish(symbol, "bookTicker", { e: "bookTicker", u, s: symbol, b, B, a, A, T: now, E: now });
  }

  trade(
    symbol: string,
    trade: { readonly price: string; readonly size: string; readonly isBuyerMaker: boolean },
  ): void {
    const now = Date.now();
    const { price: p, size: q, isBuyerMaker: m } = trade;
    this.#publish(symbol, "aggTrade", {
      e: "aggTrade",
      E: now,
      s: symbol,
      a: ++this.#trades,
      p,
      q,
      f: 1,
      l: 1,
      T: now,
      m,
    });
  }

  markPrice(symbol: string, price: string): void {
    const data = { e: "markPriceUpdate", E: Date.now(), s: symbol, p: price, i: price, P: price, r: "0.0001", T: 0 };
    this.#publish(symbol, "markPrice@1s", data);
  }

  /** The next depth frames are lost on their way. */
  loseNext(count: number): void {
    this.#lost = count;
  }

  /** The next depth frames come twice. */
  repeatNext(count: number): void {
    this.#repeats = count;
  }

  /** The next two depth frames come in the wrong order. */
  swapNext(symbol: string): void {
    this.#market(symbol).swapped = [];
  }

  /** Tells a level that is not in the book. */
  lie(symbol: string, change: Change): void {
    this.#depth(this.#market(symbol), [change]);
  }

  freeze(symbol: string): void {
    this.#market(symbol).isFrozen = true;
  }

  thaw(symbol: string): void {
    this.#market(symbol).isFrozen = false;
  }

  /** Update ids begin anew, as after maintenance. */
  restartIds(symbol: string): void {
    this.#market(symbol).u = FIRST_ID / 2;
  }

  /** Snapshots tell the book as it is now until `freshSnapshots`. */
  oldSnapshots(symbol: string): void {
    this.#market(symbol).oldSnapshot = this.#snapshot(symbol);
  }

  freshSnapshots(symbol: string): void {
    this.#market(symbol).oldSnapshot = undefined;
  }

  /** The next request for a path gets this answer. */
  plan(path: string, answer: VenueAnswer): void {
    this.#planned.push({ path, answer });
  }

  refuseHandshakes(...statuses: readonly number[]): void {
    this.#refusals.push(...statuses);
  }

  /** Sends a frame as it is to everybody. */
  say(text: string): void {
    for (const socket of this.#streams.keys()) socket.send(text);
  }

  drop(): void {
    this.#running.dropAll();
  }

  asked(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  get #running(): VenueServer {
    if (this.#server === undefined) throw new Error("the fake has not been started");
    return this.#server;
  }

  #market(symbol: string): Market {
    const market = this.#markets.get(symbol);
    if (market === undefined) throw new Error(`the fake has no ${symbol}`);
    return market;
  }

  #depth(market: Market, changes: readonly Change[]): void {
    const pu = market.u;
    market.u += IDS_PER_UPDATE;
    if (market.isFrozen) return;
    const of = (side: Side) => changes.filter((one) => one.side === side).map(({ price, size }) => [price, size]);
    const [now, s] = [Date.now(), market.symbol];
    const data = { e: "depthUpdate", E: now, T: now, s, U: pu + 1, u: market.u, pu, b: of("bids"), a: of("asks") };
    if (this.#lost > 0) {
      this.#lost--;
      return;
    }
    this.#deliver(market, frameOf(s, "depth@100ms", data));
  }

  #deliver(market: Market, text: string): void {
    const name = streamOf(market.symbol, "depth@100ms");
    if (market.swapped !== undefined) {
      market.swapped.unshift(text);
      if (market.swapped.length < 2) return;
      for (const one of market.swapped) this.#send(name, one);
      market.swapped = undefined;
      return;
    }
    this.#send(name, text);
    if (this.#repeats === 0) return;
    this.#repeats--;
    this.#send(name, text);
  }

  #publish(symbol: string, stream: string, data: unknown): void {
    this.#send(streamOf(symbol, stream), frameOf(symbol, stream, data));
  }

  #send(stream: string, text: string): void {
    if (this.isSilent) return;
    for (const [socket, names] of this.#streams) if (names.has(stream)) socket.send(text);
  }

  #command(socket: VenueSocket, text: string): void {
    const { method, params, id } = JSON.parse(text) as { method: string; params: readonly string[]; id: number };
    if (this.isMute || this.isSilent) return;
    if (method !== "SUBSCRIBE") return socket.json({ code: 2, msg: `Invalid request: unknown variant ${method}`, id });
    for (const name of params) this.#streams.get(socket)?.add(name);
    socket.json({ result: null, id });
  }

  #answer(request: VenueRequest): VenueAnswer {
    this.requests.push(request);
    const planned = this.#planned.findIndex(({ path }) => path === request.path);
    if (planned >= 0) return this.#planned.splice(planned, 1)[0]?.answer ?? "hang";
    const headers = { "X-MBX-USED-WEIGHT-1M": String(this.usedWeight) };
    if (request.path === "/fapi/v1/depth") {
      const symbol = request.query.get("symbol") ?? "";
      if (!this.#markets.has(symbol)) return jsonAnswer({ code: -1121, msg: "Invalid symbol." }, 400);
      const levels = Number(request.query.get("limit") ?? 500);
      return { status: 200, text: this.#market(symbol).oldSnapshot ?? this.#snapshot(symbol, levels), headers };
    }
    if (request.path === "/fapi/v1/exchangeInfo") return { status: 200, text: JSON.stringify(this.#info()), headers };
    return jsonAnswer({ code: -5000, msg: `Path ${request.path}, Method ${request.method} is invalid` }, 404);
  }

  #snapshot(symbol: string, count = 1_000): string {
    const { u: lastUpdateId } = this.#market(symbol);
    const [bids, asks] = (["bids", "asks"] as const).map((side) => this.levels(symbol, side).slice(0, count));
    return JSON.stringify({ lastUpdateId, E: Date.now(), T: Date.now(), bids, asks });
  }

  #info(): unknown {
    return {
      timezone: "UTC",
      rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 2400 }],
      symbols: [...this.#markets.keys()].map((symbol) => ({
        symbol,
        status: "TRADING",
        contractType: "PERPETUAL",
        deliveryDate: 4_133_404_800_000,
        baseAsset: symbol.replace(/USDT$/, ""),
        quoteAsset: "USDT",
        marginAsset: "USDT",
        underlyingType: "COIN",
        filters: [{ filterType: "PRICE_FILTER", minPrice: "0.10", maxPrice: "1000000", tickSize: "0.10" }],
      })),
    };
  }
}

function newMarket(symbol: string): Market {
  const bids: Levels = new Map([99.8, 99.9, 100].map((price) => [price.toFixed(2), "1.500"]));
  const asks: Levels = new Map([100.1, 100.2, 100.3].map((price) => [price.toFixed(2), "2.500"]));
  return { symbol, bids, asks, u: FIRST_ID, isFrozen: false, oldSnapshot: undefined, swapped: undefined };
}

function apply(levels: Levels, price: string, size: string): void {
  if (Number(size) === 0) levels.delete(price);
  else levels.set(price, size);
}

const streamOf = (symbol: string, stream: string): string => `${symbol.toLowerCase()}@${stream}`;

const frameOf = (symbol: string, stream: string, data: unknown): string =>
  JSON.stringify({ stream: streamOf(symbol, stream), data });
