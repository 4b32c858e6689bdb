import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { createReporter, type Reporter, type ReporterOptions } from "../src/index.ts";
import { type FakeHub, startFakeHub, until } from "./fake-hub.ts";

const RETRY = { minMs: 5, maxMs: 40, slowMs: 10 };

let hub: FakeHub;
const open: Reporter[] = [];

function reporterFor(options: Partial<ReporterOptions> = {}): Reporter {
  const reporter = createReporter({ url: hub.url, bot: "b-1", flushMs: 5, heartbeatS: 0, retry: RETRY, ...options });
  open.push(reporter);
  return reporter;
}

const fill = (id: number) =>
  ({ fill_id: `f-${id}`, venue: "binance", symbol: "BTCUSDT", side: "buy", price: "64000.50", size: 0.01 }) as const;

const fillIds = (): unknown[] => hub.facts().map((event) => event["fill_id"]);
const expectedIds = (count: number): string[] => Array.from({ length: count }, (_, index) => `f-${index}`);

const thrower = (): never => {
  throw new Error("no");
};

beforeEach(async () => {
  hub = await startFakeHub();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((reporter) => reporter.close({ timeoutMs: 0 })));
  await hub.down();
});

describe("what is sent", () => {
  test("fills in what every event needs when the bot leaves it out", async () => {
    const reporter = reporterFor({ mode: "paper", strategy: "mm", account: "a-1", clock: () => 1_700_000_000_123 });
    reporter.fill(fill(0));
    await reporter.close();
    expect(hub.facts()[0]).toMatchObject({
      type: "fill",
      bot: "b-1",
      mode: "paper",
      strategy: "mm",
      account: "a-1",
      ts: "2023-11-14T22:13:20.123Z",
      fill_id: "f-0",
      id: expect.stringMatching(/^[a-z0-9]+-[0-9a-f]{12}-0$/),
    });
  });

  test("keeps what the bot says itself when it says it", async () => {
    const reporter = reporterFor({ mode: "paper", strategy: "mm" });
    const own = { ts: new Date(0), id: "own", bot: "b-2", mode: "live", strategy: "arb" } as const;
    reporter.fill({ ...fill(0), ...own });
    await reporter.close();
    expect(hub.facts()[0]).toMatchObject({ ...own, ts: "1970-01-01T00:00:00.000Z" });
  });

  test("gives other ids when another reporter of the same bot begins", async () => {
    for (let round = 0; round < 3; round++) {
      const reporter = reporterFor();
      reporter.fill(fill(round));
      await reporter.close();
    }
    expect(new Set(hub.facts().map((event) => event.id)).size).toBe(3);
  });

  test("says events that the hub's own schemas accept when every method is called", async () => {
    const reporter = reporterFor();
    reporter.botStarted();
    reporter.botState({ status: "running", venues: [{ venue: "v", connected: true }] });
    reporter.heartbeat();
    reporter.tick({ duration_s: 0.01 });
    reporter.orderPlaced({ order_id: 1, venue: "v", symbol: "s", side: "sell", size: 2n });
    reporter.orderFilled({ ...fill(0), order_id: "o" });
    reporter.fill({ fill_id: "p", size_usd: 100, pnl_cents: -2.5 });
    reporter.positionOpened({ position_id: 1, venue: "v", symbol: "s", side: "long", size: "1", entry_price: 2 });
    reporter.book({ venue: "v", symbol: "s", bids: [["1", 2]], asks: [] });
    reporter.edge({ pair_id: "p", primary_market: "a", hedge_market: "b", net_edge_cents: 3.2 });
    reporter.opportunity({ opportunity_id: "o", action: "detected", edge_bps: 1, confidence: "high" });
    reporter.risk({ drawdown_pct: 0.03 });
    reporter.error("timeout", "no answer", { severity: "high" });
    reporter.thresholdBreach("daily_loss", 50, 40);
    reporter.event({ type: "annotation", title: "deploy" });
    const { rejected, accepted } = await reporter.close();
    expect({ rejected, accepted }).toEqual({ rejected: 0, accepted: 15 });
    expect(hub.events.map((event) => parseEvent({ ...event })).filter((result) => !result.ok)).toEqual([]);
  });

  test("keeps the order of the calls when facts and samples are mixed", async () => {
    const reporter = reporterFor();
    for (let index = 0; index < 1200; index++) {
      if (index % 3 === 0) reporter.tick({ duration_s: index });
      else reporter.fill(fill(index));
    }
    await reporter.close();
    const order = hub.events.map((event) => event["duration_s"] ?? Number(String(event["fill_id"]).slice(2)));
    expect(order).toEqual(Array.from({ length: 1200 }, (_, index) => index));
    expect(Math.max(...hub.requests.map((request) => request.lines))).toBeLessThanOrEqual(500);
  });

  test("reports the object as it was at the call when the bot changes it afterwards", async () => {
    const reporter = reporterFor();
    const mutable = { ...fill(0), tags: { leg: "a" } };
    reporter.fill(mutable);
    mutable.tags.leg = "b";
    await reporter.close();
    expect(hub.facts()[0]?.["tags"]).toEqual({ leg: "a" });
  });

  test("sends the key when there is one", async () => {
    const reporter = reporterFor({ key: "dw_secret" });
    reporter.fill(fill(0));
    await reporter.close();
    expect(hub.requests[0]?.authorization).toBe("Bearer dw_secret");
  });

  test("keeps requests below 1 MiB when events are large", async () => {
    const sizes: number[] = [];
    const reporter = reporterFor({
      fetch: async (_url, init) => {
        sizes.push(Buffer.byteLength(init.body));
        return { status: 200, headers: { get: () => null }, text: async () => '{"accepted":1,"rejected":[]}' };
      },
    });
    for (let index = 0; index < 40; index++) reporter.log({ level: "info", message: "ü".repeat(50_000) });
    const stats = await reporter.close();
    expect(stats).toMatchObject({ accepted: 40, dropped: 0 });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
  });
});

describe("never throws", () => {
  test("reports what can be read when the object is circular, holds a bigint, or throws", async () => {
    const reporter = reporterFor();
    const circular: Record<string, unknown> = { type: "annotation", title: "circle" };
    circular["self"] = circular;
    reporter.event({ type: "annotation", title: "bigint", count: 10n ** 20n });
    reporter.event(circular as never);
    reporter.event({
      type: "annotation",
      title: "getter",
      get bad() {
        return thrower();
      },
    });
    reporter.event({ type: "annotation", title: "json", inner: { toJSON: thrower } });
    await reporter.close();
    expect(hub.facts()).toMatchObject([
      { title: "bigint", count: "100000000000000000000" },
      { title: "circle", self: "[circular]" },
      { title: "getter", bad: "[unreadable]" },
      { title: "json", inner: "[unreadable]" },
    ]);
  });

  test("counts as rejected when it is no event at all", async () => {
    const reporter = reporterFor();
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = [undefined, null, 1, "x", [], { title: "no type" }, { type: 5 }, revoked.proxy, () => undefined];
    for (const value of hostile) reporter.event(value as never);
    for (const value of hostile) reporter.error("code", "message", value as never);
    const stats = await reporter.close();
    expect(stats.reported).toBe(hostile.length * 2);
    expect(stats.rejected).toBe(hostile.length);
    expect(hub.facts().every((event) => event.type === "error" && event["code"] === "code")).toBe(true);
  });

  test("starts and says why when the address is none", async () => {
    const reporter = reporterFor({ url: "not an address" });
    reporter.fill(fill(0));
    await until("an attempt", () => reporter.stats().retries > 0);
    expect(reporter.stats().lastError).toContain("Invalid URL");
    expect(await reporter.close({ timeoutMs: 0 })).toMatchObject({ dropped: 1, queued: 0 });
  });

  test("refuses an event when it alone is too large for a request", async () => {
    const reporter = reporterFor();
    reporter.log({ level: "info", message: "x".repeat(1_000_001) });
    expect(await reporter.close()).toMatchObject({ rejected: 1, lastError: expect.stringContaining("too large") });
  });
});

describe("a hub in trouble", () => {
  test.each([
    ["answers 500", { status: 500 }],
    ["answers 503", { status: 503 }],
    ["answers 429", { status: 429, retryAfter: "0" }],
    ["refuses the key", { status: 401 }],
    ["forbids", { status: 403 }],
    ["is not at this path", { status: 404 }],
    ["redirects", { status: 302 }],
    ["cuts the line", "reset"],
    ["cuts the line after it took the events in", "lose"],
    ["is something else", "garbage"],
  ] as const)("delivers each event once and in order when the hub %s for a while", async (_what, behaviour) => {
    hub.behave = (request) => (request < 4 ? behaviour : "ok");
    const reporter = reporterFor();
    for (let index = 0; index < 700; index++) reporter.fill(fill(index));
    await until("all delivered", () => hub.events.length === 700);
    expect(fillIds()).toEqual(expectedIds(700));
    await until("the answer", () => reporter.stats().queued === 0);
    expect(reporter.stats()).toMatchObject({ sent: 700, accepted: 700, dropped: 0, rejected: 0 });
    expect(reporter.stats().retries).toBeGreaterThanOrEqual(3);
    expect(reporter.stats().lastError).toBeDefined();
  });

  test("sends again when the hub hangs", async () => {
    hub.behave = (request) => (request < 2 ? "hang" : "ok");
    const reporter = reporterFor({ timeoutMs: 60 });
    for (let index = 0; index < 10; index++) reporter.fill(fill(index));
    await until("all delivered", () => hub.events.length === 10);
    expect(fillIds()).toEqual(expectedIds(10));
    expect(hub.requests.length).toBe(3);
  });

  test("delivers all that fits when the hub is down and comes back", async () => {
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("the first", () => hub.events.length === 1);
    await hub.down();
    for (let index = 1; index < 3000; index++) reporter.fill(fill(index));
    await until("attempts", () => reporter.stats().retries > 3);
    expect(reporter.stats().queued).toBe(2999);
    await hub.up();
    await until("all delivered", () => hub.events.length === 3000);
    expect(fillIds()).toEqual(expectedIds(3000));
    expect(reporter.stats().dropped).toBe(0);
  });

  test("sends at once on a new line, and counts no retry, when the hub closed the idle one", async () => {
    hub.behave = (request) => (request === 1 ? "reset" : "ok");
    const reporter = reporterFor({ retry: { minMs: 60_000, maxMs: 60_000 } });
    reporter.fill(fill(0));
    await until("the first", () => reporter.stats().accepted === 1);
    reporter.fill(fill(1));
    await until("the second", () => reporter.stats().accepted === 2);
    expect(reporter.stats()).toMatchObject({ retries: 0, lastError: undefined });
    expect(fillIds()).toEqual(expectedIds(2));
  });

  test("drops what will never pass and goes on when the hub refuses a batch", async () => {
    hub.behave = (request) => (request === 0 ? { status: 400 } : "ok");
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("the refusal", () => reporter.stats().rejected === 1);
    reporter.fill(fill(1));
    await until("the next", () => hub.events.length === 1);
    expect(fillIds()).toEqual(["f-1"]);
    expect(reporter.stats().lastError).toContain("400 internal");
  });

  test("sends less at once when the hub finds a batch too large", async () => {
    hub.behave = (_request, lines) => (lines > 100 ? { status: 413 } : "ok");
    const reporter = reporterFor();
    for (let index = 0; index < 450; index++) reporter.fill(fill(index));
    await until("all delivered", () => hub.events.length === 450);
    expect(fillIds()).toEqual(expectedIds(450));
    expect(reporter.stats()).toMatchObject({ dropped: 0, rejected: 0 });
  });

  test("gives an event up when it alone is too large for the hub", async () => {
    hub.behave = () => ({ status: 413 });
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("the refusal", () => reporter.stats().rejected === 1);
    expect(reporter.stats().queued).toBe(0);
  });

  test("counts refused events and keeps the reason when the hub takes the rest of a batch", async () => {
    hub.refuses = (event) => event["fill_id"] === "f-1";
    const reporter = reporterFor();
    for (let index = 0; index < 3; index++) reporter.fill(fill(index));
    const stats = await reporter.close();
    expect(stats).toMatchObject({ sent: 3, accepted: 2, rejected: 1 });
    expect(stats.lastError).toBe("invalid_event price expected a decimal, found nothing");
    expect(fillIds()).toEqual(["f-0", "f-2"]);
  });

  test("never says the key when something goes wrong", async () => {
    hub.behave = () => ({ status: 401 });
    const reporter = reporterFor({ key: "dw_secret\n" });
    reporter.fill(fill(0));
    await until("an attempt", () => reporter.stats().retries > 0);
    expect(JSON.stringify(await reporter.close({ timeoutMs: 0 }))).not.toContain("dw_secret");
  });

  test("has one request under way at most when there is more to send", async () => {
    let underWay = 0;
    let most = 0;
    const reporter = reporterFor({
      fetch: async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 2));
        underWay--;
        return { status: 200, headers: { get: () => null }, text: async () => '{"accepted":1}' };
      },
    });
    for (let index = 0; index < 4000; index++) reporter.fill(fill(index));
    await reporter.close();
    expect(most).toBe(1);
  });
});

describe("a full queue", () => {
  test("drops the oldest samples first and keeps every fact when the hub is down", async () => {
    await hub.down();
    const reporter = reporterFor({ queueMax: 100 });
    for (let index = 0; index < 80; index++) reporter.tick({ duration_s: index });
    for (let index = 0; index < 60; index++) reporter.fill(fill(index));
    expect(reporter.stats()).toMatchObject({ queued: 100, dropped: 40, droppedSamples: 40 });
    await hub.up();
    await until("all delivered", () => hub.events.length === 100);
    expect(fillIds().filter((id) => id !== undefined)).toEqual(expectedIds(60));
    const ticks = hub.events.filter((event) => event.type === "tick").map((event) => event["duration_s"]);
    expect(ticks).toEqual(Array.from({ length: 40 }, (_, index) => index + 40));
  });

  test("drops and counts what does not fit when there are only facts", async () => {
    await hub.down();
    const reporter = reporterFor({ queueMax: 50 });
    for (let index = 0; index < 80; index++) reporter.fill(fill(index));
    reporter.tick({ duration_s: 1 });
    expect(reporter.stats()).toMatchObject({ queued: 50, dropped: 31, droppedSamples: 1 });
    await hub.up();
    await until("the rest delivered", () => hub.events.length === 50);
    expect(fillIds()).toEqual(expectedIds(50));
  });

  test("bounds what it holds in memory when the hub hangs for ever", async () => {
    hub.behave = () => "hang";
    const reporter = reporterFor();
    const message = "x".repeat(10_000);
    for (let index = 0; index < 5000; index++) reporter.log({ level: "info", message });
    const { queued, dropped } = reporter.stats();
    expect(queued * 10_000).toBeLessThanOrEqual(32 * 1024 * 1024);
    expect(queued + dropped).toBe(5000);
  });
});

describe("heartbeats", () => {
  test("tell progress, interval and counters when nothing was said for the bot", async () => {
    const reporter = reporterFor({ heartbeatS: 0.02 });
    reporter.fill(fill(0));
    await until("three heartbeats", () => hub.events.filter((event) => event.type === "heartbeat").length >= 3);
    const last = hub.events.findLast((event) => event.type === "heartbeat");
    expect(last).toMatchObject({
      progress: 1,
      interval_s: 0.02,
      client: { sent: 1, dropped: 0, spooled: 0, queued: 0, retries: 0 },
    });
    expect(parseEvent({ ...last }).ok).toBe(true);
  });

  test("tell the bot's own count when it gave one", async () => {
    const reporter = reporterFor({ heartbeatS: 0.02 });
    reporter.progress(42);
    await until("a heartbeat", () => hub.events.length > 0);
    expect(hub.events[0]?.["progress"]).toBe(42);
  });

  test("do not pile up when the hub is down", async () => {
    await hub.down();
    const reporter = reporterFor({ heartbeatS: 0.01 });
    await until("attempts", () => reporter.stats().retries > 3);
    expect(reporter.stats().queued).toBe(0);
    await hub.up();
    await until("a heartbeat", () => hub.events.length > 0);
    expect(hub.requests[0]?.lines).toBe(1);
  });
});

describe("close", () => {
  test("sends what is left when the hub is there", async () => {
    const reporter = reporterFor({ flushMs: 60_000 });
    for (let index = 0; index < 1300; index++) reporter.fill(fill(index));
    const stats = await reporter.close();
    expect(stats).toMatchObject({ reported: 1300, accepted: 1300, queued: 0 });
    expect(fillIds()).toEqual(expectedIds(1300));
  });

  test("gives up and counts when the hub stays away", async () => {
    await hub.down();
    const reporter = reporterFor();
    reporter.fill(fill(0));
    reporter.tick({ duration_s: 1 });
    expect(await reporter.close({ timeoutMs: 50 })).toMatchObject({ dropped: 2, droppedSamples: 1, queued: 0 });
  });

  test("ends in time when the hub hangs", async () => {
    hub.behave = () => "hang";
    const reporter = reporterFor();
    reporter.fill(fill(0));
    expect(await reporter.close({ timeoutMs: 50 })).toMatchObject({ dropped: 1, queued: 0 });
  });

  test("counts as dropped when something is reported afterwards", async () => {
    const reporter = reporterFor();
    const [first, second] = await Promise.all([reporter.close(), reporter.close()]);
    reporter.fill(fill(0));
    expect(second).toEqual(first);
    expect(reporter.stats()).toMatchObject({ reported: 1, dropped: 1, queued: 0 });
  });
});
