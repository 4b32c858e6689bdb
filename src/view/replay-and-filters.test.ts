import { describe, expect, test } from "vitest";
import type { ImportView } from "../protocol/api-sessions.ts";
import type { OpportunityView } from "../protocol/api-trading.ts";
import { importFigures, importMark, importTitle } from "./import-summary.ts";
import {
  actionCounts,
  latestFirst,
  matchesOpportunity,
  opportunityRow,
  reasonCounts,
  reasonWords,
} from "./opportunity-row.ts";
import { momentAt, nextSpeed, replaySpan, sessionRow, shareAfterKey, shareOf } from "./replay-clock.ts";
import { bookAge, momentMs } from "./time-format.ts";
import { filterQuery, filterWords, isEverything, matchesFilter, tradeFilter } from "./trade-filter.ts";
import { windowTitle } from "./window-title.ts";

const opportunity = (changes: Partial<OpportunityView> = {}): OpportunityView => ({
  seq: 1,
  opportunity_id: "o",
  bot: "arb",
  mode: "live",
  timestamp: "2026-11-21T14:03:20Z",
  action: "rejected",
  reason: "edge_too_small",
  steps: [],
  ...changes,
});

describe("an opportunity", () => {
  test("gives its edge in the unit that the bot gave, and the reason in words with its code on hover", () => {
    const said = (seq: number, at: string) => opportunity({ seq, steps: [{ action: "detected", at }] });
    const told = [said(9, "2026-10-01T00:00:00.000Z"), said(8, "2026-12-02T00:00:00.000Z"), opportunity({ seq: 7 })];
    expect(latestFirst([...told, said(6, "2026-12-02T00:00:00.000Z")]).map(({ seq }) => seq)).toEqual([8, 6, 7, 9]);
    const row = opportunityRow(opportunity({ edge_bps: 32, detail: "12 of 15 bps" }));
    expect(row.edge.text).toBe("+32.0 bps");
    expect(opportunityRow(opportunity({ edge_cents: -0.4 })).edge).toMatchObject({ text: "−0.40 ¢", tone: "down" });
    expect(row.reason.text).toBe("Edge below the threshold: 12 of 15 bps");
    expect(row.reason.full).toContain("(edge_too_small)");
  });

  test("is rejected for an unknown reason rather than for none", () => {
    const { reason: _, ...bare } = opportunity();
    expect(opportunityRow(bare).reason.reason).toBe("the bot gave no reason");
  });

  test("shows a code that nobody knows as words", () => {
    expect(reasonWords("VENUE_MAINTENANCE_WINDOW")).toBe("Venue maintenance window");
    expect(reasonWords("some_new code")).toBe("Some new code");
  });

  test("is counted by reason, the most frequent first, only where it was rejected", () => {
    const all = [
      opportunity(),
      opportunity({ reason: "stale_data" }),
      opportunity(),
      opportunity({ action: "executed", reason: "stale_data" }),
    ];
    expect(reasonCounts(all).map(({ code, count, share }) => [code, count.text, share])).toEqual([
      ["edge_too_small", "2", 1],
      ["stale_data", "1", 0.5],
    ]);
    expect(actionCounts(all).map(({ count }) => count)).toEqual([0, 0, 1, 3]);
    expect(all.filter((each) => matchesOpportunity(each, { reason: "stale_data" }))).toHaveLength(1);
  });
});

describe("the clock of a replay", () => {
  const span = replaySpan({
    from: "2026-02-24T12:00:00.000Z",
    to: "2026-02-24T14:00:00.000Z",
    at: "2026-02-24T12:30:00.000Z",
  });

  test("stands where its share says, and leads back from a share to a moment", () => {
    if (span === undefined) throw new Error("no span");
    expect(shareOf(span)).toBe(0.25);
    expect(momentAt(span, 0.5)).toBe("2026-02-24T13:00:00.000Z");
    expect(momentAt(span, 7)).toBe("2026-02-24T14:00:00.000Z");
  });

  test("stays within its stretch, and is unknown in an empty log", () => {
    expect(replaySpan({ from: null, to: null, at: null })).toBeUndefined();
    const late = replaySpan({ from: "2026-02-24T12:00:00Z", to: "2026-02-24T12:00:00Z", at: "2026-02-25T00:00:00Z" });
    expect(late === undefined ? undefined : shareOf(late)).toBe(1);
  });

  test("moves with the keys of a slider, and never out of it", () => {
    expect(shareAfterKey("ArrowRight", 0.5)).toBeCloseTo(0.51);
    expect(shareAfterKey("PageDown", 0.05)).toBe(0);
    expect(shareAfterKey("End", 0.2)).toBe(1);
    expect(shareAfterKey("a", 0.2)).toBeUndefined();
  });

  test("goes faster and slower by the speeds that are offered", () => {
    expect(nextSpeed(1, 1)).toBe(2);
    expect(nextSpeed(60, 1)).toBe("max");
    expect(nextSpeed("max", 1)).toBe("max");
    expect(nextSpeed("max", -1)).toBe(60);
    expect(nextSpeed(5, -1)).toBe(2);
    expect(nextSpeed(1, -1)).toBe(1);
  });

  test("never calls a session over that goes on", () => {
    const session = {
      session_id: "a:1",
      bot: "a",
      mode: "live" as const,
      from: "2026-02-24T12:00:00Z",
      to: null,
      from_seq: 1,
      to_seq: 9,
      facts: 9,
      fills: 1,
      imported: false,
    };
    expect(sessionRow(session)).toMatchObject({ open: true, lasted: { text: "—", reason: "it goes on" } });
    expect(sessionRow({ ...session, to: "2026-02-24T13:01:00Z" }).lasted.text).toBe("1 h 1 min");
  });
});

describe("a filter of trades", () => {
  test("becomes exactly what is asked of the hub", () => {
    const filter = tradeFilter({ bot: "mm", symbol: " BTC/USDT ", venue: "", status: 7, other: "x" });
    expect(filter).toEqual({ bot: "mm", symbol: "BTC/USDT", status: "7" });
    expect(filterQuery(filter, { format: "csv", cursor: undefined })).toBe(
      "bot=mm&symbol=BTC%2FUSDT&status=7&format=csv",
    );
    expect(filterWords(filter)).toBe("bot mm, symbol BTC/USDT, status 7");
  });

  test("lets everything through when it asks nothing", () => {
    expect(isEverything(tradeFilter({}))).toBe(true);
    expect(filterWords({})).toBe("all");
    expect(matchesFilter({ bot: "a", mode: "paper" }, { mode: "all" })).toBe(true);
    expect(matchesFilter({ bot: "a", mode: "paper" }, { mode: "live" })).toBe(false);
    expect(matchesFilter({ bot: "a", mode: "live" }, { venue: "kalshi" })).toBe(false);
  });
});

describe("an import", () => {
  const report: ImportView = {
    import_id: "i",
    via: "import",
    started_at: "2026-11-21T14:00:00Z",
    received_at: "2026-11-21T14:00:01Z",
    took_s: 1,
    files: [
      { file: "a.csv", format: "trades", rows: 10 },
      { file: "b.csv", format: "trades", rows: 5 },
    ],
    events: {},
    accepted: 13,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    refused: 0,
    reasons: [],
    refusals: [],
  };

  test("is complete only when nothing was refused and every file was read", () => {
    expect(importMark(report).word).toBe("complete");
    expect(importMark({ ...report, refused: 2 }).word).toBe("with refusals");
    expect(importMark({ ...report, files: [{ file: "c", format: "?", rows: 0, error: "no" }] }).tone).toBe("bad");
    expect(importMark({ ...report, error: "the hub went away" }).word).toBe("failed");
  });

  test("sums its rows and names its files", () => {
    expect(importTitle(report)).toBe("a.csv and 1 file more");
    expect(importFigures(report)[0]?.shown.text).toBe("15");
    expect(importFigures({ ...report, refused: 2 }).at(-1)?.shown.tone).toBe("stale");
  });
});

describe("what is not live", () => {
  test("says so first in the title of the window", () => {
    expect(windowTitle("live", undefined, ["REPLAY", "DEMO"])).toBe("REPLAY · DEMO · Deskwatch");
    expect(windowTitle("reconnecting", undefined, ["REPLAY"])).toBe("REPLAY · ⚠ reconnecting · Deskwatch");
  });
});

describe("ages and moments of books and steps", () => {
  test("warn from the limit on, with a sign", () => {
    expect(bookAge(4.96, 5).text).toBe("5.0 s");
    expect(bookAge(5.01, 5)).toMatchObject({ text: "⚠ 5.0 s", tone: "stale" });
    expect(bookAge(61, 5).text).toBe("⚠ 1 min");
    expect(momentMs("2026-11-21T14:03:22.104Z")).toBe("14:03:22.104");
    expect(momentMs("soon")).toBe("soon");
  });
});
