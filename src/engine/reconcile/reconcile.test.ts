import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../../test/support/folded-desk.ts";
import { decimalText } from "../../domain/decimal.ts";
import { readMetricNamed } from "../read-metrics.ts";
import { readReconciliation } from "./read-reconciliation.ts";
import { compareAll, differencesToTell, nextRuns, type Runs, vanished } from "./reconcile.ts";

const PLACE = { venue: "binance", symbol: "ETHUSDT" };
const READ = { source: "venue", read_by: "hub", venue: "binance", mode: "live" };

class Desk extends FoldedDesk {
  #fills = 0;
  #runs: Runs = new Map();
  readonly #lists = new Map<string, object>();

  trade(size: number, more: object = {}): this {
    const side = size > 0 ? "buy" : "sell";
    const id = `f${++this.#fills}`;
    return this.fact(1, { type: "fill", fill_id: id, ...PLACE, side, size: Math.abs(size), price: "100", ...more });
  }

  holds(positions: object[], more: object = {}): this {
    return this.list({ type: "position.snapshot", positions, ...READ, ...more });
  }

  /** A list of the venue, which every later reading tells again. */
  list(event: { readonly type: string; readonly [field: string]: unknown }): this {
    const bot = String(event["bot"] ?? "mm");
    this.#lists.set(`${event.type} ${bot}`, event);
    return this.fact(2, { ...event });
  }

  position(size: string, more: object = {}): this {
    return this.holds([{ ...PLACE, size, mark_price: "100" }], more);
  }

  rests(ids: string[], more: object = {}): this {
    const orders = ids.map((order_id) => ({
      order_id,
      ...PLACE,
      side: "buy",
      size: "1",
      client_order_id: `c-${order_id}`,
    }));
    return this.list({ type: "orders.snapshot", orders, ...READ, ...more });
  }

  placed(id: string, more: object = {}): this {
    return this.fact(1, { type: "order.placed", order_id: id, ...PLACE, side: "buy", size: "1", ...more });
  }

  rows() {
    return compareAll(this.state).map(({ kind, symbol, ours, theirs, difference, isApart, drift }) => ({
      kind,
      symbol,
      ...{ ours: decimalText(ours), theirs: decimalText(theirs), difference: decimalText(difference), isApart, drift },
    }));
  }

  shown() {
    return readReconciliation(this.state, {}, []);
  }

  /** One more reading of the account; what it tells is folded. */
  reading(bots: string[] = ["mm"]): object[] {
    for (const event of this.#lists.values()) this.fact(3, { ...event });
    return this.compared(bots);
  }

  /** What is told after what was read last. */
  compared(bots: string[] = ["mm"]): object[] {
    const rows = compareAll(this.state);
    const before = this.#runs;
    this.#runs = nextRuns(before, rows);
    const reading = { rows, before, runs: this.#runs, told: this.state.desk.differences, now: at(3) };
    const account = { bots, venue: "binance", mode: "live" as const };
    const events = [...differencesToTell(reading), ...vanished(reading, account)];
    for (const event of events) this.fact(3, { ...event });
    return events.map(({ kind, symbol, ours, theirs, difference, detail, of_bots }) => ({
      ...{ kind, symbol, ours, theirs, difference },
      ...(bots.length === 1 ? {} : { of_bots }),
      ...(detail === undefined ? {} : { detail }),
    }));
  }
}

describe("positions", () => {
  test("are compared over every instrument that any side names", () => {
    const desk = new Desk()
      .trade(3)
      .trade(1, { symbol: "OURS" })
      .fact(1, { type: "position.snapshot", positions: [{ venue: "binance", symbol: "SAID", size: "2" }] })
      .holds([
        { ...PLACE, size: "3" },
        { venue: "binance", symbol: "THEIRS", size: "-7", mark_price: "1" },
      ]);
    expect(desk.rows()).toEqual([
      { kind: "position", symbol: "ETHUSDT", ours: "3", theirs: "3", difference: "0", isApart: false, drift: 0 },
      { kind: "position", symbol: "OURS", ours: "1", theirs: "0", difference: "-1", isApart: true, drift: 1 },
      { kind: "position", symbol: "SAID", ours: "0", theirs: "0", difference: "0", isApart: false, drift: 0 },
      { kind: "position", symbol: "THEIRS", ours: "0", theirs: "-7", difference: "-7", isApart: true, drift: 1 },
    ]);
    const [agreed, , said] = compareAll(desk.state);
    expect([agreed?.reported, said?.reported].map((value) => value && decimalText(value))).toEqual(["0", "2"]);
  });

  test("in hedge mode are the sum of long and short, as fills are in the ledger", () => {
    const desk = new Desk()
      .trade(2)
      .trade(-5)
      .holds([
        { ...PLACE, size: "2", position_side: "long" },
        { ...PLACE, size: "-5", position_side: "short" },
      ]);
    expect(desk.rows()).toMatchObject([{ ours: "-3", theirs: "-3", isApart: false }]);
  });

  test("are apart by the ratio of the difference to the larger side", () => {
    expect(new Desk().trade(8).position("10").rows()).toMatchObject([{ difference: "2", isApart: true, drift: 0.2 }]);
    expect(new Desk().trade(8).position("-8").rows()).toMatchObject([{ difference: "-16", drift: 2 }]);
  });

  test("take for dust what is worth less than that, by the multiplier too", () => {
    const dust = { dust: 1 };
    expect(new Desk().trade(8).position("8.009", dust).rows()).toMatchObject([{ isApart: false, drift: 0 }]);
    expect(new Desk().trade(8).position("8.011", dust).rows()).toMatchObject([{ isApart: true }]);
    const big = new Desk().fact(0, { type: "instrument", ...PLACE, kind: "linear", quote: "USDT", multiplier: "10" });
    expect(big.trade(8).position("8.009", dust).rows()).toMatchObject([{ isApart: true }]);
    const noPrice = new Desk().trade(8).holds([{ ...PLACE, size: "8.000001" }], dust);
    expect(noPrice.rows()).toMatchObject([{ isApart: true }]);
  });

  test("of another mode, venue or account do not count", () => {
    const desk = new Desk()
      .trade(1)
      .trade(50, { mode: "paper" })
      .trade(50, { venue: "kraken" })
      .trade(50, { account: "other" })
      .trade(2, { account: "main" })
      .position("3", { account: "main" });
    expect(desk.rows()).toMatchObject([{ ours: "3", theirs: "3", isApart: false }]);
  });

  test("of bots that share an account are compared together, and told once", () => {
    const shared = { shared_by: ["mm", "arb"] };
    const desk = new Desk()
      .trade(3)
      .trade(-1, { bot: "arb" })
      .position("2", shared)
      .position("2", { bot: "arb", ...shared });
    expect(desk.rows()).toMatchObject([{ kind: "position", ours: "2", theirs: "2", isApart: false }]);
  });
});

describe("orders", () => {
  test("are the same by the venue's id or the bot's own", () => {
    const desk = new Desk().placed("1").placed("c-2").rests(["1", "2"]);
    expect(desk.rows()).toMatchObject([{ kind: "orders", ours: "2", theirs: "2", difference: "0", isApart: false }]);
  });

  test("that only one side knows are named", () => {
    const [row] = compareAll(new Desk().placed("1").placed("gone").rests(["1", "stray"]).state);
    expect(row).toMatchObject({ onlyOurs: ["gone"], onlyTheirs: ["stray"], isApart: true, drift: 1 });
  });

  test("are not compared where the bot tells of none", () => {
    expect(new Desk().rests(["1"]).rows()).toEqual([]);
  });
});

test("equity is compared where it is all that the bot has, and marks that moved are nothing", () => {
  const balance = { type: "balance", ...READ, balances: [], equity_currency: "USDT" };
  const desk = new Desk().fact(1, { type: "risk", equity_quote: 1000 }).fact(2, { ...balance, equity: "1000.9" });
  expect(desk.rows()).toMatchObject([{ kind: "balance", ours: "1000", theirs: "1000.9", isApart: false }]);
  desk.fact(3, { ...balance, equity: "900" });
  expect(desk.rows()).toMatchObject([{ difference: "-100", isApart: true, drift: 0.1 }]);
  desk.fact(4, { type: "fill", fill_id: "x", venue: "kraken", symbol: "A", side: "buy", size: 1, price: 1 });
  expect(desk.rows()).toEqual([]);
});

describe("a difference is told", () => {
  test("when it was there in two readings in a row, once, and again when it is over for two", () => {
    const desk = new Desk().trade(8).position("10");
    expect(desk.reading()).toEqual([]);
    expect(desk.reading()).toEqual([{ kind: "position", symbol: "ETHUSDT", ours: "8", theirs: "10", difference: "2" }]);
    expect(desk.reading()).toEqual([]);
    desk.trade(2);
    expect(desk.reading()).toEqual([]);
    expect(desk.reading()).toEqual([
      { kind: "position", symbol: "ETHUSDT", ours: "10", theirs: "10", difference: "0" },
    ]);
    expect(desk.reading()).toEqual([]);
    expect(desk.state.desk.differences.size).toBe(0);
  });

  test("not when a fill was under way once, nor when it is another one each time", () => {
    const desk = new Desk().trade(8).position("10");
    expect(desk.reading()).toEqual([]);
    desk.trade(2);
    expect(desk.reading()).toEqual([]);
    desk.position("9");
    expect(desk.reading()).toEqual([]);
    desk.position("11");
    expect(desk.reading()).toEqual([]);
  });

  test("again when it has grown by half", () => {
    const desk = new Desk().trade(8).position("10");
    desk.reading();
    desk.reading();
    expect(desk.position("10.9").reading()).toEqual([]);
    expect(desk.position("11.1").reading()).toMatchObject([{ difference: "3.1" }]);
  });

  test("over when no side has named the instrument for two readings, and not when one reading leaves it out", () => {
    const stray = [{ venue: "binance", symbol: "STRAY", size: "1" }];
    const desk = new Desk().holds(stray);
    desk.reading();
    expect(desk.reading()).toHaveLength(1);
    expect(desk.holds([]).reading()).toEqual([]);
    expect(desk.holds(stray).reading()).toEqual([]);
    expect(desk.holds([]).reading()).toEqual([]);
    expect(desk.reading()).toMatchObject([{ symbol: "STRAY", difference: "0" }]);
  });

  test("over when the account is another bot's too by now, of which it is told anew", () => {
    const desk = new Desk().trade(8).position("10");
    desk.reading();
    expect(desk.reading()).toHaveLength(1);
    const shared = { shared_by: ["mm", "arb"] };
    desk.position("10", shared).position("10", { bot: "arb", ...shared });
    expect(desk.reading(["mm", "arb"])).toEqual([]);
    expect(desk.reading(["mm", "arb"])).toMatchObject([
      { of_bots: ["mm", "arb"], difference: "2" },
      { of_bots: ["mm"], difference: "0" },
    ]);
    expect(desk.reading(["mm", "arb"])).toEqual([]);
  });

  test("once of equity, and not over while the two sides are only told too far apart in time", () => {
    const equity = { type: "risk", equity_quote: 1000 };
    const balance = (said: string) => ({
      type: "balance",
      ...READ,
      balances: [],
      equity: said,
      equity_currency: "USDT",
    });
    const desk = new Desk().fact(1, equity).fact(2, balance("900"));
    expect(desk.compared()).toEqual([]);
    expect(desk.compared()).toMatchObject([{ kind: "balance", ours: "1000", theirs: "900", difference: "-100" }]);
    for (const round of [1, 2, 3]) {
      desk.fact(100 * round, balance("900"));
      expect(desk.compared()).toEqual([]);
      expect(desk.compared()).toEqual([]);
      expect(desk.shown()).toMatchObject([{ kind: "balance", state: "differs", difference: "-100", currency: "USDT" }]);
      desk.fact(100 * round + 1, equity);
      expect(desk.compared()).toEqual([]);
      expect(desk.compared()).toEqual([]);
    }
    desk.fact(302, balance("1000"));
    expect(desk.compared()).toEqual([]);
    expect(desk.compared()).toMatchObject([{ kind: "balance", difference: "0" }]);
    expect(desk.state.desk.differences.size).toBe(0);
  });

  test("for orders by their ids: others each time are none that lasts", () => {
    const desk = new Desk().placed("1").rests(["1", "a"]);
    expect(desk.reading()).toEqual([]);
    expect(desk.rests(["1", "b"]).reading()).toEqual([]);
    expect(desk.reading()).toMatchObject([{ kind: "orders", difference: "1", detail: "told by no bot: b" }]);
  });
});

describe("metrics", () => {
  const metric = (desk: Desk, name: string) => readMetricNamed(desk.state, at(5), name, { bot: "mm", mode: "live" });

  test("the drift is the bot's own word where it gives one, else the worst instrument by the venue", () => {
    const desk = new Desk().trade(8).fact(1, { type: "bot.started", mode: "live", status: "running" });
    expect(metric(desk, "position_drift_at_venue")).toMatchObject({
      value: null,
      reason: "no account of the bot is read at a venue",
    });
    desk.holds([
      { ...PLACE, size: "10" },
      { venue: "binance", symbol: "SAME", size: "0" },
    ]);
    expect(metric(desk, "position_drift_at_venue")).toMatchObject({ value: 0.2, unit: "ratio" });
    expect(metric(desk, "position_drift_pct")).toMatchObject({ value: 0.2, source: "computed" });
    desk.fact(3, { type: "risk", position_drift_pct: 0.01 });
    expect(metric(desk, "position_drift_pct")).toMatchObject({ value: 0.01, source: "reported" });
    expect(metric(desk, "position_drift_at_venue")).toMatchObject({ value: 0.2 });
  });

  test("the margin ratio is the bot's own word, else its account's", () => {
    const desk = new Desk().fact(1, { type: "bot.started", mode: "live", status: "running" });
    expect(metric(desk, "margin_ratio")).toMatchObject({ value: null });
    desk.fact(2, { type: "balance", ...READ, balances: [], margin_ratio: 0.4 });
    expect(metric(desk, "margin_ratio")).toMatchObject({ value: 0.4, source: "computed" });
    desk.fact(3, { type: "risk", margin_ratio: 0.6 });
    expect(metric(desk, "margin_ratio")).toMatchObject({ value: 0.6, source: "reported" });
  });
});
