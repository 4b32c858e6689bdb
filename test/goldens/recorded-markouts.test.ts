import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fillQuality, laterMids, markoutAt } from "../../src/metrics/microstructure/markouts.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { expectNear } from "./golden.ts";

const FOLDER = "data/fill-quality/clean_run";

interface Book {
  readonly event: string;
  readonly venue: string;
  readonly ts_local: number;
  readonly bid: number;
  readonly ask: number;
}

interface Fill {
  readonly oid: number;
  readonly ts: number;
  readonly fill_price: number;
  readonly fill_qty: number;
  readonly kind: string;
}

interface Recorded {
  readonly oid: number;
  readonly venue: string;
  readonly side: string;
  readonly horizon: string;
  /** When its author looked at the book, which is a little after the horizon. */
  readonly ts: number;
  readonly fill_ts: number;
  readonly markout_bps: number;
  readonly markout_vs_fill_bps: number;
}

const linesOf = <T>(name: string): T[] => {
  const path = testData(FOLDER, `${name}.jsonl.gz`);
  if (!existsSync(path)) return [];
  return gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
};

function quotesOf(venue: string) {
  const books = linesOf<Book>("events").filter((each) => each.event === "BOOK_TOP" && each.venue === venue);
  books.sort((a, b) => a.ts_local - b.ts_local);
  return {
    at: Float64Array.from(books, ({ ts_local }) => ts_local * 1000),
    bid: Float64Array.from(books, ({ bid }) => bid),
    ask: Float64Array.from(books, ({ ask }) => ask),
  };
}

requireTestData(FOLDER)("Markouts that a recorded bot computed itself, made again from its book tops", () => {
  const fills = new Map(linesOf<Fill>("fills").map((fill) => [fill.oid, fill]));
  const recorded = linesOf<Recorded>("markouts");

  test("there are 180 of them", () => {
    expect(recorded).toHaveLength(180);
  });

  describe.each([...new Set(recorded.map(({ venue }) => venue))])("at %s", (venue) => {
    const own = recorded.filter((each) => each.venue === venue);
    const quotes = quotesOf(venue);

    test.each(own)("order $oid after $horizon", ({ oid, side, ts, fill_ts, markout_bps, markout_vs_fill_bps }) => {
      const fill = fills.get(oid);
      if (fill === undefined) throw new Error(`no fill of ${oid}`);
      const one = {
        at: Float64Array.of(fill_ts * 1000),
        side: Int8Array.of(side === "buy" ? 1 : -1),
        price: Float64Array.of(fill.fill_price),
        quantity: Float64Array.of(fill.fill_qty),
        fee: Float64Array.of(0),
        maker: Int8Array.of(fill.kind === "maker" ? 1 : 0),
      };
      const quality = fillQuality(one, quotes);
      const { drift, driftBps, price } = markoutAt(one, quality, laterMids(one, quality, (ts - fill_ts) * 1000), 0);
      // What it calls a markout goes from mid to mid; the other one is of the price of the fill.
      expectNear(driftBps, markout_bps, "abs 1e-6");
      expectNear((price / fill.fill_price) * 1e4, markout_vs_fill_bps, "abs 1e-6");
      expect(Number.isFinite(drift)).toBe(true);
    });
  });
});
