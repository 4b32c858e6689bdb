import { describe, expect, test } from "vitest";
import { parseTime } from "../../base/time.ts";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import type { ImportOptions } from "../format.ts";
import { calibrationFiles } from "./calibration.ts";

const CHANGED = parseTime("2026-05-04T12:00:00Z");
const read = (value: unknown, options: Partial<ImportOptions> = {}, modifiedAt = CHANGED) =>
  importText(calibrationFiles, inChunks(JSON.stringify(value, null, 2)), options, modifiedAt);

describe("calibrationFiles", () => {
  test("tells the capture of an edge report at the report's own time, and keeps the rest", async () => {
    const report = { generated_at: "2026-05-04T10:00:00Z", avg_capture_bps: 3.25, fills: 120, mode: "auto" };
    const { events, invalid, leftOut } = await read(report);
    expect([invalid, leftOut]).toEqual([[], []]);
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        type: "calibration",
        bot: "default",
        ts: "2026-05-04T10:00:00.000Z",
        kind: "edge_report",
        avg_capture_bps: 3.25,
        fills: 120,
        reported_mode: "auto",
      },
    ]);
  });

  test("tells each bot of a list inside, and no sum over them as if it were one's own", async () => {
    const { events, leftOut, rows } = await read({
      ts: 1_777_890_000,
      realized_fill_factor: 0.5,
      bots: [
        { bot: "a", realized_fill_factor: 0.4, configured_fill_factor: 0.6 },
        { bot_variant: "z", realized_fill_factor: 0.7 },
      ],
    });
    expect(events.map(({ event }) => [event.bot, event.ts])).toEqual([
      ["a", "2026-05-04T10:20:00.000Z"],
      ["hbot-z", "2026-05-04T10:20:00.000Z"],
    ]);
    expect(events[0]?.event).toMatchObject({ realized_fill_factor: 0.4, configured_fill_factor: 0.6 });
    expect([rows, leftOut]).toEqual([3, ["a report over several bots, whose own reports stand inside it"]]);
  });

  test.each([
    [
      "a list",
      [
        { bot: "a", avg_capture_bps: 1 },
        { bot: "b", avg_capture_bps: 2 },
      ],
    ],
    ["an object that names them", { a: { avg_capture_bps: 1 }, b: { avg_capture_bps: 2 } }],
    ["an object inside", { bots: { a: { avg_capture_bps: 1 }, b: { avg_capture_bps: 2 } } }],
  ])("finds the bots of %s", async (_, value) => {
    const { events } = await read(value);
    expect(events.map(({ event }) => event.bot)).toEqual(["a", "b"]);
  });

  test("takes a breakdown for a part of the report, not for bots", async () => {
    const { events } = await read({ avg_capture_bps: 2, by_hour: { "10": { avg_capture_bps: 3 } } }, { bot: "given" });
    expect(events.map(({ event }) => event)).toMatchObject([
      { bot: "given", avg_capture_bps: 2, by_hour: { "10": { avg_capture_bps: 3 } } },
    ]);
  });

  test("says that the time is the file's when the report has none, and keeps its id when the file is copied", async () => {
    const first = await read({ avg_capture_bps: 2 });
    expect(first.events[0]?.event.ts).toBe("2026-05-04T12:00:00.000Z");
    expect(first.leftOut).toEqual(["the file says no time: told at the time of its last change"]);
    const copied = await read({ avg_capture_bps: 2 }, {}, parseTime("2026-05-05T12:00:00Z"));
    expect(copied.events[0]?.event.id).toBe(first.events[0]?.event.id);
  });

  test("refuses a report without any time, one whose figure is none, and a document with no report", async () => {
    const reasons = async (value: unknown) =>
      (await importText(calibrationFiles, inChunks(JSON.stringify(value)))).refused.map(({ refused }) => refused);
    expect(await reasons({ avg_capture_bps: 2 })).toEqual([
      "the file says no time, and when it was changed is not known",
    ]);
    expect(await reasons({ ts: 1, avg_capture_bps: "much" })).toEqual(["avg_capture_bps is not a decimal"]);
    expect(await reasons({ ts: 1 })).toEqual(["neither avg_capture_bps nor realized_fill_factor in it"]);
  });
});
