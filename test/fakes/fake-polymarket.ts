import { FakeAccount } from "./polymarket-account.ts";
import {
  type FakeMarketOptions,
  type LevelChange,
  type Outcome,
  PolymarketTruth,
  type Side,
} from "./polymarket-market.ts";
import { jsonAnswer, type VenueAnswer, type VenueRequest, VenueServer, type VenueSocket } from "./venue-server.ts";

/** How price changes are written: 2024, until September 2025, since then. */
export type ChangeFormat = "A" | "B" | "C";

const FORMAT_B = "price_change";
const TOKENS_MAX = 500;

/**
 * Polymarket as a client sees it: market and user channels with text PING, Gamma, CLOB books. It has the true books, tells
 * each order as a change of both tokens, and tells falsely on command.
 */
export class FakePolymarket {
  readonly #markets = new Map<string, PolymarketTruth>();
  readonly #subscribed = new Map<VenueSocket, Set<string>>();
  readonly #pinged = new Map<VenueSocket, number>();
  readonly #users = new Set<VenueSocket>();
  readonly #planned: { readonly path: string; readonly answer: VenueAnswer }[] = [];
  readonly account = new FakeAccount();
  readonly requests: VenueRequest[] = [];
  /** Every frame of a client. */
  readonly said: string[] = [];
  #server: VenueServer | undefined;
  #lost = 0;
  #clock = 1_790_000_000_000;
  format: ChangeFormat = "C";
  /** Frames are arrays of messages. */
  inArrays = false;
  /** Prices without the zero before the point. */
  bareDecimals = false;
  /** PING gets no PONG, and nothing else comes either. */
  isSilent = false;
  /** Subscriptions bring no book. */
  withoutBooks = false;
  connections = 0;

  static async start(): Promise<FakePolymarket> {
    const fake = new FakePolymarket();
    fake.#server = await VenueServer.start({
      answer: (request) => fake.#answer(request),
      opened: (socket) => {
        fake.connections++;
        fake.#pinged.set(socket, 0);
        fake.#subscribed.set(socket, new Set());
      },
      message: (socket, text) => fake.#frame(socket, text),
      closed: (socket) => {
        fake.#subscribed.delete(socket);
        fake.#pinged.delete(socket);
        fake.#users.delete(socket);
      },
    });
    return fake;
  }

  get httpUrl(): string {
    return this.#running.httpUrl;
  }

  get wsUrl(): string {
    return `${this.#running.wsUrl}/ws`;
  }

  async close(): Promise<void> {
    await this.#running.close();
  }

  /** Lists a market and gives its condition id. */
  list(slug: string, options: FakeMarketOptions = {}): string {
    const market = new PolymarketTruth(slug, this.#markets.size + 1, options);
    this.#markets.set(slug, market);
    return market.condition;
  }

  token(slug: string, outcome: Outcome): string {
    return this.#market(slug).tokens[outcome];
  }

  /** How many PINGs came from clients that are still there. */
  get pings(): number {
    return [...this.#pinged.values()].reduce((sum, count) => sum + count, 0);
  }

  watchers(slug: string): number {
    const [token] = this.#market(slug).tokens;
    return [...this.#subscribed.values()].filter((tokens) => tokens.has(token)).length;
  }

  /** How many tokens each connection has subscribed to. */
  get shards(): number[] {
    return [...this.#subscribed.values()].map(({ size }) => size).filter((size) => size > 0);
  }

  /** The true levels of a side in prices of the first token, the best first. */
  levels(slug: string, side: Side): [price: string, size: string][] {
    return this.#market(slug).levels(side);
  }

  /** Changes the book and tells it. */
  change(slug: string, ...changes: readonly LevelChange[]): void {
    const market = this.#market(slug);
    market.apply(changes);
    this.#tellChanges(market, changes);
  }

  /** Tells a change that did not happen. */
  lie(slug: string, change: LevelChange): void {
    this.#tellChanges(this.#market(slug), [change]);
  }

  /** The next change happens and is lost on its way. */
  loseNext(): void {
    this.#lost++;
  }

  /** Tells the whole book of both tokens, as after a trade. */
  book(slug: string): void {
    const market = this.#market(slug);
    for (const outcome of [0, 1] as const) this.#send(market.tokens[outcome], this.#book(market, outcome));
  }

  best(slug: string, best: { readonly bid: string; readonly ask: string } = this.#market(slug).best(0)): void {
    const market = this.#market(slug);
    const { bid, ask } = best;
    const event = { event_type: "best_bid_ask", market: market.condition, asset_id: market.tokens[0], spread: "" };
    this.#send(market.tokens[0], { ...event, best_bid: bid, best_ask: ask, timestamp: this.#now() });
  }

  trade(
    slug: string,
    outcome: Outcome,
    trade: { readonly price: string; readonly size: string; readonly side: string },
  ): void {
    const market = this.#market(slug);
    const event = { event_type: "last_trade_price", market: market.condition, asset_id: market.tokens[outcome] };
    const more = { ...trade, fee_rate_bps: "0", timestamp: this.#now(), transaction_hash: "0xfeed" };
    this.#send(market.tokens[outcome], { ...event, ...more });
  }

  /** Changes the tick. The book follows only when it is asked for. */
  changeTick(slug: string, tick: string): void {
    const market = this.#market(slug);
    const old_tick_size = market.tick;
    market.tick = tick;
    for (const asset_id of market.tokens) {
      const event = { event_type: "tick_size_change", market: market.condition, asset_id, old_tick_size };
      this.#send(asset_id, { ...event, new_tick_size: tick, timestamp: this.#now() });
    }
  }

  /** The market goes on, and its stream does not. */
  freeze(slug: string): void {
    this.#market(slug).isFrozen = true;
  }

  thaw(slug: string): void {
    this.#market(slug).isFrozen = false;
  }

  /** Takes no more orders; what it pays is not known yet. */
  shut(slug: string): void {
    this.#market(slug).isOpen = false;
  }

  /** Resolves for the first outcome; `isTold` on the stream. */
  resolve(slug: string, isTold: boolean): void {
    const market = this.#market(slug);
    market.isResolved = true;
    if (!isTold) return;
    const [winner] = market.tokens;
    const event = { event_type: "market_resolved", id: "1", market: market.condition, assets_ids: market.tokens };
    this.#send(winner, {
      ...event,
      winning_asset_id: winner,
      winning_outcome: market.labels[0],
      timestamp: this.#now(),
    });
  }

  ghost(slug: string, isGhost: boolean): void {
    this.#market(slug).isGhost = isGhost;
  }

  /** REST goes on telling the book of now. */
  keepOldBook(slug: string): void {
    const market = this.#market(slug);
    market.oldBook = market.book(0, this.#now());
  }

  /** Sends a frame as it is to every client. */
  say(text: string): void {
    for (const socket of this.#subscribed.keys()) socket.send(text);
  }

  /** Sends a frame of the user channel. */
  tellUser(text: string): void {
    for (const socket of this.#users) socket.send(text);
  }

  get users(): number {
    return this.#users.size;
  }

  /** The next request for a path gets this answer. */
  plan(path: string, answer: VenueAnswer): void {
    this.#planned.push({ path, answer });
  }

  asked(path: string): number {
    return this.requests.filter((request) => request.path.startsWith(path)).length;
  }

  drop(): void {
    this.#running.dropAll();
  }

  get #running(): VenueServer {
    if (this.#server === undefined) throw new Error("the fake has not been started");
    return this.#server;
  }

  #market(slug: string): PolymarketTruth {
    const market = this.#markets.get(slug);
    if (market === undefined) throw new Error(`the fake has no ${slug}`);
    return market;
  }

  /** The venue's time; every message is later than the one before. */
  #now(): string {
    return String(++this.#clock);
  }

  #price(text: string): string {
    return this.bareDecimals ? text.replace(/^0\./, ".") : text;
  }

  #tellChanges(market: PolymarketTruth, changes: readonly LevelChange[]): void {
    if (this.#lost > 0) {
      this.#lost--;
      return;
    }
    if (this.format === "C") return this.#tellC(market, changes);
    for (const outcome of [0, 1] as const) {
      const token = market.tokens[outcome];
      const told = changes.map((change) => this.#change(market, change, outcome));
      const event = { event_type: FORMAT_B, asset_id: token, market: market.condition, hash: "3cd4" };
      if (this.format === "B") this.#send(token, { ...event, changes: told, timestamp: this.#now() });
      else for (const change of told) this.#send(token, { ...event, ...change, timestamp: this.#now() });
    }
  }

  #tellC(market: PolymarketTruth, changes: readonly LevelChange[]): void {
    const price_changes = changes.flatMap((change) =>
      ([0, 1] as const).map((outcome) => {
        const { bid, ask } = market.best(outcome);
        const best = { best_bid: this.#price(bid), best_ask: this.#price(ask) };
        return { asset_id: market.tokens[outcome], ...this.#change(market, change, outcome), hash: "5662", ...best };
      }),
    );
    const event = { event_type: FORMAT_B, market: market.condition, price_changes, timestamp: this.#now() };
    this.#send(market.tokens[0], event);
  }

  #change(market: PolymarketTruth, change: LevelChange, outcome: Outcome) {
    const told = market.told(change, outcome);
    return { ...told, price: this.#price(told.price) };
  }

  #book(market: PolymarketTruth, outcome: Outcome): unknown {
    const book = market.book(outcome, this.#now());
    const shown = (levels: typeof book.bids) => levels.map(({ price, size }) => ({ price: this.#price(price), size }));
    return { ...book, bids: shown(book.bids), asks: shown(book.asks) };
  }

  /** To those who have the token; a market's change goes to them once. */
  #send(token: string, event: unknown): void {
    const market = [...this.#markets.values()].find(({ tokens }) => tokens.includes(token));
    if (this.isSilent || market?.isFrozen === true) return;
    const text = JSON.stringify(this.inArrays ? [event] : event);
    for (const [socket, tokens] of this.#subscribed) if (tokens.has(token)) socket.send(text);
  }

  #frame(socket: VenueSocket, text: string): void {
    this.said.push(text);
    if (this.isSilent) return;
    if (text === "PING") {
      this.#pinged.set(socket, (this.#pinged.get(socket) ?? 0) + 1);
      return socket.send("PONG");
    }
    const command = JSON.parse(text) as Command;
    if (socket.request.path.endsWith("/user")) return this.#user(socket, command);
    const tokens = this.#subscribed.get(socket) ?? new Set();
    // The venue looks at no other name than this.
    const asked = command.assets_ids ?? [];
    if (command.operation === "unsubscribe") for (const token of asked) tokens.delete(token);
    else this.#subscribe(socket, tokens, asked);
  }

  #subscribe(socket: VenueSocket, tokens: Set<string>, asked: readonly string[]): void {
    const fresh = asked.filter((token) => !tokens.has(token));
    if (fresh.length === 0) return socket.send("NO NEW ASSETS");
    for (const token of fresh) tokens.add(token);
    if (this.withoutBooks || tokens.size > TOKENS_MAX) return;
    for (const token of fresh) {
      const market = [...this.#markets.values()].find((one) => one.tokens.includes(token));
      if (market === undefined || market.isFrozen) continue;
      const book = this.#book(market, token === market.tokens[0] ? 0 : 1);
      socket.json(this.inArrays ? [book] : book);
    }
  }

  #user(socket: VenueSocket, { auth }: Command): void {
    if (this.account.accepts(auth)) this.#users.add(socket);
    else socket.close(4001, "unauthorized");
  }

  #answer(request: VenueRequest): VenueAnswer {
    this.requests.push(request);
    const planned = this.#planned.findIndex(({ path }) => request.path.startsWith(path));
    if (planned >= 0) return this.#planned.splice(planned, 1)[0]?.answer ?? "hang";
    const ofAccount = this.account.answer(request);
    if (ofAccount !== undefined) return ofAccount;
    const { path, query } = request;
    const markets = [...this.#markets.values()];
    if (path === "/markets/keyset") {
      const closed = query.get("closed") === "true";
      const names = [...query.getAll("condition_ids"), ...query.getAll("slug")];
      const found = markets.filter(({ condition, slug }) => names.includes(condition) || names.includes(slug));
      return jsonAnswer({ markets: found.filter((one) => one.isResolved === closed).map((one) => one.gamma()) });
    }
    if (path.startsWith("/events/slug/")) return this.#event(path.slice("/events/slug/".length));
    if (path.startsWith("/clob-markets/")) {
      const found = markets.find(({ condition }) => path.endsWith(condition));
      return found === undefined ? jsonAnswer({ error: "market not found" }, 404) : jsonAnswer(found.clob());
    }
    return path === "/books" ? this.#books(request) : jsonAnswer({ error: "not found" }, 404);
  }

  #event(slug: string): VenueAnswer {
    const markets = [...this.#markets.values()].filter(({ event }) => event === slug).map((one) => one.gamma());
    if (markets.length === 0) return jsonAnswer({ type: "not found error", error: "slug not found" }, 404);
    const place = { slug: "somebody-else", negRiskOther: true, active: true, closed: false };
    return jsonAnswer({ id: "9", slug, title: "Which will it be?", markets: [...markets, place] });
  }

  #books({ body }: VenueRequest): VenueAnswer {
    const asked = JSON.parse(body) as readonly { readonly token_id: string }[];
    if (asked.length > TOKENS_MAX) return jsonAnswer({ error: "Payload exceeds the limit" }, 400);
    // Unknown tokens are left out, and the order is not kept.
    const books = asked.flatMap(({ token_id }) => {
      const market = [...this.#markets.values()].find(({ tokens }) => tokens.includes(token_id));
      if (market === undefined || market.isResolved) return [];
      return [market.restBook(token_id === market.tokens[0] ? 0 : 1, this.#now())];
    });
    return jsonAnswer(books.reverse());
  }
}

interface Command {
  readonly assets_ids?: readonly string[];
  readonly operation?: string;
  readonly type?: string;
  readonly auth?: Readonly<Record<string, string>>;
}
