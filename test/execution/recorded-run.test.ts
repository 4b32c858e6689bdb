import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { micros, isoFromMicros } from "../../src/base/time.ts";
import { MARKOUT_HORIZONS_S, markoutsAnswer } from "../../src/protocol/api-execution.ts";
import { type ImportDesk, startImportDesk } from "../imports/import-desk.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const FOLDER = "data/fill-quality/clean_run";
const VENUES: Readonly<Record<string, string>> = { spot: "kraken", fut: "kraken-futures" };

interface Book {
  readonly event: string;
  readonly venue: string;
  readonly ts_local: number;
  readonly mid: number;
  readonly oid?: number;
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

interface Fill {
  readonly oid: number;
  readonly fill_mid: number;
  readonly fill_price: number;
}

const linesOf = <T>(name: string): T[] => {
  const path = testData(FOLDER, `${name}.jsonl.gz`);
  if (!existsSync(path)) return [];
  const text = gunzipSync(readFileSync(path)).toString().trim();
  return text.split("\n").map((line) => JSON.parse(line) as T);
};

requireTestData(FOLDER)("A recorded run, imported", () => {
  let desk: ImportDesk;
  const events = linesOf<Book>("events");
  const books = events.filter(({ event }) => event === "BOOK_TOP");
  /** The moment at which the log has a fill: some tenths of a millisecond after the fill itself. */
  const loggedAt = new Map(events.filter(({ event }) => event === "FILL").map((line) => [line.oid, line.ts_local]));
  const recorded = linesOf<Recorded>("markouts");
  const fills = new Map(linesOf<Fill>("fills").map((fill) => [fill.oid, fill]));
  const [first] = recorded;

  beforeAll(async () => {
    desk = await startImportDesk();
    for (const name of ["events", "fills"]) await desk.importAll([testData(FOLDER, `${name}.jsonl.gz`)]);
  }, 120_000);

  afterAll(() => desk.close());

  const read = async (more: Record<string, string>) => {
    const query = new URLSearchParams({ bot: "fill-quality", mode: "paper", ...more });
    const response = await fetch(`${desk.url}/api/v1/markouts?${query}`);
    return markoutsAnswer.parse(await response.json());
  };

  const from = isoFromMicros(micros(Math.floor((first?.fill_ts ?? 0) - 3_600) * 1_000_000));

  /** The last mid of a market by a moment. */
  const midAt = (venue: string, at: number): number | undefined =>
    books.findLast((book) => book.venue === venue && book.ts_local <= at)?.mid;

  test("has every fill, each with the mid that its bot saw", async () => {
    const { all } = await read({ from });
    expect(all.fills).toBe(43);
    expect(all.spread_capture.mean_bps.n).toBe(43);
    expect(all.curve.map(({ n, pending, expired, unmarked }) => n + pending + expired + unmarked)).toEqual(
      Array.from({ length: 5 }, () => 43),
    );
  });

  test("has the markouts of its author at all horizons that both have", async () => {
    const known = recorded.filter(({ horizon }) =>
      MARKOUT_HORIZONS_S.some((each) => each === Number.parseFloat(horizon)),
    );
    let same = 0;
    for (const { oid, venue, side, horizon, ts, markout_bps, markout_vs_fill_bps } of known) {
      const [filledAt, seconds] = [loggedAt.get(oid) ?? 0, Number.parseFloat(horizon)];
      const { fill_mid: fillMid = 0, fill_price: price = 0 } = fills.get(oid) ?? {};
      const at = Math.round(filledAt * 1e6);
      const { all } = await read({
        venue: VENUES[venue] ?? "",
        from: isoFromMicros(micros(at - 2)),
        to: isoFromMicros(micros(at + 2)),
      });
      expect(all.fills).toBe(1);
      const point = all.curve.find(({ horizon_s }) => horizon_s === seconds);
      const [drift, markout] = [Number(point?.mean_drift_bps.value), Number(point?.mean_bps.value)];
      const later = midAt(venue, filledAt + seconds);
      expect(drift).toBeCloseTo((((side === "buy" ? 1 : -1) * ((later ?? 0) - fillMid)) / fillMid) * 1e4, 6);
      // He looked a little after the horizon: mostly at the same book.
      if (later !== midAt(venue, ts)) continue;
      expect(drift).toBeCloseTo(markout_bps, 6);
      expect(markout).toBeCloseTo((markout_vs_fill_bps * price) / fillMid, 6);
      same++;
    }
    expect([known.length, same]).toEqual([137, 127]);
  }, 120_000);
});
