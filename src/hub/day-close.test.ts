import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { micros } from "../base/time.ts";
import type { DaySummary } from "../protocol/api-summaries.ts";
import { summaryJson } from "../view/daily-summary.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 1, 24, 12);

let kept: DaySummary[];
let refuse: boolean;
let bench: HandDrivenHub;

beforeEach(async () => {
  kept = [];
  refuse = false;
  bench = new HandDrivenHub(START_MS * 1_000, {
    keepSummary: (summary) => {
      if (refuse) return Promise.reject(new Error("disk full"));
      kept.push(summary);
      return Promise.resolve();
    },
  });
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
});

const dates = () => kept.map(({ date }) => date);

const nowMs = () => bench.now / 1_000;

/** Sets the clock, and lets the hub look at it. */
async function at(ms: number): Promise<void> {
  bench.now = micros(ms * 1_000);
  await bench.time.advance(60_000);
}

const closedDays = () => [...(bench.hub?.state.desk.closedDays.keys() ?? [])];

/** Waits until the days up to `date` are closed in the log. */
const closed = (date: string) => vi.waitFor(() => expect(closedDays()).toContain(date), 30_000);

let sent = 0;

async function trade(ms: number): Promise<void> {
  const place = {
    bot: "mm",
    type: "fill",
    venue: "k",
    symbol: "A",
    price: 10,
    size: 1,
    ts: new Date(ms).toISOString(),
  };
  const done = await bench.hub?.ingest.submit([
    { value: { ...place, fill_id: `f${sent++}`, side: "buy" } },
    { value: { ...place, fill_id: `f${sent++}`, side: "sell", price: 11 } },
  ]);
  if (done?.ok !== true) throw new Error("not taken");
}

const midnight = (days: number): number => Math.floor(START_MS / DAY_MS) * DAY_MS + days * DAY_MS;

describe("the end of a day", () => {
  test("is marked once, five seconds after 00:00 UTC, and again the next night", async () => {
    await trade(nowMs());
    await at(midnight(1) + 4_000);
    expect(dates()).toEqual([]);
    await at(midnight(1) + 5_000);
    await closed("2026-02-24");
    await at(midnight(1) + 3_600_000);
    expect(dates()).toEqual(["2026-02-24"]);
    expect(kept[0]?.desk.trades.total_trades).toBe(1);
    await trade(nowMs());
    await at(midnight(2) + 5_000);
    await closed("2026-02-25");
    expect(dates()).toEqual(["2026-02-24", "2026-02-25"]);
    const marks = (await bench.store?.events({ limit: 100, type: "day.closed" }))?.events ?? [];
    expect(marks.map((text) => (JSON.parse(text) as { id: string }).id).sort()).toEqual([
      "day.closed:2026-02-24",
      "day.closed:2026-02-25",
    ]);
    expect(bench.problems).toEqual([]);
  });

  test("that nobody was there for is marked once when the hub starts again, with the quiet days between", async () => {
    await trade(nowMs());
    await at(midnight(1) + 5_000);
    await closed("2026-02-24");
    await bench.stop();
    bench.now = micros((midnight(4) + 60_000) * 1_000);
    await bench.start();
    await bench.time.advance(60_000);
    await closed("2026-02-27");
    expect(dates()).toEqual(["2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"]);
    expect(kept.at(-1)?.desk.trades.total_trades).toBe(0);
    await bench.stop();
    await bench.start();
    await bench.time.advance(60_000);
    expect(dates()).toHaveLength(4);
  });

  test("is marked for the newest 31 days at most", async () => {
    await trade(nowMs());
    await at(midnight(1) + 5_000);
    await closed("2026-02-24");
    await at(midnight(100) + 5_000);
    await closed(new Date(midnight(99)).toISOString().slice(0, 10));
    expect(dates()).toHaveLength(1 + 31);
  });

  test("is not marked while nothing was ever told", async () => {
    await at(midnight(3) + 5_000);
    expect([dates(), closedDays()]).toEqual([[], []]);
  });

  test("is tried again where its summary could not be kept", async () => {
    await trade(nowMs());
    refuse = true;
    await at(midnight(1) + 5_000);
    await vi.waitFor(() => expect(bench.problems).toContain("closing a day: Error: disk full"), 30_000);
    expect(closedDays()).toEqual([]);
    refuse = false;
    await at(midnight(1) + 70_000);
    await closed("2026-02-24");
    expect(dates()).toEqual(["2026-02-24"]);
  });
});

describe("a summary made again", () => {
  const texts = (summaries: readonly (DaySummary | undefined)[]) =>
    summaries.map((summary) => summary && summaryJson(summary));
  const again = () => bench.hub?.query.summary("2026-02-24")?.summary;

  test("is what was kept that night, byte for byte, whatever the next days bring and after a restart", async () => {
    await trade(nowMs());
    await at(midnight(1) + 5_000);
    await closed("2026-02-24");
    await trade(nowMs());
    await at(midnight(2) + 5_000);
    await closed("2026-02-25");
    await bench.stop();
    await bench.start();
    expect(texts([again()])).toEqual(texts(kept.slice(0, 1)));
    expect(again()?.restated).toBe(false);
  });

  test("is what was kept that night when late fills of later days come, which restate those days alone", async () => {
    await trade(nowMs());
    await at(midnight(1) + 5_000);
    await closed("2026-02-24");
    await trade(nowMs());
    await at(midnight(2) + 5_000);
    await closed("2026-02-25");
    await trade(midnight(2) - 60_000);
    await bench.stop();
    await bench.start();
    expect(texts([again()])).toEqual(texts(kept.slice(0, 1)));
    expect(bench.hub?.query.summary("2026-02-25")?.summary).toMatchObject({
      restated: true,
      desk: { trades: { total_trades: 2 } },
    });
    expect(kept.map(({ date }) => date)).toEqual(["2026-02-24", "2026-02-25"]);
  });

  test("says that it is restated when a fact of that day came after it", async () => {
    await trade(nowMs());
    await at(midnight(1) + 5_000);
    await closed("2026-02-24");
    await trade(midnight(1) - 60_000);
    expect(again()).toMatchObject({ restated: true, desk: { trades: { total_trades: 2 } } });
  });
});

describe("the zone of the machine", () => {
  /** When a hub's timers wake it around the nights in which clocks are moved, in a process of that zone. */
  const waits = (zone: string): string =>
    execFileSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `const { startDayClose } = await import(${JSON.stringify(new URL("day-close.ts", import.meta.url).href)});
         const { emptyState } = await import(${JSON.stringify(new URL("../engine/fold.ts", import.meta.url).href)});
         const out = [];
         for (const at of ["2026-03-08T00:00:01Z", "2026-03-28T23:59:40Z", "2026-03-29T23:59:40Z", "2026-10-25T00:00:04Z"]) {
           const waited = [];
           let run;
           startDayClose({ state: emptyState(), clock: { now: () => Date.parse(at) * 1000 }, mode: "live",
             timers: { after: (next, ms) => { waited.push(ms); run = next; return () => undefined; } } });
           run();
           await new Promise((resolve) => setImmediate(resolve));
           out.push(waited);
         }
         console.log(new Date(2026, 6, 1).getTimezoneOffset(), JSON.stringify(out));`,
      ],
      { env: { ...process.env, TZ: zone }, encoding: "utf8" },
    ).trim();

  test("has no part in when a day ends", () => {
    const ends = "[[0,4000],[0,25000],[0,25000],[0,1000]]";
    expect(waits("UTC")).toBe(`0 ${ends}`);
    expect(waits("Europe/Berlin")).toBe(`-120 ${ends}`);
    expect(waits("America/St_Johns")).toBe(`150 ${ends}`);
  });
});
