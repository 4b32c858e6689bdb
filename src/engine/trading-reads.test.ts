import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { readEventPositions } from "./read-event-positions.ts";
import { readExposure } from "./read-exposure.ts";
import { type PositionFilter, readPairs, readPositions } from "./read-positions.ts";
import { titlesOf } from "./read-titles.ts";

const EVERY: PositionFilter = {};

class Desk extends FoldedDesk {
  #fills = 0;

  instrument(venue: string, symbol: string, said: object = {}): this {
    return this.fact(0, { type: "instrument", venue, symbol, kind: "binary", quote: "USD", ...said });
  }

  /** A fill of `size` at `price`: bought above 0, sold below. */
  trade(venue: string, symbol: string, size: number, price: string, said: object = {}): this {
    const side = size > 0 ? "buy" : "sell";
    const id = `f${++this.#fills}`;
    return this.fact(1, { type: "fill", fill_id: id, venue, symbol, side, size: Math.abs(size), price, ...said });
  }

  positions(filter: PositionFilter = EVERY) {
    return readPositions(this.state, at(10), filter).map(({ view }) => view);
  }

  byEvent(filter: PositionFilter = EVERY) {
    return readEventPositions(this.state, readPositions(this.state, at(10), filter), readPairs(this.state, filter));
  }
}

describe("positions", () => {
  test("are told at average cost and at the newest mark when there is one", () => {
    const desk = new Desk()
      .instrument("k", "A", { title: "Will A?", event_id: "E", outcome: "yes", category: "news", multiplier: "2" })
      .trade("k", "A", 4, "0.40")
      .trade("k", "A", 2, "0.46")
      .sample(5, { type: "book", venue: "k", symbol: "A", bids: [["0.1", "1"]], asks: [["0.2", "1"]] })
      .sample(6, { type: "mark", venue: "k", symbol: "A", price: "0.5" });
    expect(desk.positions()).toEqual([
      {
        ...{
          basis: "fills",
          bot: "mm",
          mode: "live",
          account: "mm",
          venue: "k",
          symbol: "A",
          title: "Will A?",
          event_id: "E",
        },
        ...{ outcome: "yes", category: "news", size: "6", entry_price: "0.42", mark_price: "0.5", mark_age_s: 4 },
        ...{ currency: "USD", notional: 5.04, unrealized_pnl: 0.96 },
      },
    ]);
  });

  test("take the mid of the best prices of the newest book when there is no mark", () => {
    const desk = new Desk().instrument("k", "A").trade("k", "A", -10, "0.6");
    expect(desk.positions()).toMatchObject([
      { mark_price: null, mark_age_s: null, unrealized_pnl: null, unrealized_reason: "no mark and no book of A" },
    ]);
    desk.sample(7, {
      type: "book",
      venue: "k",
      symbol: "A",
      bids: [
        ["0.4", "0"],
        ["0.3", "1"],
        ["0.38", "2"],
      ],
      asks: [["0.42", "1"]],
    });
    expect(desk.positions()).toMatchObject([{ mark_price: "0.4", mark_age_s: 3, unrealized_pnl: 2 }]);
    desk.sample(8, { type: "book", venue: "k", symbol: "A", bids: [["0.4", "1"]], asks: [] });
    expect(desk.positions()).toMatchObject([{ mark_price: null }]);
  });

  test("say why where money is not known", () => {
    const desk = new Desk()
      .trade("k", "A", 1, "5")
      .instrument("k", "INV", { kind: "inverse", multiplier: "10" })
      .trade("k", "INV", 3, "50000")
      .sample(5, { type: "mark", venue: "k", symbol: "INV", price: "60000" });
    expect(desk.positions()).toMatchObject([
      { symbol: "A", currency: null, notional: 5 },
      {
        symbol: "INV",
        currency: "USD",
        notional: 30,
        // 30 ÷ 50000 − 30 ÷ 60000 of the base, at 60000
        unrealized_pnl: 6,
      },
    ]);
  });

  test("have the size that the bot's last snapshot says, 0 where it leaves them out, and none of another account", () => {
    const desk = new Desk().trade("k", "A", 1, "5").trade("k", "B", 1, "5").trade("k", "C", 1, "5", { account: "x" });
    desk.fact(2, { type: "position.snapshot", positions: [{ venue: "k", symbol: "A", size: "3" }] });
    const [a, b, c] = desk.positions();
    expect([a?.reported_size, b?.reported_size, c?.reported_size]).toEqual(["3", "0", undefined]);
  });

  test("keep to their filters", () => {
    const desk = new Desk().trade("k", "A", 1, "5").trade("p", "B", 1, "5", { bot: "arb", mode: "paper" });
    const symbols = (filter: PositionFilter) => desk.positions(filter).map(({ symbol }) => symbol);
    expect(symbols({})).toEqual(["B", "A"]);
    expect([symbols({ bot: "arb" }), symbols({ venue: "k" }), symbols({ symbol: "B" })]).toEqual([["B"], ["A"], ["B"]]);
    expect([symbols({ mode: "live" }), symbols({ mode: "paper" }), symbols({ mode: "demo" })]).toEqual([
      ["A"],
      ["B"],
      [],
    ]);
  });
});

describe("positions that a bot reports and tells no fills of", () => {
  const snapshot = (positions: object[], more: object = {}) => ({ type: "position.snapshot", positions, ...more });
  const PRES = [
    { venue: "kalshi", symbol: "PRES", size: "200", entry_price: "0.05" },
    { venue: "polymarket", symbol: "PRES", size: "-180" },
    { venue: "kalshi", symbol: "FLAT", size: "0" },
  ];

  test("are shown as reported, at their entry price, else at the mark, and by event", () => {
    const desk = new Desk()
      .instrument("kalshi", "PRES")
      .instrument("polymarket", "PRES")
      .sample(4, { type: "mark", venue: "kalshi", symbol: "PRES", price: "0.06" })
      .sample(4, { type: "mark", venue: "polymarket", symbol: "PRES", price: "0.10" })
      .fact(5, snapshot(PRES));
    expect(desk.positions()).toMatchObject([
      { venue: "kalshi", basis: "reported", size: "200", entry_price: "0.05", notional: 10, unrealized_pnl: 2 },
      {
        ...{ venue: "polymarket", basis: "reported", size: "-180", entry_price: null, notional: 18 },
        ...{ unrealized_pnl: null, unrealized_reason: "the bot reports no entry price of PRES" },
      },
    ]);
    expect(readExposure(desk.state, "live")).toMatchObject({
      total: { gross_usd: 28, net_usd: -8, positions: 2 },
      by_venue: [{ venue: "polymarket" }, { venue: "kalshi" }],
    });
    expect(desk.byEvent()).toMatchObject([{ event_id: "PRES", net_size: 20, gross_usd: 28, net_usd: -8 }]);
    expect(desk.positions({ mode: "paper" })).toEqual([]);
  });

  test("have no notional without a price, and say why", () => {
    const desk = new Desk().instrument("polymarket", "PRES").fact(5, snapshot(PRES.slice(1)));
    expect(desk.positions()).toMatchObject([{ notional: null, unrealized_pnl: null }]);
    expect(readExposure(desk.state, "live").total).toMatchObject({
      gross_usd: null,
      positions: 1,
      reason: "the bot reports no entry price of PRES, and no mark of it came",
    });
    expect(readExposure(desk.state, "live").by_currency).toMatchObject([{ gross: null, net: null, positions: 1 }]);
  });

  test("never count beside the fills of the same instrument or event, also when these are flat", () => {
    const desk = new Desk()
      .instrument("kalshi", "KX", { event_id: "PRES" })
      .trade("kalshi", "KX", 5, "0.5", { account: "main" })
      .trade("polymarket", "PRES", 5, "0.5")
      .trade("polymarket", "PRES", -5, "0.5")
      .fact(5, snapshot(PRES));
    expect(desk.positions().map(({ symbol, basis }) => [symbol, basis])).toEqual([["KX", "fills"]]);
    expect(readExposure(desk.state, "live").total.positions).toBe(1);
  });

  test("are of the account that the report names", () => {
    const desk = new Desk()
      .trade("kalshi", "PRES", 5, "0.5", { account: "a" })
      .fact(5, snapshot(PRES.slice(0, 1), { account: "b" }));
    expect(desk.positions().map(({ account, basis }) => [account, basis])).toEqual([
      ["a", "fills"],
      ["b", "reported"],
    ]);
  });
});

test("the mark of a position is as old as it says, whenever it came", () => {
  const mark = { type: "mark", venue: "k", symbol: "A", price: "6" };
  const desk = new Desk().trade("k", "A", 1, "5").lateSample(9, 2, mark);
  expect(desk.positions()).toMatchObject([{ mark_price: "6", mark_age_s: 8 }]);
});

describe("positions by event", () => {
  test("set the legs of an event against each other, YES as + and NO as −", () => {
    const desk = new Desk()
      .instrument("kalshi", "X", { event_id: "E", outcome: "yes", title: "Will X?" })
      .instrument("polymarket", "123", { event_id: "E", outcome: "No" })
      .trade("kalshi", "X", 100, "0.6")
      .trade("polymarket", "123", 90, "0.3")
      .sample(5, { type: "mark", venue: "kalshi", symbol: "X", price: "0.65" })
      .sample(5, { type: "mark", venue: "polymarket", symbol: "123", price: "0.29" });
    expect(desk.byEvent()).toEqual([
      {
        ...{
          event_id: "E",
          title: "Will X?",
          mode: "live",
          net_size: 10,
          gross_usd: 87,
          net_usd: 33,
          unrealized_pnl_usd: 4.1,
        },
        venues: [
          { venue: "kalshi", size: 100 },
          { venue: "polymarket", size: -90 },
        ],
      },
    ]);
  });

  test("take the pair, and what its leg means, where no instrument names the event", () => {
    const desk = new Desk()
      .fact(0, {
        type: "pair",
        pair_id: "P",
        title: "Both",
        legs: [
          { venue: "k", symbol: "A", means: "YES" },
          { venue: "p", symbol: "B", means: "no" },
        ],
      })
      .trade("k", "A", 5, "0.5")
      .trade("p", "B", 5, "0.4")
      .trade("k", "C", 1, "1");
    expect(desk.byEvent().map(({ event_id, title, net_size }) => [event_id, title, net_size])).toEqual([
      ["C", undefined, 1],
      ["P", "Both", 0],
    ]);
    expect(desk.byEvent()).toMatchObject([{ gross_usd: null, reason: expect.stringContaining("quote currency") }, {}]);
  });

  test("keep modes apart", () => {
    const desk = new Desk().instrument("k", "A").trade("k", "A", 5, "0.5").trade("k", "A", 7, "0.5", { mode: "paper" });
    expect(desk.byEvent().map(({ mode, net_size }) => [mode, net_size])).toEqual([
      ["paper", 7],
      ["live", 5],
    ]);
  });

  test("add up to what the exposure says, pair trades among them", () => {
    const desk = new Desk()
      .instrument("k", "A")
      .instrument("p", "B", { quote: "EUR" })
      .instrument("k", "INV", { kind: "inverse", multiplier: "100" })
      .fact(0, { type: "rate", currency: "EUR", per: "USD", price: "1.1" })
      .trade("k", "A", 10, "0.5")
      .trade("p", "B", -20, "2")
      .trade("k", "INV", 2, "40000")
      .fact(2, { type: "fill", fill_id: "pair", pair_id: "P", size_usd: 25 });
    const exposure = readExposure(desk.state, undefined);
    expect(exposure.total.gross_usd).toBe(274);
    expect(desk.byEvent().find(({ event_id }) => event_id === "P")).toMatchObject({
      net_size: null,
      net_usd: null,
      reason: "pair trades name neither side nor price: they count in gross",
    });
    expect(desk.byEvent().reduce((sum, { gross_usd }) => sum + (gross_usd ?? Number.NaN), 0)).toBe(274);
    const [usd, eur] = [desk.positions({ venue: "k" }), desk.positions({ venue: "p" })];
    const gross = (rows: typeof usd) => rows.reduce((sum, { notional }) => sum + (notional ?? Number.NaN), 0);
    expect([gross(usd), gross(eur) * 1.1]).toEqual(
      ["k", "p"].map((name) => exposure.by_venue.find(({ venue }) => venue === name)?.gross_usd),
    );
    expect(exposure.by_currency.find(({ currency }) => currency === "USD")?.gross).toBe(230);
    expect(desk.byEvent().find(({ event_id }) => event_id === "P")).toMatchObject({
      ...{
        venues: [],
        gross_usd: 25,
        net_usd: null,
        unrealized_pnl_usd: null,
        reason: expect.stringContaining("side"),
      },
    });
  });
});

describe("exposure of every mode", () => {
  const desk = () => new Desk().instrument("k", "A").instrument("p", "B").trade("k", "A", 10, "0.5");
  const mixed = { gross_usd: null, net_usd: null, reason: "live and paper are never added together: choose a mode" };

  test("never adds modes: a sum of several is not known, and one of one is", () => {
    const all = desk().trade("k", "A", 20, "0.5", { mode: "paper" }).trade("p", "B", 2, "0.5");
    const { total, by_venue, by_bot, by_currency } = readExposure(all.state, undefined);
    expect([total, by_bot]).toMatchObject([{ ...mixed, positions: 3 }, [mixed]]);
    expect(by_venue).toMatchObject([
      { venue: "p", gross_usd: 1 },
      { venue: "k", ...mixed },
    ]);
    expect(by_currency).toMatchObject([{ currency: "USD", gross: null, net: null, reason: mixed.reason }]);
    expect(readExposure(all.state, "paper").total).toMatchObject({ gross_usd: 10, positions: 1 });
  });

  test("nor with pair trades among them", () => {
    const all = desk().fact(2, { type: "fill", fill_id: "x", pair_id: "P", size_usd: 25, mode: "paper" });
    expect(readExposure(all.state, undefined).total).toMatchObject(mixed);
  });
});

describe("titles", () => {
  test("are the pair's, else those of the event's instrument", () => {
    const legs = [
      { venue: "k", symbol: "A" },
      { venue: "p", symbol: "B" },
    ];
    const desk = new FoldedDesk()
      .fact(0, { type: "pair", pair_id: "P", title: "the pair", legs })
      .fact(0, { type: "instrument", venue: "k", symbol: "A", kind: "binary", event_id: "E", title: "the event" });
    const wanted = [{ pair_id: "P", event_id: "E" }, { event_id: "E" }, { pair_id: "Q" }, {}];
    expect(wanted.map(titlesOf(desk.state, wanted))).toEqual(["the pair", "the event", undefined, undefined]);
  });
});
