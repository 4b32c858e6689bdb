import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { until } from "./fake-hub.ts";
import { fill, reporting } from "./reporting.ts";

const desk = reporting();

const thrower = (): never => {
  throw new Error("no");
};

describe("what is sent", () => {
  test("fills in what every event needs when the bot leaves it out", async () => {
    const reporter = desk.reporterFor({
      mode: "paper",
      strategy: "mm",
      account: "a-1",
      clock: () => 1_700_000_000_123,
    });
    reporter.fill(fill(0));
    await reporter.close();
    expect(desk.hub.facts()[0]).toMatchObject({
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
    const reporter = desk.reporterFor({ mode: "paper", strategy: "mm" });
    const own = { ts: new Date(0), id: "own", bot: "b-2", mode: "live", strategy: "arb" } as const;
    reporter.fill({ ...fill(0), ...own });
    await reporter.close();
    expect(desk.hub.facts()[0]).toMatchObject({ ...own, ts: "1970-01-01T00:00:00.000Z" });
  });

  test("gives other ids when another reporter of the same bot begins", async () => {
    for (let round = 0; round < 3; round++) {
      const reporter = desk.reporterFor();
      reporter.fill(fill(round));
      await reporter.close();
    }
    expect(new Set(desk.hub.facts().map((event) => event.id)).size).toBe(3);
  });

  test("says events that the hub's own schemas accept when every method is called", async () => {
    const reporter = desk.reporterFor();
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
    reporter.error("trace", "at line\n".repeat(1000));
    reporter.thresholdBreach("daily_loss", 50, 40);
    reporter.event({ type: "annotation", title: "deploy" });
    const { rejected, accepted } = await reporter.close();
    expect({ rejected, accepted }).toEqual({ rejected: 0, accepted: 16 });
    expect(desk.hub.events.map((event) => parseEvent({ ...event })).filter((result) => !result.ok)).toEqual([]);
  });

  test("keeps the order of the calls when facts and samples are mixed", async () => {
    const reporter = desk.reporterFor();
    for (let index = 0; index < 1200; index++) {
      if (index % 3 === 0) reporter.tick({ duration_s: index });
      else reporter.fill(fill(index));
    }
    await reporter.close();
    const order = desk.hub.events.map((event) => event["duration_s"] ?? Number(String(event["fill_id"]).slice(2)));
    expect(order).toEqual(Array.from({ length: 1200 }, (_, index) => index));
    expect(Math.max(...desk.hub.requests.map((request) => request.lines))).toBeLessThanOrEqual(500);
  });

  test("never sends more than 500 at once when a heartbeat is due besides", async () => {
    const reporter = desk.reporterFor({ heartbeatS: 60 });
    for (let index = 0; index < 600; index++) reporter.fill(fill(index));
    await reporter.close();
    expect(desk.hub.requests.map((request) => request.lines)).toEqual([500, 101, 1]);
  });

  test("reports the object as it was at the call when the bot changes it afterwards", async () => {
    const reporter = desk.reporterFor();
    const mutable = { ...fill(0), tags: { leg: "a" } };
    reporter.fill(mutable);
    mutable.tags.leg = "b";
    await reporter.close();
    expect(desk.hub.facts()[0]?.["tags"]).toEqual({ leg: "a" });
  });

  test("sends an event that comes after a pause at once, and those that follow when the interval is over", async () => {
    const reporter = desk.reporterFor({ flushMs: 60_000 });
    reporter.fill(fill(0));
    await until("the first", () => desk.hub.requests.length === 1);
    reporter.fill(fill(1));
    await pause(60);
    expect(desk.fillIds()).toEqual(["f-0"]);
    await reporter.close();
    expect(desk.fillIds()).toEqual(["f-0", "f-1"]);
  });

  test("is woken by nothing while there is nothing to send, and sends at once again afterwards", async () => {
    const everyMs = 401;
    const reporter = desk.reporterFor({ flushMs: everyMs });
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    for (let id = 0; id < 2; id++) {
      reporter.fill(fill(id));
      await until("the fill", () => reporter.stats().accepted === id + 1);
      await pause(3 * everyMs);
      // That of the interval in which nothing came.
      expect(timers.mock.calls.filter(([, ms]) => ms === everyMs)).toHaveLength(1);
      timers.mockClear();
    }
  });

  test("sends the key when there is one", async () => {
    const reporter = desk.reporterFor({ key: "dw_secret" });
    reporter.fill(fill(0));
    await reporter.close();
    expect(desk.hub.requests[0]?.authorization).toBe("Bearer dw_secret");
  });

  test("keeps requests below 1 MiB when events are large", async () => {
    const sizes: number[] = [];
    const reporter = desk.reporterFor({
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
    const reporter = desk.reporterFor();
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
    expect(desk.hub.facts()).toMatchObject([
      { title: "bigint", count: "100000000000000000000" },
      { title: "circle", self: "[circular]" },
      { title: "getter", bad: "[unreadable]" },
      { title: "json", inner: "[unreadable]" },
    ]);
  });

  test("counts as rejected when it is no event at all", async () => {
    const reporter = desk.reporterFor();
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = [undefined, null, 1, "x", [], { title: "no type" }, { type: 5 }, revoked.proxy, () => undefined];
    for (const value of hostile) reporter.event(value as never);
    for (const value of hostile) reporter.error("code", "message", value as never);
    const stats = await reporter.close();
    expect(stats.reported).toBe(hostile.length * 2);
    expect(stats.rejected).toBe(hostile.length);
    expect(desk.hub.facts().every((event) => event.type === "error" && event["code"] === "code")).toBe(true);
  });

  test("starts and says why when the address is none", async () => {
    const reporter = desk.reporterFor({ url: "not an address" });
    reporter.fill(fill(0));
    await until("an attempt", () => reporter.stats().retries > 0);
    expect(reporter.stats().lastError).toContain("Invalid URL");
    expect(await reporter.close({ timeoutMs: 0 })).toMatchObject({ dropped: 1, queued: 0 });
  });

  test("refuses an event when it alone is too large for a request", async () => {
    const reporter = desk.reporterFor();
    reporter.log({ level: "info", message: "x".repeat(1_000_001) });
    expect(await reporter.close()).toMatchObject({ rejected: 1, lastError: expect.stringContaining("too large") });
  });
});
