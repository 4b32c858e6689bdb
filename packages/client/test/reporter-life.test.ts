import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { until } from "./fake-hub.ts";
import { expectedIds, fill, reporting } from "./reporting.ts";

const desk = reporting();

describe("a full queue", () => {
  test("drops the oldest samples first and keeps every fact when the hub is down", async () => {
    await desk.hub.down();
    const reporter = desk.reporterFor({ queueMax: 100 });
    for (let index = 0; index < 80; index++) reporter.tick({ duration_s: index });
    for (let index = 0; index < 60; index++) reporter.fill(fill(index));
    expect(reporter.stats()).toMatchObject({ queued: 100, dropped: 40, droppedSamples: 40 });
    await desk.hub.up();
    await until("all delivered", () => desk.hub.events.length === 100);
    expect(desk.fillIds().filter((id) => id !== undefined)).toEqual(expectedIds(60));
    const ticks = desk.hub.events.filter((event) => event.type === "tick").map((event) => event["duration_s"]);
    expect(ticks).toEqual(Array.from({ length: 40 }, (_, index) => index + 40));
  });

  test("drops and counts what does not fit when there are only facts", async () => {
    await desk.hub.down();
    const reporter = desk.reporterFor({ queueMax: 50 });
    for (let index = 0; index < 80; index++) reporter.fill(fill(index));
    reporter.tick({ duration_s: 1 });
    expect(reporter.stats()).toMatchObject({ queued: 50, dropped: 31, droppedSamples: 1 });
    await desk.hub.up();
    await until("the rest delivered", () => desk.hub.events.length === 50);
    expect(desk.fillIds()).toEqual(expectedIds(50));
  });

  test("bounds what it holds in memory when the hub hangs for ever", async () => {
    desk.hub.behave = () => "hang";
    const reporter = desk.reporterFor();
    const message = "x".repeat(10_000);
    for (let index = 0; index < 5000; index++) reporter.log({ level: "info", message });
    const { queued, dropped } = reporter.stats();
    expect(queued * 10_000).toBeLessThanOrEqual(32 * 1024 * 1024);
    expect(queued + dropped).toBe(5000);
  });
});

describe("heartbeats", () => {
  test("tell progress, interval and counters when nothing was said for the bot", async () => {
    const reporter = desk.reporterFor({ heartbeatS: 0.02 });
    reporter.fill(fill(0));
    await until("three heartbeats", () => desk.hub.events.filter((event) => event.type === "heartbeat").length >= 3);
    const last = desk.hub.events.findLast((event) => event.type === "heartbeat");
    expect(last).toMatchObject({
      progress: 1,
      interval_s: 0.02,
      client: { sent: 1, dropped: 0, spooled: 0, queued: 0, retries: 0 },
    });
    expect(parseEvent({ ...last }).ok).toBe(true);
  });

  test("tell the bot's own count when it gave one", async () => {
    const reporter = desk.reporterFor({ heartbeatS: 0.02 });
    reporter.progress(42);
    await until("a heartbeat", () => desk.hub.events.length > 0);
    expect(desk.hub.events[0]?.["progress"]).toBe(42);
  });

  test("do not pile up when the hub is down", async () => {
    await desk.hub.down();
    const reporter = desk.reporterFor({ heartbeatS: 0.01 });
    await until("attempts", () => reporter.stats().retries > 3);
    expect(reporter.stats().queued).toBe(0);
    await desk.hub.up();
    await until("a heartbeat", () => desk.hub.events.length > 0);
    expect(desk.hub.requests[0]?.lines).toBe(1);
  });
});

describe("close", () => {
  test("sends what is left when the hub is there", async () => {
    const reporter = desk.reporterFor({ flushMs: 60_000 });
    for (let index = 0; index < 1300; index++) reporter.fill(fill(index));
    const stats = await reporter.close();
    expect(stats).toMatchObject({ reported: 1300, accepted: 1300, queued: 0 });
    expect(desk.fillIds()).toEqual(expectedIds(1300));
  });

  const lastCounters = () => desk.hub.events.findLast((event) => event.type === "heartbeat")?.["client"];

  test("tells the hub the final counters when all has been sent", async () => {
    const reporter = desk.reporterFor({ heartbeatS: 60, queueMax: 100 });
    for (let index = 0; index < 150; index++) reporter.fill(fill(index));
    reporter.botStopped();
    await reporter.close();
    expect(lastCounters()).toEqual({ sent: 100, dropped: 51, spooled: 0, queued: 0, retries: 0 });
  });

  test("tells the hub that nothing waits on disk when the spool was emptied", async () => {
    const spoolDir = await mkdtemp(join(tmpdir(), "deskwatch-client-"));
    desk.hub.behave = (request) => (request === 0 ? { status: 503 } : "ok");
    const reporter = desk.reporterFor({ heartbeatS: 60, spoolDir });
    for (let index = 0; index < 700; index++) reporter.fill(fill(index));
    await until("delivered", () => reporter.stats().accepted === 700);
    await reporter.close();
    await rm(spoolDir, { recursive: true, force: true });
    expect(lastCounters()).toMatchObject({ sent: 700, dropped: 0, spooled: 0, queued: 0 });
  });

  test("says nothing more when the bot stopped a while ago", async () => {
    const reporter = desk.reporterFor({ heartbeatS: 60 });
    reporter.botStopped();
    await until("the stop", () => reporter.stats().accepted === 1);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await reporter.close();
    expect(lastCounters()).toMatchObject({ sent: 0 });
  });

  test("does not wait long for the last heartbeat when the hub hangs", async () => {
    const reporter = desk.reporterFor({ heartbeatS: 60 });
    reporter.fill(fill(0));
    await until("the fill", () => reporter.stats().accepted === 1);
    desk.hub.behave = () => "hang";
    const begun = Date.now();
    await reporter.close({ timeoutMs: 30_000 });
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  test("gives up and counts when the hub stays away", async () => {
    await desk.hub.down();
    const reporter = desk.reporterFor();
    reporter.fill(fill(0));
    reporter.tick({ duration_s: 1 });
    expect(await reporter.close({ timeoutMs: 50 })).toMatchObject({ dropped: 2, droppedSamples: 1, queued: 0 });
  });

  test("ends in time when the hub hangs", async () => {
    desk.hub.behave = () => "hang";
    const reporter = desk.reporterFor();
    reporter.fill(fill(0));
    expect(await reporter.close({ timeoutMs: 50 })).toMatchObject({ dropped: 1, queued: 0 });
  });

  test("counts as dropped when something is reported afterwards", async () => {
    const reporter = desk.reporterFor();
    const [first, second] = await Promise.all([reporter.close(), reporter.close()]);
    reporter.fill(fill(0));
    expect(second).toEqual(first);
    expect(reporter.stats()).toMatchObject({ reported: 1, dropped: 1, queued: 0 });
  });
});
