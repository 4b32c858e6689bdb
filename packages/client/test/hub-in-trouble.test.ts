import { describe, expect, test } from "vitest";
import { until } from "./fake-hub.ts";
import { expectedIds, fill, reporting } from "./reporting.ts";

const desk = reporting();

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
    desk.hub.behave = (request) => (request < 4 ? behaviour : "ok");
    const reporter = desk.reporterFor();
    for (let index = 0; index < 700; index++) reporter.fill(fill(index));
    await until("all delivered", () => desk.hub.events.length === 700);
    expect(desk.fillIds()).toEqual(expectedIds(700));
    await until("the answer", () => reporter.stats().queued === 0);
    expect(reporter.stats()).toMatchObject({ sent: 700, accepted: 700, dropped: 0, rejected: 0 });
    expect(reporter.stats().retries).toBeGreaterThanOrEqual(3);
    expect(reporter.stats().lastError).toBeDefined();
  });

  test("sends again when the hub hangs", async () => {
    desk.hub.behave = (request) => (request < 2 ? "hang" : "ok");
    const reporter = desk.reporterFor({ timeoutMs: 60 });
    for (let index = 0; index < 10; index++) reporter.fill(fill(index));
    await until("all delivered", () => desk.hub.events.length === 10);
    expect(desk.fillIds()).toEqual(expectedIds(10));
    expect(desk.hub.requests.length).toBe(3);
  });

  test("delivers all that fits when the hub is down and comes back", async () => {
    const reporter = desk.reporterFor();
    reporter.fill(fill(0));
    await until("the first", () => desk.hub.events.length === 1);
    await desk.hub.down();
    for (let index = 1; index < 3000; index++) reporter.fill(fill(index));
    await until("attempts", () => reporter.stats().retries > 3);
    expect(reporter.stats().queued).toBe(2999);
    await desk.hub.up();
    await until("all delivered", () => desk.hub.events.length === 3000);
    expect(desk.fillIds()).toEqual(expectedIds(3000));
    expect(reporter.stats().dropped).toBe(0);
  });

  test("sends at once on a new line, and counts no retry, when the hub closed the idle one", async () => {
    desk.hub.behave = (request) => (request === 1 ? "reset" : "ok");
    const reporter = desk.reporterFor({ retry: { minMs: 60_000, maxMs: 60_000 } });
    reporter.fill(fill(0));
    await until("the first", () => reporter.stats().accepted === 1);
    reporter.fill(fill(1));
    await until("the second", () => reporter.stats().accepted === 2);
    expect(reporter.stats()).toMatchObject({ retries: 0, lastError: undefined });
    expect(desk.fillIds()).toEqual(expectedIds(2));
  });

  test("drops what will never pass and goes on when the hub refuses a batch", async () => {
    desk.hub.behave = (request) => (request === 0 ? { status: 400 } : "ok");
    const reporter = desk.reporterFor();
    reporter.fill(fill(0));
    await until("the refusal", () => reporter.stats().rejected === 1);
    reporter.fill(fill(1));
    await until("the next", () => desk.hub.events.length === 1);
    expect(desk.fillIds()).toEqual(["f-1"]);
    expect(reporter.stats().lastError).toContain("400 internal");
  });

  test("sends less at once when the hub finds a batch too large", async () => {
    desk.hub.behave = (_request, lines) => (lines > 100 ? { status: 413 } : "ok");
    const reporter = desk.reporterFor();
    for (let index = 0; index < 450; index++) reporter.fill(fill(index));
    await until("all delivered", () => desk.hub.events.length === 450);
    expect(desk.fillIds()).toEqual(expectedIds(450));
    expect(reporter.stats()).toMatchObject({ dropped: 0, rejected: 0 });
  });

  test("gives an event up when it alone is too large for the hub", async () => {
    desk.hub.behave = () => ({ status: 413 });
    const reporter = desk.reporterFor();
    reporter.fill(fill(0));
    await until("the refusal", () => reporter.stats().rejected === 1);
    expect(reporter.stats().queued).toBe(0);
  });

  test("counts refused events and keeps the reason when the hub takes the rest of a batch", async () => {
    desk.hub.refuses = (event) => event["fill_id"] === "f-1";
    const reporter = desk.reporterFor();
    for (let index = 0; index < 3; index++) reporter.fill(fill(index));
    const stats = await reporter.close();
    expect(stats).toMatchObject({ sent: 3, accepted: 2, rejected: 1 });
    expect(stats.lastError).toBe("invalid_event price expected a decimal, found nothing");
    expect(desk.fillIds()).toEqual(["f-0", "f-2"]);
  });

  test("never says the key when something goes wrong", async () => {
    desk.hub.behave = () => ({ status: 401 });
    const reporter = desk.reporterFor({ key: "dw_secret\n" });
    reporter.fill(fill(0));
    await until("an attempt", () => reporter.stats().retries > 0);
    expect(JSON.stringify(await reporter.close({ timeoutMs: 0 }))).not.toContain("dw_secret");
  });

  test("has one request under way at most when there is more to send", async () => {
    let underWay = 0;
    let most = 0;
    const reporter = desk.reporterFor({
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
