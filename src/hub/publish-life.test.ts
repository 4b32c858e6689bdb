import { describe, expect, test } from "vitest";
import { changesOf } from "../../test/support/hand-made-desk.ts";
import { settle } from "../../test/support/hand-time.ts";
import { MemoryReader, setUpPublisher } from "../../test/support/memory-reader.ts";
import type { OutletEnd } from "./outlet.ts";
import { StoreUnavailable } from "./ports.ts";
import { topicOf } from "./publish.ts";

describe("subscribers that do not read", () => {
  test("leaves no more than the limit with the transport and gives up after 30 s when one never reads", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ bufferedBytes: 10_000 });
    const stuck = new MemoryReader(publisher, ["events", "fills", "health"], { reads: false });
    const well = new MemoryReader(publisher, ["events"]);
    await time.advance(10);
    for (let ms = 0; ms < 40_000; ms += 100) {
      tell(desk.fill(`f${ms}`));
      publisher.publish(changesOf({ health: true }));
      await time.advance(100);
    }
    expect(stuck.held).toBeLessThan(12_000);
    expect(stuck.ended).toEqual(["slow"]);
    expect(publisher.givenUp()).toBe(1);
    expect(publisher.subscribers()).toBe(1);
    expect(well.seqs("events")).toHaveLength(400);
  });

  test("goes on where it was, without a gap, when one pauses for less than its bound", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ bufferedBytes: 2_000 });
    const reader = new MemoryReader(publisher, ["events"], { reads: false });
    await time.advance(10);
    for (let index = 0; index < 100; index++) tell(desk.fill(`f${index}`));
    await time.advance(1_000);
    expect(reader.seqs("events").length).toBeLessThan(20);
    reader.held = 0;
    reader.reads = true;
    await time.advance(100);
    expect(reader.seqs("events")).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(reader.ended).toEqual([]);
  });

  test("sends a gap and a fresh snapshot when one falls too far behind and then drains", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ bufferedBytes: 2_000, factsBehind: 50 });
    const reader = new MemoryReader(publisher, ["fills"], { reads: false });
    await time.advance(10);
    for (let index = 0; index < 200; index++) tell(desk.fill(`f${index}`));
    await time.advance(1_000);
    const before = reader.frames.length;
    reader.held = 0;
    reader.reads = true;
    await time.advance(100);
    const after = reader.frames.slice(before);
    expect(after.map((frame) => frame.op)).toEqual(["gap", "snapshot"]);
    expect(after[1]).toMatchObject({ seq: 200 });
    tell(desk.fill("next"));
    await time.advance(100);
    expect(reader.frames.at(-1)).toMatchObject({ op: "fact", seq: 201 });
  });

  test("drops the subscriber and nobody else when its transport throws", async () => {
    const { time, publisher } = setUpPublisher();
    const ended: OutletEnd[] = [];
    publisher.subscribe({
      topics: ["health"],
      send: () => {
        throw new Error("socket closed");
      },
      buffered: () => 0,
      end: (reason) => ended.push(reason),
    });
    const well = new MemoryReader(publisher, ["health"]);
    await time.advance(10);
    expect(ended).toEqual(["failed"]);
    expect(well.ops("health")).toEqual(["snapshot"]);
    expect(publisher.subscribers()).toBe(1);
  });
});

describe("the life of a subscription", () => {
  test("sends nothing more when it is closed while its snapshot is read", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    let release = (): void => undefined;
    desk.hold = new Promise((resolve) => {
      release = resolve;
    });
    const reader = new MemoryReader(publisher, ["fills", "rejected"]);
    await time.advance(10);
    reader.subscription.close();
    reader.subscription.close();
    release();
    tell(desk.fill("f1"));
    await time.advance(40_000);
    expect(reader.frames).toEqual([]);
    expect(reader.ended).toEqual([]);
    expect(time.waiting).toBe(0);
  });

  test("sends a topic anew when it is added again, and nothing when it is removed", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["fills"]);
    await time.advance(10);
    reader.subscription.add(["fills", "fills", "health"]);
    await time.advance(10);
    expect(reader.ops("fills")).toEqual(["snapshot", "snapshot"]);
    expect(reader.ops("health")).toEqual(["snapshot"]);
    reader.subscription.remove(["fills"]);
    tell(desk.fill("f1"));
    await time.advance(10);
    expect(reader.seqs("fills")).toEqual([]);
  });

  test("asks the store again after a while when it was away", async () => {
    const { time, desk, publisher, errors } = setUpPublisher();
    desk.failure = new StoreUnavailable("away");
    const reader = new MemoryReader(publisher, ["rejected"]);
    await time.advance(2_500);
    expect(errors).toHaveLength(3);
    expect(reader.frames).toEqual([]);
    desk.failure = undefined;
    await time.advance(1_000);
    expect(reader.ops("rejected")).toEqual(["snapshot"]);
  });

  test("ends every subscriber when the hub stops", async () => {
    const { publisher } = setUpPublisher();
    const readers = [new MemoryReader(publisher, ["health"]), new MemoryReader(publisher, [])];
    publisher.close();
    expect(readers.map((reader) => reader.ended)).toEqual([["stopped"], ["stopped"]]);
    await settle();
    expect(publisher.subscribers()).toBe(0);
  });

  test("knows its topics and no others when a name is looked up", () => {
    expect(topicOf("fills")).toBe("fills");
    expect(topicOf("books:binance:BTC/USDT")).toBe("books:binance:BTC/USDT");
    expect(["books:", "books:binance", "books::x", "books:binance:"].map(topicOf)).toEqual(Array(4).fill(undefined));
    expect(topicOf("constructor")).toBeUndefined();
  });
});
