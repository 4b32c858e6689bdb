import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { planOf } from "../../src/app/simulate/plan.ts";
import { runDeskwatch } from "../support/desk-process.ts";
import { scratchDesk } from "../support/scratch.ts";

const NOW_MS = Date.UTC(2026, 2, 4, 7);
const HOUR_MS = 3_600_000;
const truth = z.object({ events: z.number(), bots: z.record(z.string(), z.object({ fills: z.number() })) });
const bots = z.object({ bots: z.array(z.object({ bot: z.string(), mode: z.string(), fills: z.number() })) });

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "deskwatch-simulate-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const planned = (flags: Parameters<typeof planOf>[0]) => {
  const plan = planOf(flags, NOW_MS);
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

describe("the plan of a simulation", () => {
  test("ends now, as long as is asked for", () => {
    const { simulation, untilMs, limit } = planned({ hours: "2" });
    expect([simulation.fromMs, untilMs, limit]).toEqual([NOW_MS - 2 * HOUR_MS, NOW_MS, Number.POSITIVE_INFINITY]);
  });

  test("is so many events from the time that is named", () => {
    const { simulation, limit } = planned({ events: "5000", from: "2026-01-01T00:00:00Z", bots: "arb-1" });
    expect([simulation.fromMs, limit, simulation.bots]).toEqual([Date.UTC(2026, 0, 1), 5_000, ["arb-1"]]);
  });

  test("thins a long past out, and is as busy as asked for before it goes live", () => {
    const { simulation, untilMs } = planned({ hours: "24", events: "110000", live: true });
    expect(simulation.activity).toBeLessThan(0.1);
    expect([simulation.activityLater, untilMs]).toEqual([1, NOW_MS]);
    expect(simulation.laterMs).toBeLessThan(NOW_MS);
    expect(planned({ hours: "0.05", events: "110000", live: true }).simulation.activity).toBe(1);
  });

  test("is refused with the flag that is wrong", () => {
    for (const [flag, value] of Object.entries({
      events: "10",
      hours: "x",
      seed: "-1",
      bots: "mm-9",
      mode: "no",
      from: "soon",
    }))
      expect(planOf({ [flag]: value }, NOW_MS)).toMatchObject({
        ok: false,
        error: expect.stringMatching(`^--${flag} `),
      });
  });
});

describe("deskwatch simulate", () => {
  test("writes the same file for the same seed, compressed as its name says, and never over another", async () => {
    const dir = directory();
    const write = (name: string) =>
      runDeskwatch([
        "simulate",
        "--events",
        "2000",
        "--seed",
        "7",
        "--from",
        "2026-01-31T00:00:00Z",
        "--out",
        join(dir, name),
      ]);
    for (const name of ["a.ndjson", "b.ndjson.gz", "c.ndjson.zst"])
      expect(await write(name)).toMatchObject({ code: 0 });
    const plain = readFileSync(join(dir, "a.ndjson"), "utf8");
    expect(plain.trimEnd().split("\n")).toHaveLength(2_000);
    expect(gunzipSync(readFileSync(join(dir, "b.ndjson.gz"))).toString()).toBe(plain);
    expect(zstdDecompressSync(readFileSync(join(dir, "c.ndjson.zst"))).toString()).toBe(plain);
    expect(await write("a.ndjson")).toMatchObject({ code: 1, output: expect.stringContaining("cannot write") });
    expect(readFileSync(join(dir, "a.ndjson"), "utf8")).toBe(plain);
  }, 60_000);

  test("tells the same to a hub as its file does by import, and nothing twice", async () => {
    const dir = directory();
    const [file, truthFile] = [join(dir, "desk.ndjson.gz"), join(dir, "truth.json")];
    const what = ["simulate", "--events", "3000", "--seed", "8", "--from", "2026-01-31T00:00:00Z"];
    expect(await runDeskwatch([...what, "--out", file, "--truth", truthFile])).toMatchObject({ code: 0 });
    const { url } = await scratchDesk();
    expect(await runDeskwatch(["import", file, "--url", url])).toMatchObject({ code: 0 });
    const known = async () => bots.parse(await (await fetch(`${url}/api/v1/bots`)).json()).bots;
    const imported = await known();
    const { bots: expected } = truth.parse(JSON.parse(readFileSync(truthFile, "utf8")));
    expect(Object.fromEntries(imported.map(({ bot, fills }) => [bot, { fills }]))).toMatchObject(
      Object.fromEntries(Object.entries(expected).map(([bot, { fills }]) => [bot, { fills }])),
    );
    expect(new Set(imported.map(({ mode }) => mode))).toEqual(new Set(["simulate"]));
    expect(await runDeskwatch([...what, "--url", url])).toMatchObject({ code: 0 });
    expect((await known()).map(({ fills }) => fills)).toEqual(imported.map(({ fills }) => fills));
  }, 60_000);

  test("says what is wrong with how it was called", async () => {
    expect(await runDeskwatch(["simulate", "--events", "5"])).toMatchObject({ code: 2 });
    expect(await runDeskwatch(["simulate", "--out", "x", "--live"])).toMatchObject({ code: 2 });
  }, 60_000);
});
