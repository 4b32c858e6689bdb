import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { micros } from "../../../src/base/time.ts";
import { readDocument2Fill } from "../../../src/protocol/documents.ts";
import { naturalKey } from "../../../src/protocol/natural-key.ts";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { requireTool } from "../../../test/support/tools.ts";
import { createReporter } from "../src/index.ts";
import { type FakeHub, startFakeHub, until } from "./fake-hub.ts";

const BOT = fileURLToPath(new URL("./python_bot.py", import.meta.url));

requireTool("python3")("the Python reporter", () => {
  let hub: FakeHub;
  let spoolDir: string;
  const running: ChildProcess[] = [];

  const start = (args: readonly string[], environment: Record<string, string> = {}): ChildProcess => {
    const bot = spawn("python3", [BOT, ...args], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, DESKWATCH_URL: hub.url, ...environment },
    });
    running.push(bot);
    return bot;
  };

  /** Runs a bot to its end. Resolves to the stats that it printed, one for each line. */
  const run = async (args: readonly string[], environment: Record<string, string> = {}) => {
    const bot = start(args, environment);
    let output = "";
    bot.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    const [code] = await once(bot, "close");
    expect(code).toBe(0);
    return output
      .trim()
      .split("\n")
      .map((line): Record<string, unknown> => JSON.parse(line));
  };

  const fillIds = (): unknown[] => hub.facts().map((event) => event["fill_id"]);
  const expectedIds = (count: number): string[] => Array.from({ length: count }, (_, index) => `f-${index}`);

  beforeEach(async () => {
    hub = await startFakeHub();
    spoolDir = await mkdtemp(join(tmpdir(), "deskwatch-python-"));
  });

  afterEach(async () => {
    for (const bot of running.splice(0)) bot.kill("SIGKILL");
    await hub.down();
    await rm(spoolDir, { recursive: true, force: true });
  });

  test("says events that the hub's own schemas accept when its methods are called", async () => {
    const [stats] = await run(["told"]);
    expect(stats).toMatchObject({ reported: 7, sent: 7, accepted: 7, dropped: 0, rejected: 0, last_error: null });
    expect(hub.events.map((event) => parseEvent({ ...event })).filter((result) => !result.ok)).toEqual([]);
    expect(hub.events).toMatchObject([
      { type: "bot.started", bot: "py-1", mode: "paper", strategy: "mm" },
      { type: "order.placed", size: "0.10" },
      { type: "fill", fill_id: "x", is_maker: true },
      { type: "mark", ts: "2026-01-01T00:00:00+00:00" },
      { type: "error", code: "timeout" },
      { type: "threshold_breach", metric: "daily_loss", value: 50 },
      { type: "annotation", title: "deploy" },
    ]);
    expect(new Set(hub.events.map((event) => event.id)).size).toBe(7);
  });

  test("takes the alerts of an arbitrage bot when they are awaited and when they are not", async () => {
    const [stats] = await run(["alerts"]);
    expect(stats).toMatchObject({ accepted: 4, rejected: 0 });
    expect(hub.facts()).toMatchObject([
      { type: "fill", bot: "default", pair_id: "p:k", entry_edge_cents: 3.2, realized_edge_cents: 2.5, pnl_cents: 150 },
      { type: "error", code: "execution_timeout", message: "Hedge timed out" },
      { type: "threshold_breach", metric: "daily_loss", value: 50 },
      { type: "error", code: "plain" },
    ]);
    expect(
      hub
        .facts()
        .map((event) => parseEvent({ ...event }))
        .filter((result) => !result.ok),
    ).toEqual([]);
  });

  test("tells a trade that was posted too as the same one when it is given its id", async () => {
    await run(["alerted"]);
    const keyOf = (read: ReturnType<typeof parseEvent>): string | undefined =>
      read.ok ? naturalKey(read.value) : undefined;
    const keys = hub.facts().map((event) => keyOf(parseEvent({ ...event })));
    const posted = ["fill-001", "fill-002"].map((fill_id) =>
      keyOf(
        readDocument2Fill({ fill_id, timestamp: "2024-01-01T00:00:00Z", pair_id: "p:k", pnl_cents: 150 }, micros(0)),
      ),
    );
    expect(keys.slice(0, 2)).toEqual(posted);
    expect(new Set(keys).size).toBe(4);
  });

  test("keeps both ends of an error that is longer than the hub takes", async () => {
    await run(["long_errors"]);
    const errors = hub.facts().slice(0, 4);
    expect(errors.map((event) => parseEvent({ ...event }).ok)).toEqual([true, true, true, true]);
    const [whole, long, taken, cut] = errors.map((event) => String(event["message"]));
    expect(whole).toBe("x".repeat(4096));
    expect(long).toMatch(/^firstx+\n\[969 characters left out\]\nx+last$/);
    expect(taken).toBe("😀".repeat(4096));
    expect(cut).toBe(`${"😀".repeat(2020)}\n[4960 characters left out]\n${"😀".repeat(2020)}`);
  });

  test("reports what can be read and raises nothing when objects are hostile", async () => {
    const [stats] = await run(["hostile"]);
    expect(stats).toMatchObject({ reported: 14, accepted: 6, rejected: 8 });
    expect(hub.facts()).toMatchObject([
      { title: "circle", self: { self: "[circular]" } },
      { title: "raises", bad: "[unreadable]" },
      { title: "nan", value: null, other: null },
      { title: "deep" },
      { title: "keys", odd: { "(1, 2)": "x", "3": "y" } },
      { title: "before" },
    ]);
  });

  test.each([
    ["answers 500", { status: 500 }],
    ["answers 429", { status: 429, retryAfter: "0" }],
    ["refuses the key", { status: 401 }],
    ["finds a batch too large", { status: 413 }],
    ["cuts the line", "reset"],
    ["cuts the line after it took the events in", "lose"],
    ["hangs", "hang"],
    ["is something else", "garbage"],
  ] as const)("delivers each event once and in order when the hub %s for a while", async (_what, behaviour) => {
    hub.behave = (request) => (request < 4 ? behaviour : "ok");
    const [stats] = await run(["many", "700", "0.001"]);
    expect(fillIds()).toEqual(expectedIds(700));
    expect(stats).toMatchObject({ reported: 700, accepted: 700, dropped: 0, rejected: 0, queued: 0 });
  });

  test("keeps facts on disk and their order when the hub is down and comes back", async () => {
    await hub.down();
    const result = run(["many", "3000", "0.002"], { DESKWATCH_SPOOL: spoolDir, DESKWATCH_QUEUE: "200" });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await hub.up();
    const [stats] = await result;
    expect(fillIds()).toEqual(expectedIds(3000));
    expect(stats).toMatchObject({ accepted: 3000, dropped: 0, spooled: 0, queued: 0 });
    expect(await readdir(spoolDir)).toEqual([]);
  });

  test.each([
    ["takes", "ok", { accepted: 3000, rejected: 0 }],
    ["refuses", { status: 400 }, { accepted: 2999, rejected: 1 }],
  ] as const)(
    "sends all that is left at close when the hub, back at last, %s what waited",
    async (_what, first, counts) => {
      hub.behave = (request) => (["garbage", first] as const)[request] ?? "ok";
      const [stats] = await run(["closing"]);
      expect(stats).toMatchObject({ sent: 3000, ...counts, dropped: 0, queued: 0 });
    },
  );

  const lastCounters = () => hub.events.findLast((event) => event.type === "heartbeat")?.["client"];

  test("tells the hub the final counters at close", async () => {
    const [stats] = await run(["counted", "0"]);
    const { sent, dropped } = stats ?? {};
    expect(dropped).toBeGreaterThan(0);
    expect(lastCounters()).toEqual({ sent, dropped, spooled: 0, queued: 0, retries: 0 });
  });

  test("tells the hub at close that nothing waits on disk when the spool was emptied", async () => {
    hub.behave = (request) => (request === 0 ? { status: 503 } : "ok");
    const [stats] = await run(["counted", "0"], { DESKWATCH_SPOOL: spoolDir });
    expect(lastCounters()).toMatchObject({ sent: stats?.["sent"], dropped: stats?.["dropped"], spooled: 0, queued: 0 });
  });

  test("says nothing more at close when the bot stopped a while ago", async () => {
    await run(["counted", "1.2"]);
    expect(lastCounters()).toMatchObject({ sent: 0 });
  });

  test("does not wait long for the last heartbeat when the hub hangs", async () => {
    hub.behave = () => (hub.facts().some(({ type }) => type === "bot.stopped") ? "hang" : "ok");
    const begun = Date.now();
    await run(["counted", "0"]);
    expect(Date.now() - begun).toBeLessThan(8_000);
  });

  test("drops the oldest samples first when the queue is full", async () => {
    await hub.down();
    const [before, after] = await run(["full"]);
    expect(before).toMatchObject({ queued: 100, dropped: 40, dropped_samples: 40 });
    expect(after).toMatchObject({ queued: 0, dropped: 140, dropped_samples: 80 });
  });

  test("loses nothing that is on disk when it is killed", async () => {
    await hub.down();
    const bot = start(["spooled", "0", "500"], { DESKWATCH_SPOOL: spoolDir });
    await once(bot.stdout ?? bot, "data");
    bot.kill("SIGKILL");
    await once(bot, "close");
    await hub.up();
    await run(["drained", "500"], { DESKWATCH_SPOOL: spoolDir });
    expect(fillIds()).toEqual(expectedIds(501));
    expect(await readdir(spoolDir)).toEqual([]);
  });

  test("leaves a spool that the TypeScript reporter can take over when both report for one bot", async () => {
    await hub.down();
    const bot = start(["spooled", "0", "100"], { DESKWATCH_SPOOL: spoolDir });
    await once(bot.stdout ?? bot, "data");
    bot.kill("SIGKILL");
    await once(bot, "close");
    await hub.up();
    const reporter = createReporter({ url: hub.url, bot: "py-1", spoolDir, flushMs: 5, heartbeatS: 0 });
    await until("all delivered", () => hub.events.length === 100);
    await reporter.close();
    expect(fillIds()).toEqual(expectedIds(100));
  });

  test("sends what is left when it ends without close", async () => {
    const [stats] = await run(["alerts_left"]);
    expect(stats).toMatchObject({ reported: 3 });
    expect(hub.facts().map(({ type }) => type)).toEqual(["fill", "error", "threshold_breach"]);
    await run(["many_left"]);
    expect(hub.facts()).toHaveLength(3 + 3 * 2000);
  });

  test.each(["left", "many_left"])("ends by itself in time without close when the hub hangs: %s", async (what) => {
    hub.behave = () => "hang";
    const begun = Date.now();
    const [stats] = await run([what]);
    expect(stats?.["reported"]).toBeGreaterThan(0);
    expect(Date.now() - begun).toBeLessThan(4_500);
  });

  test("writes what is in memory to the spool when it ends without close", async () => {
    await hub.down();
    await run(["left"], { DESKWATCH_SPOOL: spoolDir });
    await hub.up();
    await run(["drained", "1"], { DESKWATCH_SPOOL: spoolDir });
    expect(fillIds()).toEqual(expectedIds(2));
  });

  test("reports from both processes once when the bot forks", async () => {
    await run(["forked"]);
    expect([...fillIds()].sort()).toEqual(expectedIds(3));
  });

  test("sends heartbeats by itself when nothing else is said", async () => {
    await run(["beating"]);
    const beats = hub.events.filter((event) => event.type === "heartbeat");
    expect(beats.length).toBeGreaterThan(1);
    expect(beats[0]).toMatchObject({ progress: 42, interval_s: 0.02, client: { sent: 0, dropped: 0, spooled: 0 } });
    expect(parseEvent({ ...beats[0] }).ok).toBe(true);
  });
});
