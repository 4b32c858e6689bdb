import { constants, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { Secret } from "../../src/venues/core/secret.ts";
import { listMarkets } from "./kalshi-listing.ts";
import { deltaMsg, type Generation, type Leg, seriesOf, snapshotMsg, TrueMarket } from "./kalshi-market.ts";
import { jsonAnswer, type VenueAnswer, type VenueRequest, VenueServer, type VenueSocket } from "./venue-server.ts";

interface Subscription {
  readonly sid: number;
  readonly channel: string;
  readonly tickers: Set<string>;
  readonly asYes: boolean;
  seq: number;
}

interface Command {
  readonly id: number;
  readonly cmd: string;
  readonly params: Readonly<Record<string, unknown>>;
}

type Json = Record<string, unknown>;

const KEY_ID = "key-id-of-a-test";
/** One pair for all fakes of a process: to make one takes long. */
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PATH = "/trade-api/ws/v2";
const REST = "/trade-api/v2";
/** The venue pings every 10 s; clients of a fake run faster than the wall. */
const PING_MS = 200;
/** Channels whose messages are numbered. */
const NUMBERED = new Set(["orderbook_delta", "trade", "market_lifecycle_v2"]);

/** Kalshi as a client sees it. It has the true books, and tells them falsely on command. */
export class FakeKalshi {
  readonly markets = new Map<string, TrueMarket>();
  /** Everything that clients said, in order. */
  readonly commands: Command[] = [];
  readonly requests: VenueRequest[] = [];
  readonly #subscriptions = new Map<VenueSocket, Map<number, Subscription>>();
  readonly #planned: { readonly path: string; readonly answer: VenueAnswer }[] = [];
  readonly #refusals: number[] = [];
  #server: VenueServer | undefined;
  #pings: NodeJS.Timeout | undefined;
  #sid = 0;
  #drops = 0;
  #repeats = 0;
  #held: { readonly socket: VenueSocket; readonly frame: Json } | "next" | undefined;
  connections = 0;
  /** How frames are written. */
  generation: Generation = "G3";
  /** Prices of NO are told as if this had been asked for; undefined tells them as asked. */
  yesPrices: boolean | undefined;
  /** Commands that get no answer. */
  readonly deafTo = new Set<string>();
  /** Sockets stay open, and nothing comes any more, not even pings. */
  isSilent = false;
  /** Pings go on, and nothing else comes any more. */
  isFrozen = false;
  fills: Json[] = [];
  positions: Json[] = [];
  orders: Json[] = [];
  /** Orders in one page. */
  ordersPage = 200;
  /** Positions in one page. */
  positionsPage = 1_000;
  /** Subaccounts; positions and money are told of the primary one unless another is named. */
  subaccounts: readonly number[] = [0];
  /** The subaccount that the client's key sees alone. */
  keySees: number | undefined;
  /** Answers say that they come from a cache, and are so old. */
  ageS = 0;
  /** Markets in one page at most. */
  marketsPage = 1_000;
  /** What the client's key may do; undefined where the venue does not say. */
  scopes: readonly string[] | undefined = ["read"];
  /** The account's lists are so far behind. */
  lagMs = 0;
  /** Handshakes and requests with a wrong signature. */
  forged = 0;

  static async start(tickers: readonly string[]): Promise<FakeKalshi> {
    const fake = new FakeKalshi();
    for (const ticker of tickers) fake.markets.set(ticker, new TrueMarket(ticker));
    fake.#server = await VenueServer.start({
      answer: (request) => fake.#answer(request),
      refuse: (request) => fake.#refusals.shift() ?? fake.#refusal(request, PATH),
      opened: (socket) => {
        fake.connections++;
        fake.#subscriptions.set(socket, new Map());
      },
      message: (socket, text) => fake.#command(socket, JSON.parse(text)),
      closed: (socket) => void fake.#subscriptions.delete(socket),
    });
    fake.#pings = setInterval(() => fake.#ping(), PING_MS);
    return fake;
  }

  get settings(): Readonly<Record<string, string>> {
    return { rest_url: this.server.httpUrl + REST, ws_url: this.server.wsUrl + PATH };
  }

  get secrets(): { readonly keyId: Secret; readonly privateKey: Secret } {
    const pem = keys.privateKey.export({ type: "pkcs8", format: "pem" });
    return { keyId: new Secret(KEY_ID), privateKey: new Secret(String(pem)) };
  }

  get server(): VenueServer {
    if (this.#server === undefined) throw new Error("the fake venue has not been started");
    return this.#server;
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    await this.server.close();
  }

  /** The tickers that are subscribed to on the books' channel. */
  get followed(): string[] {
    const all = [...this.#subscriptions.values()].flatMap((each) => [...each.values()]);
    const ofBooks = all.filter(({ channel }) => channel === "orderbook_delta");
    return ofBooks.flatMap(({ tickers }) => [...tickers]).sort();
  }

  market(ticker: string): TrueMarket {
    const market = this.markets.get(ticker);
    if (market === undefined) throw new Error(`no market ${ticker}`);
    return market;
  }

  /** Puts a size (hundredths of a contract) at a price (1e-4 dollars) of a leg, and tells it. */
  put(ticker: string, leg: Leg, price: number, size: number): void {
    const change = this.market(ticker).put(leg, price, size);
    const at = { ticker, leg, price, change, atMs: Date.now() };
    this.#tell("orderbook_delta", ticker, "orderbook_delta", ({ asYes }) => deltaMsg(at, this.generation, asYes));
  }

  /** Tells a delta of which the true book knows nothing. */
  lie(ticker: string, leg: Leg, price: number, change: number): void {
    const at = { ticker, leg, price, change, atMs: Date.now() };
    this.#tell("orderbook_delta", ticker, "orderbook_delta", ({ asYes }) => deltaMsg(at, this.generation, asYes));
  }

  /** Tells the top of the true book. */
  tick(ticker: string, more: Json = {}): void {
    const { bids, asks } = this.market(ticker);
    const [bid, ask] = [bids[0]?.[0] ?? "0.0000", asks[0]?.[0] ?? "0.0000"];
    const msg = { market_ticker: ticker, price_dollars: bid, yes_bid_dollars: bid, yes_ask_dollars: ask, ...more };
    this.#tell("ticker", ticker, "ticker", () => ({ ts_ms: Date.now(), ...msg }));
  }

  trade(ticker: string, msg: Json): void {
    this.#tell("trade", ticker, "trade", () => ({ market_ticker: ticker, ts_ms: Date.now(), ...msg }));
  }

  fill(msg: Json): void {
    this.#tell("fill", undefined, "fill", () => msg);
  }

  position(msg: Json): void {
    this.#tell("market_positions", undefined, "market_position", () => msg);
  }

  lifecycle(ticker: string, event: string): void {
    this.#tell("market_lifecycle_v2", undefined, "market_lifecycle_v2", () => ({
      market_ticker: ticker,
      event_type: event,
    }));
  }

  /** Ends every subscription to books with an error. */
  fail(code: number): void {
    for (const [socket, subscriptions] of this.#subscriptions) {
      for (const { sid, channel } of subscriptions.values()) {
        if (channel !== "orderbook_delta") continue;
        socket.json({ type: "error", sid, seq: 0, msg: { code, msg: "buffer overflow" } });
        subscriptions.delete(sid);
      }
    }
  }

  /** The next frames with a number are counted and not sent. */
  loseNext(count: number): void {
    this.#drops += count;
  }

  /** The next frames with a number are sent twice. */
  repeatNext(count: number): void {
    this.#repeats += count;
  }

  /** The next frame with a number is sent after the one that follows it. */
  swapNext(): void {
    this.#held = "next";
  }

  /** Sends a text to every client, whatever it is. */
  say(text: string): void {
    for (const socket of this.#subscriptions.keys()) socket.send(text);
  }

  /** Sends a frame in the numbering of the books' subscription, whatever is in it. */
  sayNumbered(ticker: string, frame: Json): void {
    for (const [socket, subscription] of this.#subscribers("orderbook_delta", ticker))
      socket.json({ ...frame, sid: subscription.sid, seq: ++subscription.seq });
  }

  /** Refuses the next handshakes with these statuses. */
  refuse(...statuses: readonly number[]): void {
    this.#refusals.push(...statuses);
  }

  /** Answers the next request to a path so. */
  plan(path: string, answer: VenueAnswer): void {
    this.#planned.push({ path: REST + path, answer });
  }

  /** Closes every connection with a code. */
  hangUp(code: number): void {
    for (const socket of this.#subscriptions.keys()) socket.close(code, "going away");
  }

  said(cmd: string, action?: string): Command[] {
    return this.commands.filter((command) => command.cmd === cmd && command.params["action"] === action);
  }

  *#subscribers(channel: string, ticker: string | undefined): Generator<[VenueSocket, Subscription]> {
    for (const [socket, subscriptions] of this.#subscriptions) {
      for (const subscription of subscriptions.values()) {
        if (subscription.channel !== channel) continue;
        if (ticker === undefined || subscription.tickers.has(ticker)) yield [socket, subscription];
      }
    }
  }

  #tell(channel: string, ticker: string | undefined, type: string, msg: (to: Subscription) => Json): void {
    for (const [socket, subscription] of this.#subscribers(channel, ticker)) {
      const asYes = this.yesPrices ?? subscription.asYes;
      this.#send(socket, subscription, { type, msg: msg({ ...subscription, asYes }) });
    }
  }

  #send(socket: VenueSocket, subscription: Subscription, body: Json): void {
    const { sid, channel } = subscription;
    if (!NUMBERED.has(channel)) return this.#put(socket, { ...body, sid });
    const frame = { ...body, sid, seq: ++subscription.seq };
    if (channel !== "orderbook_delta") return this.#put(socket, frame);
    if (this.#drops > 0) {
      this.#drops--;
      return;
    }
    if (this.#held === "next") {
      this.#held = { socket, frame };
      return;
    }
    this.#put(socket, frame);
    if (this.#held !== undefined) this.#put(this.#held.socket, this.#held.frame);
    this.#held = undefined;
    if (this.#repeats === 0) return;
    this.#repeats--;
    this.#put(socket, frame);
  }

  #ping(): void {
    if (!this.isSilent) for (const socket of this.#subscriptions.keys()) socket.ping("heartbeat");
  }

  #put(socket: VenueSocket, frame: Json): void {
    if (!this.isSilent && !this.isFrozen) socket.json(frame);
  }

  #command(socket: VenueSocket, command: Command): void {
    this.commands.push(command);
    const { cmd, params } = command;
    if (this.deafTo.has(cmd) || this.deafTo.has(String(params["action"]))) return;
    if (cmd === "subscribe") return this.#subscribe(socket, command);
    const [sid] = Array.isArray(params["sids"]) ? params["sids"] : [];
    const subscription = this.#subscriptions.get(socket)?.get(Number(sid));
    if (subscription === undefined) {
      return this.#put(socket, { id: command.id, type: "error", msg: { code: 7, msg: "Unknown sid" } });
    }
    if (cmd === "update_subscription") return this.#update(socket, subscription, command);
    if (cmd !== "unsubscribe") return;
    this.#subscriptions.get(socket)?.delete(subscription.sid);
    this.#put(socket, { id: command.id, type: "unsubscribed", sid: subscription.sid, seq: ++subscription.seq });
  }

  #subscribe(socket: VenueSocket, { id, params }: Command): void {
    const { channels, market_tickers: tickers, use_yes_price: asYes } = params;
    const asked = Array.isArray(tickers) ? tickers.map(String) : [];
    for (const channel of Array.isArray(channels) ? channels.map(String) : []) {
      const sid = ++this.#sid;
      const subscription = { sid, channel, tickers: new Set(asked), asYes: asYes === true, seq: 0 };
      this.#subscriptions.get(socket)?.set(sid, subscription);
      this.#put(socket, { id, type: "subscribed", msg: { channel, sid } });
      if (channel === "orderbook_delta") this.#snapshots(socket, subscription, asked);
      if (channel === "ticker") for (const ticker of asked) if (this.markets.has(ticker)) this.tick(ticker);
    }
  }

  #update(socket: VenueSocket, subscription: Subscription, { id, params }: Command): void {
    const { action, market_tickers: tickers } = params;
    const asked = Array.isArray(tickers) ? tickers.map(String) : [];
    for (const ticker of asked) {
      if (action === "add_markets") subscription.tickers.add(ticker);
      if (action === "delete_markets") subscription.tickers.delete(ticker);
    }
    const msg = { market_tickers: [...subscription.tickers] };
    this.#put(socket, { id, type: "ok", sid: subscription.sid, seq: ++subscription.seq, msg });
    if (action !== "delete_markets") this.#snapshots(socket, subscription, asked);
  }

  #snapshots(socket: VenueSocket, subscription: Subscription, tickers: readonly string[]): void {
    for (const ticker of tickers) {
      const market = this.markets.get(ticker);
      if (market === undefined) continue;
      const msg = snapshotMsg(market, this.generation, this.yesPrices ?? subscription.asYes);
      this.#send(socket, subscription, { type: "orderbook_snapshot", msg });
    }
  }

  #answer(request: VenueRequest): VenueAnswer {
    this.requests.push(request);
    const planned = this.#planned.findIndex(({ path }) => path === request.path);
    if (planned >= 0) return this.#planned.splice(planned, 1)[0]?.answer ?? "hang";
    if (this.#refusal(request, request.path) !== undefined) {
      return jsonAnswer({ error: { code: "token_authentication_failure", message: "no" } }, 401);
    }
    const [name = "", id = ""] = request.path.slice(REST.length + 1).split("/");
    switch (`${name}/${name === "portfolio" ? id : ""}`) {
      case "markets/":
        return jsonAnswer(listMarkets(this.markets, request.query, this.marketsPage));
      case "events/":
        return jsonAnswer({ event: { event_ticker: id, series_ticker: seriesOf(id), title: "What will it be?" } });
      case "series/":
        return jsonAnswer({
          series: { ticker: id, category: "Economics", fee_type: "quadratic", fee_multiplier: 1 },
        });
      case "portfolio/fills":
        return jsonAnswer({ fills: this.fills, cursor: "" });
      case "portfolio/orders":
        return this.#page("orders", ofSubaccount(this.orders, request.query.get("subaccount")), request.query);
      case "portfolio/subaccounts":
        return jsonAnswer({
          subaccount_balances: this.subaccounts.map((number) => ({ subaccount_number: number, balance: "1.0000" })),
        });
      case "portfolio/balance":
        return jsonAnswer({ balance: 12_345, balance_dollars: "123.4500", portfolio_value: 655, updated_ts: 0 });
      case "exchange/":
        return jsonAnswer({ as_of_time: new Date(Date.now() - this.lagMs).toISOString() });
      case "api_keys/":
        return jsonAnswer({
          api_keys: [
            { api_key_id: "another", scopes: ["read", "write"] },
            { api_key_id: KEY_ID, scopes: this.scopes, subaccount: this.keySees },
          ],
        });
      case "portfolio/positions":
        return this.#page(
          "market_positions",
          ofSubaccount(this.positions, request.query.get("subaccount") ?? "0"),
          request.query,
        );
      default:
        return jsonAnswer({ code: "not_found", message: "not found" }, 404);
    }
  }

  #page(name: "orders" | "market_positions", rows: readonly Json[], query: URLSearchParams): VenueAnswer {
    const size = name === "orders" ? this.ordersPage : this.positionsPage;
    const from = Number(query.get("cursor") ?? 0);
    const end = from + size;
    const body = { [name]: rows.slice(from, end), cursor: end < rows.length ? String(end) : "" };
    return { ...answered(body), headers: this.ageS === 0 ? {} : { age: String(this.ageS) } };
  }

  /** 401 unless time, method and path are signed by the key that the client shows. */
  #refusal({ method, headers }: VenueRequest, path: string): number | undefined {
    const said = (name: string): string => String(headers[`kalshi-access-${name}`] ?? "");
    const key = {
      key: createPublicKey(keys.publicKey.export({ type: "spki", format: "pem" })),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    };
    const signed = Buffer.from(said("timestamp") + method + path);
    const isTrue = said("key") === KEY_ID && verify("sha256", signed, key, Buffer.from(said("signature"), "base64"));
    if (isTrue) return undefined;
    this.forged++;
    return 401;
  }
}

/** Rows say which subaccount they are of; without one, the primary. */
const ofSubaccount = (rows: readonly Json[], wanted: string | null): Json[] =>
  rows.filter((row) => wanted === null || String(row["subaccount_number"] ?? 0) === wanted);

const answered = (value: unknown) => ({ status: 200, text: JSON.stringify(value) });
