import { describe, expect, test } from "vitest";
import { changesOf } from "../../test/support/hand-made-desk.ts";
import { MemoryReader, setUpPublisher } from "../../test/support/memory-reader.ts";
import type { FillView, RejectedRow } from "../protocol/api.ts";
import { StoreUnavailable } from "./ports.ts";

describe("state topics", () => {
  test("sends a snapshot, then only the bots that changed, when a subscriber comes", async () => {
    const { time, desk, publisher } = setUpPublisher();
    desk.bot("a");
    desk.bot("b");
    const reader = new MemoryReader(publisher, ["bots"]);
    await time.advance(10);
    desk.bot("b");
    publisher.publish(changesOf({ bots: new Set(["b"]) }));
    await time.advance(10);
    expect(reader.frames).toMatchObject([
      { op: "snapshot", topic: "bots", data: [{ bot: "a" }, { bot: "b", facts: 1 }] },
      { op: "delta", topic: "bots", data: [{ bot: "b", facts: 2 }] },
    ]);
  });

  test("sends the first change at once and at most 20 a second when changes come without end", async () => {
    const { time, publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["health"]);
    await time.advance(100);
    publisher.publish(changesOf({ health: true }));
    await time.advance(0);
    expect(reader.ops("health")).toEqual(["snapshot", "delta"]);
    for (let ms = 0; ms < 1_000; ms++) {
      publisher.publish(changesOf({ health: true }));
      await time.advance(1);
    }
    expect(reader.of("health", "delta").length).toBeLessThanOrEqual(21);
    expect(reader.of("health", "delta").length).toBeGreaterThanOrEqual(18);
  });

  test("tells of every bot that changed when several do so between two deltas", async () => {
    const { time, desk, publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["bots"]);
    await time.advance(10);
    for (const name of ["a", "b", "c"]) {
      desk.bot(name);
      publisher.publish(changesOf({ bots: new Set([name]) }));
      await time.advance(1);
    }
    await time.advance(100);
    const named = reader
      .of("bots", "delta")
      .flatMap((frame) => (frame.data as { bot: string }[]).map(({ bot }) => bot));
    expect(named.toSorted()).toEqual(["a", "b", "c"]);
  });

  test("makes each text once when many subscribers show the same", async () => {
    const { time, desk, publisher } = setUpPublisher();
    const readers = Array.from({ length: 20 }, () => new MemoryReader(publisher, ["exposure"]));
    await time.advance(10);
    expect(desk.asked.exposure).toBe(1);
    publisher.publish(changesOf({ exposure: true }));
    await time.advance(10);
    expect(desk.asked.exposure).toBe(2);
    expect(readers.every((reader) => reader.ops("exposure").length === 2)).toBe(true);
  });

  test("asks nothing of the fold when nobody shows the topic", async () => {
    const { time, desk, publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["health", "edges"]);
    await time.advance(10);
    reader.subscription.remove(["edges"]);
    const before = { ...desk.asked };
    publisher.publish(changesOf({ edges: true, exposure: true, bots: new Set(["a"]) }));
    await time.advance(100);
    expect(desk.asked).toEqual(before);
  });

  test("skips states and catches up with a fresh snapshot when a subscriber reads slowly", async () => {
    const { time, publisher } = setUpPublisher({ bufferedBytes: 4_000 });
    const reader = new MemoryReader(publisher, ["health"], { reads: false });
    await time.advance(10);
    for (let round = 0; round < 40; round++) {
      publisher.publish(changesOf({ health: true }));
      await time.advance(60);
    }
    const sent = reader.frames.length;
    expect(sent).toBeLessThan(12);
    reader.held = 0;
    reader.reads = true;
    await time.advance(100);
    expect(reader.frames.slice(sent).map((frame) => frame.op)).toEqual(["snapshot"]);
  });

  test("goes on with the state when reading it failed for a while", async () => {
    const { time, desk, publisher, errors } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["health"]);
    await time.advance(10);
    desk.failure = new Error("a bug");
    publisher.publish(changesOf({ health: true }));
    await time.advance(500);
    expect(errors).toHaveLength(1);
    desk.failure = undefined;
    await time.advance(1_000);
    expect(reader.ops("health")).toEqual(["snapshot", "delta"]);
  });
});

describe("fact topics", () => {
  test("sends every fact once and in order when a subscriber comes in the middle", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    tell(desk.fill("f1"), desk.fill("f2"));
    const reader = new MemoryReader(publisher, ["fills", "events"]);
    await time.advance(10);
    tell(desk.fill("f3"), desk.say({ type: "annotation", title: "deploy" }), desk.fill("f4"));
    await time.advance(10);
    const shown = reader.of("fills", "snapshot").flatMap((frame) => frame.data as FillView[]);
    expect(shown.map((fill) => fill.fill_id)).toEqual(["f2", "f1"]);
    expect(reader.seqs("fills")).toEqual([3, 5]);
    expect(reader.of("events", "snapshot")).toMatchObject([{ data: [], seq: 2 }]);
    expect(reader.seqs("events")).toEqual([3, 4, 5]);
    expect(reader.of("events", "fact")[1]?.data).toMatchObject({ type: "annotation", title: "deploy", seq: 4 });
  });

  test("neither loses nor repeats a fill when some come while the snapshot is read", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    tell(desk.fill("f1"));
    let release = (): void => undefined;
    desk.hold = new Promise((resolve) => {
      release = resolve;
    });
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    tell(desk.fill("f2"));
    await time.advance(10);
    expect(reader.frames).toEqual([]);
    release();
    await time.advance(10);
    expect(reader.of("fills", "snapshot")).toMatchObject([{ data: [{ fill_id: "f1" }], seq: 1 }]);
    expect(reader.of("fills", "fact")).toMatchObject([{ data: { fill_id: "f2" }, seq: 2 }]);
  });

  test("asks for the snapshot again when more facts than are kept came while it was read", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ factsKept: 3 });
    let release = (): void => undefined;
    desk.hold = new Promise((resolve) => {
      release = resolve;
    });
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    for (const name of ["a", "b", "c", "d", "e"]) tell(desk.fill(name));
    release();
    await time.advance(10);
    expect(reader.frames).toMatchObject([{ op: "snapshot", seq: 5, data: [{}, {}, {}, {}, {}] }]);
  });

  test("leaves out of the snapshot what the fold has not taken in when the store is ahead of it", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    tell(desk.fill("a"));
    const b = desk.fill("b");
    desk.foldBehind = 1;
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    desk.foldBehind = 0;
    tell(b);
    await time.advance(10);
    expect(reader.frames).toMatchObject([
      { op: "snapshot", seq: 1, data: [{ fill_id: "a" }] },
      { op: "fact", seq: 2, data: { fill_id: "b" } },
    ]);
  });

  test("reads a fill from the store for as long as an earlier change of it is being read", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    desk.fill("f1");
    tell(desk.say({ type: "correction", fill_id: "f1", venue: "binance", reason: "fee" }, { ofSeq: 1 }));
    tell(desk.say({ type: "fill.voided", fill_id: "f1", venue: "binance", reason: "FAILED" }, { ofSeq: 1 }));
    await time.advance(10);
    expect(desk.asked.fills).toBe(3);
    expect(reader.of("fills", "fact").at(-1)?.data).toMatchObject({ seq: 1, voided: true });
  });

  test("tells a fill again with the reason when it is corrected", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    tell(desk.fill("f1", { id: "a" }));
    tell(desk.say({ type: "correction", fill_id: "f1", venue: "binance", reason: "fee" }, { ofSeq: 1 }));
    tell(desk.say({ type: "correction", corrects: "a", reason: "the\nsize" }, { ofSeq: 1 }));
    await time.advance(10);
    expect(reader.of("fills", "fact").map(({ data, seq }) => [seq, data])).toMatchObject([
      [1, expect.not.objectContaining({ correction: expect.anything() })],
      [2, { seq: 1, fill_id: "f1", correction: "fee" }],
      [3, { seq: 1, fill_id: "f1", correction: "the size" }],
    ]);
  });

  test("tells a fill with what was said of it before it came", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    tell(desk.say({ type: "correction", fill_id: "f1", venue: "binance", reason: "first" }));
    tell(desk.say({ type: "correction", fill_id: "f1", venue: "binance", reason: "fee" }));
    tell(desk.say({ type: "fill.voided", fill_id: "f1", venue: "binance", reason: "FAILED" }));
    tell(desk.say({ type: "correction", corrects: "b", reason: "by its id" }));
    tell(desk.fill("f1"), desk.fill("f2", { id: "b" }), desk.fill("f3", { id: "c" }));
    await time.advance(10);
    expect(reader.of("fills", "fact").map(({ data }) => data)).toMatchObject([
      { fill_id: "f1", voided: true, correction: "fee" },
      { fill_id: "f2", voided: false, correction: "by its id" },
      { fill_id: "f3", voided: false },
    ]);
  });

  test("goes on after the last fact seen when a subscriber comes back with since", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    tell(desk.fill("f1"), desk.fill("f2"), desk.fill("f3"));
    const reader = new MemoryReader(publisher, ["fills", "events"], { since: 1 });
    await time.advance(10);
    tell(desk.fill("f4"));
    await time.advance(10);
    expect(reader.ops("fills")).toEqual(["fact", "fact", "fact"]);
    expect(reader.seqs("fills")).toEqual([2, 3, 4]);
    expect(reader.seqs("events")).toEqual([2, 3, 4]);
  });

  test("catches up in rounds, without a gap, when a subscriber comes back from far behind", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ factsBehind: 50, factsKept: 40_000 });
    for (let index = 0; index < 3_800; index++) tell(desk.fill(`f${index}`));
    const reader = new MemoryReader(publisher, ["events"], { since: 10 });
    await time.advance(1);
    expect(reader.seqs("events").length).toBeLessThan(2_000);
    await time.advance(50);
    expect(reader.seqs("events")).toEqual(Array.from({ length: 3_790 }, (_, index) => index + 11));
    expect(reader.ops("events")).not.toContain("gap");
  });

  test("keeps few facts while nobody hears them, and all that it has room for when somebody does", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ factsKept: 20 });
    for (let index = 0; index < 10; index++) tell(desk.fill(`unheard-${index}`));
    const late = new MemoryReader(publisher, ["events"], { since: 5 });
    const soon = new MemoryReader(publisher, ["events"], { since: 8 });
    await time.advance(10);
    expect(late.ops("events")).toEqual(["gap", "snapshot"]);
    expect(soon.seqs("events")).toEqual([9, 10]);
    for (let index = 0; index < 10; index++) tell(desk.fill(`heard-${index}`));
    const again = new MemoryReader(publisher, ["events"], { since: 10 });
    await time.advance(10);
    expect(again.seqs("events")).toEqual(Array.from({ length: 10 }, (_, index) => index + 11));
  });

  test.each([
    ["older than what is in memory", 2],
    ["ahead of the log", 99],
  ])("sends a gap and a fresh snapshot when since is %s", async (_, since) => {
    const { time, desk, publisher, tell } = setUpPublisher({ factsKept: 3 });
    tell(...["a", "b", "c", "d", "e", "f"].map((name) => desk.fill(name)));
    const reader = new MemoryReader(publisher, ["fills", "events"], { since });
    await time.advance(10);
    expect(reader.ops("fills")).toEqual(["gap", "snapshot"]);
    expect(reader.ops("events")).toEqual(["gap", "snapshot"]);
    tell(desk.fill("g"));
    await time.advance(10);
    expect(reader.seqs("fills")).toEqual([7]);
  });

  test("shows an amended fill again under its own seq when it is merged, contradicted and voided", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    tell(desk.fill("f1"));
    tell(desk.say({ type: "order.filled", fill_id: "f1", ...PRICED, order_id: "o1" }, { standing: "merge", ofSeq: 1 }));
    tell(desk.say({ type: "fill", fill_id: "f1", ...PRICED, price: "1" }, { standing: "contradiction", ofSeq: 1 }));
    tell(desk.say({ type: "fill.voided", fill_id: "f1", venue: "binance", reason: "FAILED" }, { ofSeq: 1 }));
    await time.advance(10);
    expect(reader.seqs("fills")).toEqual([1, 2, 3, 4]);
    expect(reader.of("fills", "fact").map((frame) => frame.data)).toMatchObject([
      { seq: 1, voided: false, contradicted: false },
      { seq: 1, order_id: "o1", price: "64000.5" },
      { seq: 1, order_id: "o1", contradicted: true, price: "64000.5" },
      { seq: 1, order_id: "o1", contradicted: true, voided: true },
    ]);
    expect(desk.asked.fills).toBe(1);
  });

  test("reads an old fill from the store and keeps the order when it is voided late", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ factsKept: 4 });
    tell(...["a", "b", "c", "d", "e", "f"].map((name) => desk.fill(name)));
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    let release = (): void => undefined;
    desk.hold = new Promise((resolve) => {
      release = resolve;
    });
    tell(desk.say({ type: "fill.voided", fill_id: "a", venue: "binance", reason: "FAILED" }, { ofSeq: 1 }));
    tell(desk.fill("g"));
    await time.advance(10);
    expect(reader.seqs("fills")).toEqual([]);
    release();
    await time.advance(10);
    expect(reader.seqs("fills")).toEqual([7, 8]);
    expect(reader.of("fills", "fact")[0]?.data).toMatchObject({ seq: 1, fill_id: "a", voided: true });
  });

  test("sends a gap and a snapshot when an old fill cannot be read from the store", async () => {
    const { time, desk, publisher, tell, errors } = setUpPublisher({ factsKept: 4 });
    tell(...["a", "b", "c", "d", "e", "f"].map((name) => desk.fill(name)));
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    desk.failure = new StoreUnavailable("the disk is full");
    tell(desk.say({ type: "fill.voided", fill_id: "a", venue: "binance", reason: "FAILED" }, { ofSeq: 1 }));
    await time.advance(10);
    expect(reader.ops("fills")).toEqual(["snapshot", "gap"]);
    expect(errors.length).toBeGreaterThan(0);
    desk.failure = undefined;
    await time.advance(2_000);
    expect(reader.ops("fills")).toEqual(["snapshot", "gap", "snapshot"]);
    expect(reader.of("fills", "snapshot")[1]?.data).toContainEqual(
      expect.objectContaining({ fill_id: "a", voided: true }),
    );
  });

  test("shows each refusal once when some are not in the store yet", async () => {
    const { time, desk, publisher } = setUpPublisher();
    const stored = desk.reject("stored");
    publisher.publish(changesOf({ rejected: [stored] }));
    const waiting: RejectedRow = { ...stored, message: "not stored yet" };
    publisher.publish(changesOf({ rejected: [waiting] }));
    const reader = new MemoryReader(publisher, ["rejected"]);
    await time.advance(10);
    const later: RejectedRow = { ...stored, message: "later" };
    publisher.publish(changesOf({ rejected: [later, later] }));
    await time.advance(10);
    expect(reader.frames.map(({ op, data }) => ({ op, data }))).toEqual([
      { op: "snapshot", data: [waiting, stored] },
      { op: "fact", data: later },
      { op: "fact", data: later },
    ]);
  });

  test("keeps fewer facts when they are large", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ factBytesKept: 50_000 });
    for (let index = 0; index < 20; index++)
      tell(desk.say({ type: "annotation", title: "t", more: "x".repeat(10_000) }));
    const reader = new MemoryReader(publisher, ["events"], { since: 10 });
    const near = new MemoryReader(publisher, ["events"], { since: 18 });
    await time.advance(10);
    expect(reader.ops("events")).toEqual(["gap", "snapshot"]);
    expect(near.seqs("events")).toEqual([19, 20]);
  });
});

const PRICED = { venue: "binance", symbol: "BTC/USDT", side: "buy", price: "64000.5", size: "0.25" };
