import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { seededRandom } from "../../src/base/random.ts";
import { parseTime } from "../../src/base/time.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { StoreUnavailable } from "../../src/hub/ports.ts";
import type { Replay } from "../../src/hub/replay/replay.ts";
import type { ReplayControl, ReplayView } from "../../src/protocol/api-sessions.ts";
import { effectiveTs } from "../../src/protocol/recorded.ts";
import { DistinctEvents } from "../support/distinct-events.ts";
import { at, LiveCourse, ReplayDesk, START_MS } from "../support/replay-desk.ts";

const FILL = { type: "fill", venue: "kalshi", symbol: "A", side: "buy", price: "0.5", size: "10" };

/** A log of orders, fills, merges, contradictions, voids and times that go back and forth. */
async function mixedDesk(count: number): Promise<ReplayDesk> {
  const desk = await ReplayDesk.open();
  const events = new DistinctEvents(7, "r");
  const random = seededRandom(11);
  for (let index = 0; index < count; index++) {
    const tsMs = START_MS + index * 1_000 - (random.below(8) === 0 ? 5_000 : 0);
    await desk.send(events.next(tsMs));
    if (index % 9 === 4) await desk.send({ ...FILL, fill_id: `f${index}`, ts: at(index) });
    if (index % 18 === 8) await desk.send({ ...FILL, fill_id: `f${index - 4}`, ts: at(index), fee: "0.01" });
    if (index % 27 === 17)
      await desk.send({
        type: "fill.voided",
        venue: "kalshi",
        fill_id: `f${index - 4}`,
        ts: at(index),
        reason: "bust",
      });
    await desk.time.advance(1_000);
  }
  return desk;
}

const obeyed = async (replay: Replay, control: ReplayControl): Promise<ReplayView> => {
  const done = await replay.control(control);
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
};

describe("a replay is the live fold at the same seq", () => {
  test("when it is played at full speed, and step by step", async () => {
    const desk = await mixedDesk(120);
    const live = new LiveCourse(await desk.log());
    expect(live.after(desk.hub.state.desk.seq)).toBe(fingerprint(desk.hub.state));
    const replay = await desk.replay({ speed: "max" });
    await obeyed(replay, { action: "play" });
    await desk.play(replay, 0.2);
    expect(replay.view).toMatchObject({ state: "ended", at_seq: desk.hub.state.desk.seq });
    expect(fingerprint(replay.state)).toBe(fingerprint(desk.hub.state));
    await obeyed(replay, { action: "seek_seq", seq: 0 });
    for (let step = 1; step <= replay.view.events; step++) {
      const { at_seq, played } = await obeyed(replay, { action: "step", events: 1 });
      expect(played).toBe(step);
      expect(fingerprint(replay.state)).toBe(live.after(at_seq));
    }
    expect(replay.view.state).toBe("ended");
  });

  test("when it is played at ten times the speed of the clock", async () => {
    const desk = await mixedDesk(100);
    const live = new LiveCourse(await desk.log());
    const replay = await desk.replay({ speed: 10 });
    await obeyed(replay, { action: "play" });
    for (let second = 0; second < 5; second++) {
      await desk.play(replay, 1);
      const { at: clock, at_seq } = replay.view;
      expect(fingerprint(replay.state)).toBe(live.after(at_seq));
      expect(Date.parse(ensure(clock, "a clock")) - START_MS).toBeCloseTo((second + 1) * 10_000, -3);
    }
    await desk.play(replay, 6);
    expect(replay.view.state).toBe("ended");
    expect(fingerprint(replay.state)).toBe(fingerprint(desk.hub.state));
  });

  test("after any course of play, pause, steps, seeks and speeds", async () => {
    const desk = await mixedDesk(150);
    const live = new LiveCourse(await desk.log());
    const last = desk.hub.state.desk.seq;
    const control = fc.oneof(
      fc.constant<ReplayControl>({ action: "play" }),
      fc.constant<ReplayControl>({ action: "pause" }),
      fc.integer({ min: 1, max: 40 }).map((events): ReplayControl => ({ action: "step", events })),
      fc.integer({ min: 0, max: last + 5 }).map((seq): ReplayControl => ({ action: "seek_seq", seq })),
      fc.integer({ min: -20, max: 200 }).map((seconds): ReplayControl => ({ action: "seek", to: at(seconds) })),
      fc.constantFrom(0.5, 10, 1_000, "max" as const).map((speed): ReplayControl => ({ action: "speed", speed })),
    );
    const course = fc.array(fc.tuple(control, fc.constantFrom(0, 0.05, 0.5)), { minLength: 1, maxLength: 12 });
    const replay = await desk.replay({}, { everyFacts: 7, count: 9 });
    await fc.assert(
      fc.asyncProperty(course, async (steps) => {
        for (const [each, seconds] of steps) {
          await obeyed(replay, each);
          await desk.play(replay, seconds);
          const { view } = replay;
          expect(fingerprint(replay.state)).toBe(live.after(view.at_seq));
          expect(view.played).toBe(view.at_seq);
          if (each.action === "seek_seq" && seconds === 0) expect(view.at_seq).toBe(Math.min(each.seq, last));
        }
      }),
      { numRuns: 25 },
    );
    expect(desk.problems).toEqual([]);
  });

  test("when a seek by time ends after the last fact whose clock is not later", async () => {
    const desk = await mixedDesk(80);
    const log = await desk.log();
    const replay = await desk.replay({}, { everyFacts: 10 });
    for (const seconds of [70, 3, 44.5, 0, 79]) {
      const to = ensure(parseTime(at(seconds)), "a time");
      let clock = 0;
      const wanted = log.filter((fact) => {
        clock = Math.max(clock, effectiveTs(fact.ts, fact.receivedAt));
        return clock <= to;
      });
      const view = await obeyed(replay, { action: "seek", to: at(seconds) });
      expect(view.at_seq).toBe(wanted.at(-1)?.seq ?? 0);
    }
  });
});

describe("what a replay plays", () => {
  test("is nothing, and it has ended, when the log is empty", async () => {
    const desk = await ReplayDesk.open();
    const replay = await desk.replay();
    expect(replay.view).toMatchObject({ state: "ended", from: null, to: null, at: null, events: 0, played: 0 });
    expect(await obeyed(replay, { action: "play" })).toMatchObject({ state: "ended" });
    expect(await obeyed(replay, { action: "step", events: 3 })).toMatchObject({ state: "ended", at_seq: 0 });
    expect(replay.view.detail).toMatch("The log was empty");
  });

  test("is what has happened since, when the log was empty and it is asked to play", async () => {
    const desk = await ReplayDesk.open();
    const replay = await desk.replay({ speed: "max" });
    await desk.send({ ...FILL, fill_id: "f1", ts: at(1) }, { ...FILL, fill_id: "f2", ts: at(2) });
    expect(await obeyed(replay, { action: "seek_seq", seq: 2 })).toMatchObject({ events: 0, at_seq: 0 });
    const playing = await obeyed(replay, { action: "play" });
    expect(playing).toMatchObject({ state: "playing", from: at(1), to: at(2), events: 2 });
    expect(playing.detail).toBeUndefined();
    await desk.play(replay, 0.2);
    expect(replay.view).toMatchObject({ state: "ended", at_seq: 2 });
    expect(fingerprint(replay.state)).toBe(fingerprint(desk.hub.state));
  });

  test("begins with all that was before its range folded, and ends with its range", async () => {
    const desk = await ReplayDesk.open();
    await desk.time.advance(10_000);
    for (let second = 0; second < 10; second++) await desk.send({ ...FILL, fill_id: `f${second}`, ts: at(second) });
    const replay = await desk.replay({ from: at(3), to: at(6), speed: "max" });
    expect(replay.view).toMatchObject({
      from: at(3),
      to: at(6),
      from_seq: 4,
      to_seq: 7,
      at_seq: 3,
      events: 4,
      played: 0,
    });
    expect(replay.state.bots.get("mm")?.fills).toBe(3);
    await obeyed(replay, { action: "seek_seq", seq: 0 });
    expect(replay.view.at_seq).toBe(3);
    await obeyed(replay, { action: "play" });
    await desk.play(replay, 0.2);
    expect(replay.view).toMatchObject({ state: "ended", at: at(6), at_seq: 7, played: 4 });
  });

  test("is nothing when its range holds no fact", async () => {
    const desk = await ReplayDesk.open();
    await desk.time.advance(10_000);
    await desk.send({ ...FILL, fill_id: "f1", ts: at(1) }, { ...FILL, fill_id: "f2", ts: at(9) });
    const between = await desk.replay({ from: at(3), to: at(6) });
    expect(between.view).toMatchObject({ state: "ended", events: 0, at_seq: 1 });
    expect(between.view.detail).toMatch("Nothing had happened");
    const after = await desk.replay({ from: at(60) });
    expect(after.view).toMatchObject({ state: "ended", events: 0, at_seq: 2 });
  });

  test("stays what it was when the log grows meanwhile", async () => {
    const desk = await ReplayDesk.open();
    await desk.send({ ...FILL, fill_id: "f1", ts: at(1) }, { ...FILL, fill_id: "f2", ts: at(2) });
    const replay = await desk.replay({ speed: "max" });
    await desk.send({ ...FILL, fill_id: "f3", ts: at(3) });
    await obeyed(replay, { action: "play" });
    await desk.play(replay, 0.2);
    expect(replay.view).toMatchObject({ state: "ended", at_seq: 2, to_seq: 2 });
    expect(replay.state.bots.get("mm")?.fills).toBe(2);
  });

  test("comes at once when many facts are of one time, and waits out a gap at the speed asked for", async () => {
    const desk = await ReplayDesk.open();
    for (let index = 0; index < 700; index++) await desk.send({ ...FILL, fill_id: `f${index}`, ts: at(0) });
    await desk.send({ ...FILL, fill_id: "early", symbol: "EARLY", ts: at(-60) });
    await desk.time.advance(600_000);
    await desk.send({ ...FILL, fill_id: "late", ts: at(600) });
    const replay = await desk.replay({ speed: 10 });
    await obeyed(replay, { action: "play" });
    await desk.play(replay, 0.2);
    expect(replay.view).toMatchObject({ state: "playing", at_seq: 701 });
    await desk.play(replay, 59);
    expect(replay.view.at_seq).toBe(701);
    await desk.play(replay, 1);
    expect(replay.view).toMatchObject({ state: "ended", at_seq: 702, at: at(600) });
  });
});

describe("a replay whose store is away", () => {
  test("has failed, says why, and goes on where it was when it is asked to play again", async () => {
    const desk = await mixedDesk(60);
    let isAway = false;
    const replay = await desk.replay({}, {}, (store) => ({
      ...store,
      replay: (afterSeq, onBatch) =>
        isAway ? Promise.reject(new StoreUnavailable("the disk is gone")) : store.replay(afterSeq, onBatch),
    }));
    await obeyed(replay, { action: "step", events: 5 });
    isAway = true;
    expect(await replay.control({ action: "seek_seq", seq: 2 })).toMatchObject({
      ok: false,
      error: { code: "conflict" },
    });
    expect(replay.view).toMatchObject({ state: "failed", detail: "the disk is gone" });
    isAway = false;
    await obeyed(replay, { action: "speed", speed: "max" });
    await obeyed(replay, { action: "play" });
    await desk.play(replay, 0.2);
    expect(replay.view.state).toBe("ended");
    expect(fingerprint(replay.state)).toBe(fingerprint(desk.hub.state));
    expect(desk.problems).toHaveLength(1);
  });

  test("takes only how it is to be played while it still reads the log", async () => {
    const desk = await mixedDesk(30);
    const begun = desk.hub.replays.create({ speed: 1, paused: true });
    const replay = ensure(begun.ok ? begun.value : undefined, "a replay");
    expect(replay.view.state).toBe("preparing");
    expect(await replay.control({ action: "seek_seq", seq: 2 })).toMatchObject({
      ok: false,
      error: { code: "conflict" },
    });
    expect(await replay.control({ action: "speed", speed: "max" })).toMatchObject({ ok: true });
    expect(await replay.control({ action: "play" })).toMatchObject({ ok: true });
    await replay.settled();
    await desk.play(replay, 0.2);
    expect(replay.view.state).toBe("ended");
  });

  test("is closed when nobody has looked at it for half an hour", async () => {
    const desk = await ReplayDesk.open();
    const begun = desk.hub.replays.create({ speed: 1, paused: true });
    const id = begun.ok ? begun.value.id : "";
    for (let minute = 0; minute < 25; minute++) await desk.time.advance(60_000);
    expect(desk.hub.replays.use(id)).toBeDefined();
    for (let minute = 0; minute < 29; minute++) await desk.time.advance(60_000);
    expect(desk.hub.replays.list()).toHaveLength(1);
    for (let minute = 0; minute < 3; minute++) await desk.time.advance(60_000);
    expect(desk.hub.replays.list()).toEqual([]);
  });
});

describe("what a replay knows", () => {
  test("holds no fill's later merge, contradiction or void before they were said", async () => {
    const desk = await ReplayDesk.open();
    await desk.send({ ...FILL, fill_id: "a", ts: at(1) });
    await desk.send({ ...FILL, fill_id: "b", ts: at(2) });
    await desk.send({ ...FILL, fill_id: "a", ts: at(1), fee: "0.02", order_id: "o1" });
    await desk.send({ type: "fill.voided", venue: "kalshi", fill_id: "a", ts: at(4), reason: "bust" });
    await desk.send({ ...FILL, fill_id: "b", ts: at(2), price: "0.9" });
    await desk.send({ type: "fill.voided", venue: "kalshi", fill_id: "c", ts: at(6), reason: "bust" });
    await desk.send({ ...FILL, fill_id: "c", ts: at(5) });
    const replay = await desk.replay();
    const shown = async (): Promise<string[]> => {
      const page = await replay.query.fills({ limit: 10 });
      return page.events.map((text) => {
        const { fill_id, fee, voided, contradicted } = JSON.parse(text);
        const said = [fee, voided && "voided", contradicted && "contradicted"];
        return [fill_id, ...said.filter((each) => typeof each === "string")].join(" ");
      });
    };
    await obeyed(replay, { action: "seek_seq", seq: 2 });
    expect(await shown()).toEqual(["a", "b"]);
    expect((await replay.query.fills({ limit: 10, orderId: "o1" })).events).toEqual([]);
    expect((await replay.query.events({ limit: 10 })).events).toHaveLength(2);
    await obeyed(replay, { action: "seek_seq", seq: 3 });
    expect(await shown()).toEqual(["a 0.02", "b"]);
    expect((await replay.query.fills({ limit: 10, orderId: "o1" })).events).toHaveLength(1);
    await obeyed(replay, { action: "seek_seq", seq: 4 });
    expect(await shown()).toEqual(["a 0.02 voided", "b"]);
    await obeyed(replay, { action: "seek_seq", seq: 7 });
    const live = await desk.hub.query.fills({ limit: 10 });
    expect((await replay.query.fills({ limit: 10 })).events).toEqual(live.events);
    expect(await shown()).toEqual(["a 0.02 voided", "b contradicted", "c voided"]);
  });

  test("lists fills by time with what they were corrected for by then", async () => {
    const desk = await ReplayDesk.open();
    const correction = { type: "correction", venue: "kalshi", ts: at(6) };
    await desk.send({ ...FILL, fill_id: "new", ts: at(5), id: "n" });
    await desk.send({ ...correction, fill_id: "old", reason: "ahead" });
    await desk.send({ ...FILL, fill_id: "old", ts: at(1) });
    await desk.send({ type: "correction", ts: at(6), corrects: "n", reason: "one" });
    await desk.send({ ...correction, fill_id: "new", reason: "two" });
    const replay = await desk.replay();
    const shown = async (): Promise<string[]> => {
      const { events } = await replay.query.fillsByTime({ limit: 10 });
      return events.map((text) => {
        const { fill_id, correction: reason } = JSON.parse(text);
        return `${fill_id} ${reason ?? "as said"}`;
      });
    };
    const wanted = [["new as said"], ["new as said"], ["new as said", "old ahead"], ["new one", "old ahead"]];
    for (const [index, rows] of [...wanted, ["new two", "old ahead"]].entries()) {
      await obeyed(replay, { action: "seek_seq", seq: index + 1 });
      expect(await shown()).toEqual(rows);
    }
    const live = await desk.hub.query.fillsByTime({ limit: 10 });
    expect((await replay.query.fillsByTime({ limit: 10 })).events).toEqual(live.events);
  });

  test("shows no age below zero, and tells liveness by its own clock", async () => {
    const desk = await ReplayDesk.open();
    await desk.send({ type: "bot.started", ts: at(0) }, { type: "heartbeat", interval_s: 5, ts: at(0) });
    await desk.time.advance(300_000);
    await desk.send({ ...FILL, fill_id: "f", ts: at(299) });
    const replay = await desk.replay();
    await obeyed(replay, { action: "seek", to: at(250) });
    expect(replay.query.bot("mm")).toMatchObject({ liveness: "offline", last_seen_age_s: 250 });
    await obeyed(replay, { action: "seek", to: at(299) });
    expect(replay.query.bot("mm")).toMatchObject({ liveness: "alive", last_seen_age_s: 0 });
    expect(replay.query.asOf().as_of).toBe(at(299));
  });

  test("moves books and marks by the samples that were kept", async () => {
    const desk = await ReplayDesk.open();
    const book = (bid: string, seconds: number) => ({
      type: "book",
      venue: "kalshi",
      symbol: "A",
      bids: [[bid, "10"]],
      asks: [["0.9", "10"]],
      ts: at(seconds),
    });
    await desk.send({ ...FILL, fill_id: "f1", ts: at(0) }, book("0.1", 0));
    await desk.time.advance(10_000);
    await desk.send(book("0.2", 10));
    await desk.time.advance(10_000);
    await desk.send({ ...FILL, fill_id: "f2", ts: at(20) });
    await desk.time.advance(1_000);
    const replay = await desk.replay({ speed: 1 });
    const bid = () => replay.query.orderbooks({ levels: 1 }).orderbooks[0]?.bids[0]?.[0];
    await obeyed(replay, { action: "play" });
    await desk.play(replay, 2);
    expect([replay.view.at_seq, bid()]).toEqual([1, "0.1"]);
    await desk.play(replay, 10);
    expect([replay.view.at_seq, bid()]).toEqual([1, "0.2"]);
    await obeyed(replay, { action: "seek_seq", seq: 2 });
    expect(bid()).toBe("0.2");
    await obeyed(replay, { action: "seek_seq", seq: 0 });
    expect(bid()).toBeUndefined();
  });

  test("never reaches the log, the desk's fold, its stream or its totals", async () => {
    const desk = await ReplayDesk.open();
    await desk.send({ type: "bot.started", ts: at(0) }, { type: "heartbeat", interval_s: 1, ts: at(0) });
    for (let second = 1; second < 50; second++) await desk.send({ ...FILL, fill_id: `f${second}`, ts: at(second) });
    const [live, log, totals] = [fingerprint(desk.hub.state), await desk.log(), { ...desk.hub.ingest.totals }];
    const frames: string[] = [];
    const subscription = desk.hub.publisher.subscribe({
      topics: ["events"],
      send: (text) => frames.push(text),
      buffered: () => 0,
      end: () => undefined,
    });
    onTestFinished(() => subscription.close());
    const replay = await desk.replay({ speed: "max" });
    await obeyed(replay, { action: "play" });
    await replay.settled();
    await obeyed(replay, { action: "seek_seq", seq: 10 });
    expect(await desk.log()).toEqual(log);
    expect(fingerprint(desk.hub.state)).toBe(live);
    expect(desk.hub.ingest.totals).toEqual(totals);
    expect(frames.filter((text) => text.includes('"op":"fact"'))).toEqual([]);
  });
});
