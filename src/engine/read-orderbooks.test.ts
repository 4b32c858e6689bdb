import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { readOrderbookNamed, readOrderbooks } from "./read-orderbooks.ts";

describe("order books", () => {
  const book = (symbol: string, said: object = {}) => ({
    ...{
      type: "book",
      venue: "k",
      symbol,
      bids: [
        ["0.4", "1"],
        ["0.5", "2"],
        ["0.45", "0"],
      ],
      asks: [["0.52", "3"]],
    },
    ...said,
  });

  test("show the best levels first, the mid, the spread and their age", () => {
    const desk = new FoldedDesk()
      .fact(0, {
        type: "instrument",
        venue: "k",
        symbol: "A",
        kind: "binary",
        title: "Will A?",
        event_id: "E",
        outcome: "yes",
      })
      .sample(7, book("A", { venue_ts: "2026-02-24T00:00:06Z" }));
    expect(readOrderbooks(desk.state, at(10), { levels: 1 })).toEqual([
      {
        ...{ venue: "k", symbol: "A", bot: "mm", mode: "live", title: "Will A?", event_id: "E", outcome: "yes" },
        ...{ bids: [["0.5", "2"]], asks: [["0.52", "3"]], depth: { bids: 2, asks: 1 }, mid: 0.51, crossed: false },
        ...{
          spread_bps: expect.closeTo(392.157, 3),
          age_ms: 4_000,
          stale: false,
          venue_ts: "2026-02-24T00:00:06.000Z",
          latency_ms: 1_000,
        },
      },
    ]);
    expect(readOrderbooks(desk.state, at(11), { levels: 1 })).toMatchObject([{ stale: false }]);
    expect(readOrderbooks(desk.state, at(11.001), { levels: 1 })).toMatchObject([{ stale: true, age_ms: 5_001 }]);
  });

  test.each([
    ["the venue's time", { venue_ts: "2026-02-24T00:01:20Z" }, 100, 21_000],
    ["the bot's time", {}, 60, 41_000],
    ["the receipt where the venue's clock is ahead", { venue_ts: "2026-02-24T00:02:00Z" }, 60, 1_000],
    ["the receipt where the bot's clock is ahead", {}, 130, 1_000],
  ])("are as old as %s says", (_, said, happened, ageMs) => {
    const desk = new FoldedDesk().lateSample(100, happened, book("A", said));
    const [view] = readOrderbooks(desk.state, at(101), { levels: 1 });
    expect([view?.age_ms, view?.stale]).toEqual([ageMs, ageMs > 5_000]);
  });

  test("of a file are as old as they are, and hide none that is newer", () => {
    const past = (happened: number, symbol: string) => ({ ...book(symbol, { origin: "import" }), depth: happened });
    const desk = new FoldedDesk()
      .lateSample(100, 40, past(40, "A"))
      .sample(100, book("B"))
      .lateSample(101, 40, past(40, "B"))
      .lateSample(102, 41, past(41, "A"));
    const ages = readOrderbooks(desk.state, at(103), { levels: 1 }).map(({ symbol, age_ms }) => [symbol, age_ms]);
    expect(ages).toEqual([
      ["A", 62_000],
      ["B", 3_000],
    ]);
  });

  test.each([
    ["2026-02-24T00:00:06.962Z", 38],
    ["2026-02-24T00:00:07Z", 0],
    ["2026-02-24T00:00:07.001Z", undefined],
    ["2026-02-23T23:59:06Z", undefined],
    [undefined, undefined],
  ])("told for %s by the venue and received at 7 s was %s ms on its way", (venueTs, latency) => {
    const desk = new FoldedDesk().sample(7, book("A", venueTs === undefined ? {} : { venue_ts: venueTs }));
    expect(readOrderbooks(desk.state, at(9), { levels: 1 })[0]?.latency_ms).toBe(latency);
  });

  test("of what has settled in their mode are gone once they are stale", () => {
    const desk = new FoldedDesk()
      .fact(1, { type: "settlement", venue: "k", symbol: "A", payout_per_unit: 1 })
      .sample(2, book("A"))
      .sample(2, book("B"));
    const symbols = (seconds: number) =>
      readOrderbooks(desk.state, at(seconds), { levels: 1 }).map(({ symbol, stale }) => [symbol, stale]);
    expect(symbols(7)).toEqual([
      ["A", false],
      ["B", false],
    ]);
    expect(symbols(7.001)).toEqual([["B", true]]);
    desk.fact(8, { type: "settlement", venue: "k", symbol: "B", payout_per_unit: 0, mode: "paper" });
    expect(symbols(9)).toEqual([["B", true]]);
  });

  test("say when they are crossed, and have no mid with one side empty", () => {
    const desk = new FoldedDesk()
      .sample(1, book("A", { asks: [["0.49", "1"]] }))
      .sample(1, book("B", { asks: [["0.5", "1"]] }))
      .sample(1, book("C", { asks: [] }));
    expect(readOrderbooks(desk.state, at(1), { levels: 5 })).toMatchObject([
      { symbol: "A", crossed: true, mid: 0.495 },
      { symbol: "B", crossed: false, spread_bps: 0 },
      { symbol: "C", crossed: false, mid: null, spread_bps: null },
    ]);
  });

  test("keep to their filters, and are found by their name with all their levels", () => {
    const desk = new FoldedDesk()
      .sample(1, book("A"))
      .sample(1, book("B:C", { bot: "arb", mode: "paper", venue: "p:q" }));
    const symbols = (filter: object) =>
      readOrderbooks(desk.state, at(1), { levels: 1, ...filter }).map(({ symbol }) => symbol);
    expect([symbols({}), symbols({ bot: "arb" }), symbols({ mode: "live" })]).toEqual([["A", "B:C"], ["B:C"], ["A"]]);
    expect([symbols({ venue: "k" }), symbols({ symbol: "B:C" }), symbols({ keys: ["k\tA"] })]).toEqual([
      ["A"],
      ["B:C"],
      ["A"],
    ]);
    expect(readOrderbookNamed(desk.state, at(1), "p:q:B:C")).toMatchObject({
      symbol: "B:C",
      bids: [
        ["0.5", "2"],
        ["0.4", "1"],
      ],
    });
    expect(readOrderbookNamed(desk.state, at(1), "p:q:D")).toBeUndefined();
  });
});
