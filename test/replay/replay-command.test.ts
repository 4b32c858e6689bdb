import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { registerImport } from "../../src/app/commands/import.ts";
import { registerReplay } from "../../src/app/commands/replay.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { withoutReceipts } from "../../src/engine/without-receipts.ts";
import { DistinctEvents } from "../support/distinct-events.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub } from "../support/scratch-hub.ts";
import { waitUntil } from "../support/wait-until.ts";
import { type Ran, typed } from "../support/typed-command.ts";

const ndjson = (count: number): string => new DistinctEvents(5, "c").batch(count, Date.UTC(2026, 2, 1));

const replay = (args: readonly string[]): Promise<Ran> => typed([registerReplay], ["replay", ...args]);

const shaOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));

/** The command on a file that says this, as a process of its own. */
async function served(text: string, temporary = scratchDirectory(), speed = "1") {
  const file = join(scratchDirectory(), "events.ndjson");
  writeFileSync(file, text);
  const child = spawn(process.execPath, [MAIN, "replay", file, "--port", "0", "--speed", speed], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, url: new URL(String(line).replace("Replay ready at ", "")) };
}

describe("deskwatch replay", () => {
  test("serves the page's reads and its stream with --port, takes nothing in, and leaves nothing behind", async () => {
    const temporary = scratchDirectory();
    const { child, url } = await served(ndjson(50), temporary);
    const id = url.searchParams.get("replay");
    const shown = await (await fetch(new URL(`/api/v1/replays/${id}`, url))).json();
    expect(shown).toMatchObject({ replay_id: id, events: 50, speed: 1 });
    expect((await fetch(new URL("/api/v1/bots", url))).status).toBe(200);
    expect((await fetch(new URL("/api/v1/desk", url))).status).toBe(200);
    const access = await (await fetch(new URL("/api/v1/access", url))).json();
    expect(access).toMatchObject({ owner: false, loopback_trusted: true });
    expect((await fetch(new URL("/api/v1/events", url), { method: "POST", body: "{}" })).status).toBe(404);
    expect((await fetch(new URL("/metrics", url))).status).toBe(404);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(readdirSync(temporary).filter((name) => name.startsWith("deskwatch-replay"))).toEqual([]);
  });

  test.each([
    ["simulate", ["simulate", "simulate"], 2],
    ["live", ["simulate", "paper"], 0],
  ])("says without being asked what %s events come to, of a file with %j", async (mode, modes, positions) => {
    const fills = modes.map((of, index) => ({
      type: "fill",
      bot: `b${index}`,
      mode: of,
      fill_id: "f",
      venue: "kalshi",
      symbol: "A",
      side: "buy",
      price: "0.5",
      size: "10",
      ts: "2026-03-01T12:00:00Z",
    }));
    const { url } = await served(fills.map((fill) => JSON.stringify(fill)).join("\n"), scratchDirectory(), "max");
    const under = (read: string) => new URL(`/api/v1/replays/${url.searchParams.get("replay")}${read}`, url);
    await waitUntil("it has played", async () => (await (await fetch(under(""))).json()).state === "ended");
    expect(await (await fetch(new URL("/api/v1/desk", url))).json()).toMatchObject({ mode });
    expect((await (await fetch(under("/positions"))).json()).positions).toHaveLength(positions);
    expect(await (await fetch(under("/exposure"))).json()).toMatchObject({ total: { positions } });
  });

  test("says the same of a file as of the log of the hub that took it in, which goes on meanwhile", async () => {
    const desk = await scratchHub();
    const file = join(scratchDirectory(), "events.ndjson.gz");
    writeFileSync(file, gzipSync(ndjson(3_000)));
    const temporary = scratchDirectory();
    vi.stubEnv("TMPDIR", temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    const imported = await typed([registerImport], ["import", file, "--json"], {
      environment: { DASHBOARD_API_URL: desk.url },
    });
    expect(imported.code).toBe(0);
    const ofLog = await replay(["--data-dir", desk.dataDir, "--json"]);
    expect([ofLog.code, ofLog.err]).toEqual([0, ""]);
    const log = JSON.parse(ofLog.out);
    expect(log).toMatchObject({ replay: { state: "ended", played: 3_000 }, at_seq: 3_000 });
    expect(log.fingerprint).toBe(shaOf(fingerprint(withoutReceipts(desk.hub.state))));
    const file1 = JSON.parse((await replay([file, "--json"])).out);
    expect(file1).toMatchObject({ at_seq: 3_000, counts: log.counts, import: { outcomes: { accepted: 3_000 } } });
    expect(file1.positions).toEqual(log.positions);
    expect(file1.fingerprint).toBe(log.fingerprint);
    const inAStore = JSON.parse((await replay([file, "--json", "--from", "2026-01-01T00:00:00Z"])).out);
    expect(inAStore.fingerprint).toBe(log.fingerprint);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("plays a range of a file, and tells of rows that were refused", async () => {
    const file = join(scratchDirectory(), "events.ndjson");
    const lines = [1, 2, 3, 4].map((n) =>
      JSON.stringify({ type: "annotation", bot: "mm", title: `t${n}`, ts: `2026-03-01T12:00:0${n}Z` }),
    );
    writeFileSync(file, `${lines.join("\n")}\n{"type":"fill","bot":"mm"}\n`);
    const ran = await replay([file, "--from", "2026-03-01T12:00:02Z", "--to", "2026-03-01T12:00:03Z"]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("2 of 2 facts played");
    expect(ran.out).toContain("1 refused");
    expect(ran.out).toContain("ended at 2026-03-01T12:00:03.000Z, seq 3 of 3");
  });

  test("says the same of a moment of a file every time, and at any speed", async () => {
    const file = join(scratchDirectory(), "events.ndjson");
    const lines = Array.from({ length: 12_000 }, (_, n) => {
      const of = {
        bot: "mm",
        venue: "kalshi",
        symbol: `S${n % 7}`,
        ts: new Date(Date.UTC(2026, 2, 1) + n * 5).toISOString(),
      };
      if (n % 10 > 0) return { ...of, type: "mark", price: String(1 + n / 100_000) };
      return { ...of, type: "fill", fill_id: `f${n}`, side: "buy", price: "1", size: "1" };
    });
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    const told = [];
    for (const speed of ["max", "100000", "max", "100000"]) {
      const ran = await replay([file, "--json", "--to", "2026-03-01T00:00:41Z", "--speed", speed]);
      const { bots, positions, fingerprint: facts } = JSON.parse(ran.out);
      told.push({ bots, positions, facts });
    }
    expect(told.slice(1)).toEqual([told[0], told[0], told[0]]);
    expect(told[0]?.positions).toHaveLength(7);
  });

  test("tells what is at stake in each mode that holds something, and adds no two modes up", async () => {
    const file = join(scratchDirectory(), "events.ndjson");
    const fill = { type: "fill", venue: "kalshi", symbol: "A", side: "buy", price: "0.5", ts: "2026-03-01T12:00:00Z" };
    const [paper, simulated] = [
      { ...fill, bot: "p", mode: "paper", fill_id: "f1", size: "10" },
      { ...fill, bot: "s", mode: "simulate", fill_id: "f2", size: "40" },
    ];
    const instrument = {
      type: "instrument",
      kind: "spot",
      bot: "p",
      venue: "kalshi",
      symbol: "A",
      quote: "USD",
      ts: fill.ts,
    };
    writeFileSync(file, [instrument, paper, simulated].map((event) => JSON.stringify(event)).join("\n"));
    const { out } = await replay([file]);
    expect(out).toContain("exposure, paper: gross 5 USD, net 5 USD\nexposure, simulate: gross 20 USD, net 20 USD\n");
    expect(out).not.toContain("live");
    const told = JSON.parse((await replay([file, "--json"])).out);
    expect(told.exposure).toMatchObject([
      { mode: "paper", total: { gross_usd: 5, positions: 1 } },
      { mode: "simulate", total: { gross_usd: 20, positions: 1 } },
    ]);
    const nothing = join(scratchDirectory(), "nothing.ndjson");
    writeFileSync(nothing, JSON.stringify(instrument));
    expect((await replay([nothing])).out).toContain("exposure: none\n");
  });

  test("is code 2 with a sentence when it is not called as it can be", async () => {
    const file = join(scratchDirectory(), "events.ndjson");
    writeFileSync(file, "");
    for (const args of [
      ["--speed", "0"],
      ["--speed", "fast"],
      ["--from", "soon"],
      ["--from", "2026-02-02", "--to", "2026-02-01"],
      ["nowhere.ndjson"],
      [file, "--data-dir", "x"],
    ])
      expect(await replay(args)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(/^deskwatch: .+\n$/) });
  });

  test("is code 1 with what to do when there is no store, and makes none", async () => {
    const empty = mkdtempSync(join(scratchDirectory(), "empty-"));
    const ran = await replay(["--data-dir", empty]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("--data-dir") });
    expect(readdirSync(empty)).toEqual([]);
  });
});
