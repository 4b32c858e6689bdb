import { createHmac } from "node:crypto";
import { Secret } from "../../src/venues/core/secret.ts";
import { jsonAnswer, type VenueAnswer, type VenueRequest, VenueServer } from "./venue-server.ts";

type Json = Record<string, unknown>;

const KEY = "key-of-a-test-that-is-not-shown";
const SECRET = "canary-secret-of-a-test";

/** An account of Binance USD-M as a client sees it: it checks keys, signatures and times, and misbehaves on command. */
export class FakeBinanceAccount {
  readonly requests: VenueRequest[] = [];
  readonly #planned: { readonly path: string; readonly answer: VenueAnswer }[] = [];
  #server: VenueServer | undefined;
  /** Its clock less the machine's. */
  aheadMs = 0;
  usedWeight = 1;
  /** Answers say that they were made so long before. */
  staleS = 0;
  /** Requests with a wrong signature. */
  forged = 0;
  orders: Json[] = [];
  /** Orders that wait for their trigger: they are in no other list. */
  conditionals: Json[] = [];
  /** Everything that waits is triggered once one of the two lists of orders was told, whichever is asked for first. */
  triggersInBetween = false;
  positions: Json[] = [];
  account: Json = {
    totalMarginBalance: "1000.00000000",
    totalMaintMargin: "0.00000000",
    assets: [
      { asset: "USDT", walletBalance: "1000.00000000", marginBalance: "1000.00000000", availableBalance: "900.00" },
    ],
  };
  /** Rows of `/fapi/v1/income` as they are written, in order of their time: ids have more digits than a double. */
  income: { readonly time: number; readonly text: string }[] = [];
  rights: Json = { ipRestrict: true, enableReading: true, enableFutures: false, enableWithdrawals: false };

  static async start(): Promise<FakeBinanceAccount> {
    const fake = new FakeBinanceAccount();
    fake.#server = await VenueServer.start({ answer: (request) => fake.#answer(request), message: () => undefined });
    return fake;
  }

  get url(): string {
    if (this.#server === undefined) throw new Error("the fake has not been started");
    return this.#server.httpUrl;
  }

  get settings(): Readonly<Record<string, string>> {
    return { rest_url: this.url, key_url: this.url };
  }

  readonly secrets = { apiKey: new Secret(KEY), secret: new Secret(SECRET) };
  readonly environment = { BINANCE_API_KEY: KEY, BINANCE_API_SECRET: SECRET };

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The next request for a path gets this answer. */
  plan(path: string, answer: VenueAnswer): void {
    this.#planned.push({ path, answer });
  }

  asked(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  rest(symbol: string, orderId: number, more: Json = {}): void {
    const order = { orderId, symbol, clientOrderId: `c-${orderId}`, side: "BUY", price: "100.00", origQty: "1.000" };
    this.orders.push({ ...order, executedQty: "0.000", status: "NEW", time: Date.now(), ...more });
  }

  /** A stop-market order that closes all. */
  stop(symbol: string, algoId: number, more: Json = {}): void {
    const order = { algoId, clientAlgoId: `a-${algoId}`, algoType: "CONDITIONAL", orderType: "STOP_MARKET", symbol };
    const terms = { side: "SELL", positionSide: "BOTH", quantity: "0.000", price: "0.00", triggerPrice: "90.00" };
    this.conditionals.push({ ...order, ...terms, closePosition: true, algoStatus: "NEW", actualOrderId: "", ...more });
  }

  hold(symbol: string, amount: string, more: Json = {}): void {
    const terms = { positionSide: "BOTH", entryPrice: "100.0", markPrice: "101.0", unRealizedProfit: "0" };
    this.positions.push({ symbol, positionAmt: amount, ...terms, ...more });
  }

  #answer(request: VenueRequest): VenueAnswer {
    this.requests.push(request);
    const planned = this.#planned.findIndex(({ path }) => path === request.path);
    if (planned >= 0) return this.#planned.splice(planned, 1)[0]?.answer ?? "hang";
    const now = Date.now() + this.aheadMs;
    if (request.path === "/fapi/v1/time") return this.#told({ serverTime: now }, now);
    return this.#refusal(request, now) ?? this.#found(request, now);
  }

  #found(request: VenueRequest, now: number): VenueAnswer {
    const body = this.#body(request);
    if (body !== undefined) return this.#told(body, now);
    return jsonAnswer({ code: -5000, msg: `Path ${request.path}, Method GET is invalid` }, 404);
  }

  #told(body: unknown, now: number): VenueAnswer {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const date = new Date(now - this.staleS * 1_000).toUTCString();
    return { status: 200, text, headers: { "X-MBX-USED-WEIGHT-1M": String(this.usedWeight), date } };
  }

  #body({ path, query }: VenueRequest): unknown {
    switch (path) {
      case "/fapi/v1/openOrders":
        return this.#listOf(this.orders);
      case "/fapi/v1/openAlgoOrders":
        return this.#listOf(this.conditionals);
      case "/fapi/v3/positionRisk":
        return this.positions;
      case "/fapi/v3/account":
        return this.account;
      case "/sapi/v1/account/apiRestrictions":
        return this.rights;
      case "/fapi/v1/income":
        return this.#incomePage(query);
      default:
        return undefined;
    }
  }

  #listOf(list: readonly Json[]): string {
    const told = JSON.stringify(list);
    if (this.triggersInBetween) {
      this.triggersInBetween = false;
      for (const { symbol, algoId } of this.conditionals.splice(0)) this.rest(String(symbol), Number(algoId) + 1_000);
    }
    return told;
  }

  #incomePage(query: URLSearchParams): string {
    const [from, to] = [Number(query.get("startTime") ?? 0), Number(query.get("endTime") ?? Number.MAX_SAFE_INTEGER)];
    const [limit, page] = [Number(query.get("limit") ?? 100), Number(query.get("page") ?? 1)];
    const rows = this.income.filter(({ time }) => time >= from && time <= to);
    return `[${rows
      .slice((page - 1) * limit, page * limit)
      .map(({ text }) => text)
      .join(",")}]`;
  }

  #refusal({ headers, url }: VenueRequest, now: number): VenueAnswer | undefined {
    if (headers["x-mbx-apikey"] !== KEY) return jsonAnswer({ code: -2015, msg: "Invalid API-key." }, 401);
    const [, text = "", signature = ""] = /^(.*)&signature=([0-9a-f]+)$/.exec(url.split("?")[1] ?? "") ?? [];
    if (createHmac("sha256", SECRET).update(text).digest("hex") !== signature) {
      this.forged++;
      return jsonAnswer({ code: -1022, msg: "Signature for this request is not valid." }, 400);
    }
    const said = new URLSearchParams(text);
    const [timestamp, window] = [Number(said.get("timestamp")), Number(said.get("recvWindow") ?? 5_000)];
    if (timestamp < now + 1_000 && now - timestamp <= window) return undefined;
    return jsonAnswer({ code: -1021, msg: "Timestamp for this request is outside of the recvWindow." }, 400);
  }
}
