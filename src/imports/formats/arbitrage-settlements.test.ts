import { describe, expect, test } from "vitest";
import { START } from "../../../test/imports/invented-attempt.ts";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import { arbitrageSettlements } from "./arbitrage-settlements.ts";

const SETTLED = "interval_start_ts,interval_end_ts,btc_spot_at_close,kalshi_resolution,poly_resolution,checked_at";
const settled = (kalshi: string, poly: string, atS: number) =>
  `${START},${START + 900},70000.5,${kalshi},${poly},${(START + atS) * 1000}`;
const settlements = (...rows: string[]) =>
  importText(arbitrageSettlements, inChunks([SETTLED, ...rows, ""].join("\n")));

describe("arbitrageSettlements", () => {
  test("pays the winner 1 and the loser 0 on a venue that has resolved", async () => {
    const { events, leftOut, invalid } = await settlements(settled("no", "unknown", 1000));
    expect(invalid).toEqual([]);
    const paid = events.flatMap(({ event }) =>
      event.type === "settlement" ? [[event.venue, event.symbol.slice(-3), event.payout_per_unit]] : [],
    );
    expect(paid).toEqual([
      ["kalshi", "YES", "0"],
      ["kalshi", "-NO", "1"],
    ]);
    expect(leftOut).toEqual(["a settlement on polymarket: not resolved when it was looked at"]);
  });

  test("says each venue's own outcome when they disagree", async () => {
    const { events } = await settlements(settled("yes", "no", 1000));
    const outcomes = events.flatMap(({ event }) =>
      event.type === "settlement" ? [`${event.venue} ${event.outcome}`] : [],
    );
    expect(outcomes).toEqual(["kalshi yes", "kalshi yes", "polymarket no", "polymarket no"]);
  });

  test("refuses a row when neither venue had resolved", async () => {
    const { refused, events } = await settlements(settled("unknown", "unknown", 1000));
    expect(refused).toMatchObject([{ line: 2, refused: "neither venue had resolved when it was looked at" }]);
    expect(events).toEqual([]);
  });

  test("has the same keys when it is looked at twice", async () => {
    const { events } = await settlements(settled("yes", "unknown", 1000), settled("yes", "unknown", 2000));
    const keys = events.flatMap(({ event }) => (event.type === "settlement" ? [event.id] : []));
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(2);
  });
});
