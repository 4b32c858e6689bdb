import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createReader, type Live, ReaderError, type StoredEvent, type WebSocketLike } from "../src/reader.ts";
import { until } from "./fake-hub.ts";
import { type FakeStream, type Frame, startFakeStream } from "./fake-stream.ts";

let hub: FakeStream;
const open: Live[] = [];

beforeEach(async () => {
  hub = await startFakeStream();
});

afterEach(async () => {
  vi.useRealTimers();
  for (const live of open.splice(0)) live.close();
  await hub.stop();
});

const asOf = { as_of: "2026-01-01T00:00:00.000Z", as_of_seq: 9 };

/** An event of the log as the hub shows it. */
const stored = (seq: number): StoredEvent => ({
  type: "fill",
  bot: "b",
  id: `e-${seq}`,
  seq,
  ts: asOf.as_of,
  received_at: asOf.as_of,
  effective_ts: asOf.as_of,
});

describe("reads", () => {
  test("ask the hub's routes with the filters and the key when there are any", async () => {
    hub.reply = () => ({ status: 200, body: { bots: [], ...asOf } });
    const reader = createReader({ url: `${hub.url}/`, key: "dw_1" });
    expect(await reader.bots()).toEqual({ bots: [], ...asOf });
    await reader.edges(5);
    await reader.fills({ bot: "a b", limit: 10, cursor: "7" });
    await Promise.all([reader.exposure(), reader.health(), reader.rejected()]);
    expect(hub.asked).toEqual([
      "/api/v1/bots",
      "/api/v1/edges?limit=5",
      "/api/v1/fills?bot=a+b&limit=10&cursor=7",
      "/api/v1/exposure",
      "/api/v1/health",
      "/api/v1/rejected",
    ]);
    expect(new Set(hub.authorization)).toEqual(new Set(["Bearer dw_1"]));
  });

  test.each([
    [403, { code: "forbidden", detail: "no" }, { status: 403, code: "forbidden", message: "no", isPassing: false }],
    [503, { code: "store_unavailable", detail: "away" }, { status: 503, code: "store_unavailable", isPassing: true }],
    [502, "<html>", { status: 502, code: "internal", isPassing: true }],
    [200, "<html>", { status: 200, code: "not_a_hub", isPassing: false }],
  ])("reject with the hub's reason when it answers %i", async (status, body, expected) => {
    hub.reply = () => ({ status, body });
    const error: unknown = await createReader({ url: hub.url })
      .bots()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ReaderError);
    expect(error).toMatchObject(expected);
  });

  test("reject as unreachable when no hub is there", async () => {
    const { url } = hub;
    await hub.stop();
    await expect(createReader({ url }).bots()).rejects.toMatchObject({ status: 0, code: "unreachable" });
  });

  test("refuse an address when it is none", () => {
    expect(() => createReader({ url: "ftp://hub" })).toThrow("http or https");
  });

  test("go through all pages when events are asked for", async () => {
    hub.reply = (_path, query) => {
      const after = Number(query.get("cursor") ?? 0);
      const events = [1, 2].map((step) => stored(after + step)).filter(({ seq }) => seq <= 5);
      return { status: 200, body: { events, ...(after < 4 ? { next_cursor: String(after + 2) } : {}), ...asOf } };
    };
    const seqs: number[] = [];
    for await (const event of createReader({ url: hub.url }).events({ type: "fill" })) seqs.push(event.seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5]);
    expect(hub.asked[1]).toBe("/api/v1/events?type=fill&limit=1000&cursor=2");
  });
});

describe("live", () => {
  /** Everything that a live reader calls back with. */
  function listen(topics: Parameters<ReturnType<typeof createReader>["live"]>[0]["topics"], key?: string) {
    const heard: unknown[][] = [];
    const live = createReader({ url: hub.url, key }).live({
      topics,
      onSnapshot: (...frame) => heard.push(["snapshot", ...frame]),
      onDelta: (...frame) => heard.push(["delta", ...frame]),
      onFact: (...frame) => heard.push(["fact", ...frame]),
      onStatus: (...status) => heard.push(["status", ...status]),
    });
    open.push(live);
    return { heard, live };
  }

  test("hands over snapshots, changes and facts when they come, and answers pings", async () => {
    const { heard } = listen(["bots", "fills"]);
    await until("a subscription", () => hub.said.length === 1);
    expect(hub.said[0]).toEqual({ op: "subscribe", topics: ["bots", "fills"] });
    hub.send({ op: "snapshot", topic: "bots", data: [], seq: 3 });
    hub.send({ op: "delta", topic: "bots", data: [{ bot: "b" }], seq: 4 });
    hub.send({ op: "fact", topic: "fills", data: { fill_id: "f" }, seq: 5 });
    hub.send({ op: "mystery", topic: "bots", data: [], seq: 6 });
    hub.send({ op: "ping" });
    await until("a pong", () => hub.said.length === 2);
    expect(hub.said[1]).toEqual({ op: "pong" });
    expect(heard).toEqual([
      ["status", "connecting"],
      ["status", "live"],
      ["snapshot", "bots", [], 3],
      ["delta", "bots", [{ bot: "b" }], 4],
      ["fact", "fills", { fill_id: "f" }, 5],
    ]);
  });

  test("goes on from the last fact of each topic when the line was lost", async () => {
    const { heard } = listen(["health", "fills", "events", "rejected"]);
    await until("a subscription", () => hub.said.length === 1);
    hub.send({ op: "snapshot", topic: "fills", data: [], seq: 3 });
    hub.send({ op: "snapshot", topic: "events", data: [], seq: 3 });
    hub.send({ op: "fact", topic: "events", data: { seq: 7 }, seq: 7 });
    await until("the fact", () => heard.length === 5);
    hub.cut();
    await until("a new line", () => hub.said.length === 4);
    expect(hub.said.slice(1)).toEqual([
      { op: "subscribe", topics: ["health", "rejected"] },
      { op: "subscribe", topics: ["fills"], since: 3 },
      { op: "subscribe", topics: ["events"], since: 7 },
    ]);
    expect(heard.slice(5)).toEqual([
      ["status", "reconnecting", expect.any(String)],
      ["status", "live"],
    ]);
  });

  test("passes over what it had when facts come twice, but not refusals, which have no number of their own", async () => {
    const { heard } = listen(["fills", "rejected"]);
    await until("a subscription", () => hub.said.length === 1);
    for (const seq of [1, 2, 2, 1, 3]) hub.send({ op: "fact", topic: "fills", data: { seq }, seq });
    for (const path of ["a", "b"]) hub.send({ op: "fact", topic: "rejected", data: { path }, seq: 3 });
    await until("the refusals", () => heard.filter(([, topic]) => topic === "rejected").length === 2);
    expect(heard.filter(([, topic]) => topic === "fills").map(([, , , seq]) => seq)).toEqual([1, 2, 3]);
  });

  test("begins anew when a snapshot has a lower number than what it had", async () => {
    const { heard } = listen(["fills"]);
    await until("a subscription", () => hub.said.length === 1);
    hub.send({ op: "fact", topic: "fills", data: { seq: 100 }, seq: 100 });
    hub.send({ op: "snapshot", topic: "fills", data: [], seq: 1 });
    hub.send({ op: "fact", topic: "fills", data: { seq: 2 }, seq: 2 });
    await until("the fact of the new log", () => heard.length === 5);
    expect(heard.at(-1)).toEqual(["fact", "fills", { seq: 2 }, 2]);
  });

  test("hands over its key in the handshake when there is one", async () => {
    listen(["bots"], "dw_2");
    await until("a subscription", () => hub.said.length === 1);
    expect(hub.protocols[0]?.split(/, ?/)).toEqual(["deskwatch", "bearer.dw_2"]);
  });

  test("calls nothing and stays away when it was closed", async () => {
    const { heard, live } = listen(["fills"]);
    await until("a subscription", () => hub.said.length === 1);
    live.close();
    hub.send({ op: "fact", topic: "fills", data: { seq: 1 }, seq: 1 });
    await until("a closed line", () => hub.connections() === 0);
    expect(heard).toEqual([
      ["status", "connecting"],
      ["status", "live"],
    ]);
  });

  test("says why when this runtime has no WebSocket", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => createReader({ url: hub.url }).live({ topics: ["bots"] })).toThrow("has no WebSocket");
    vi.unstubAllGlobals();
  });

  test("connects again when the hub has been silent for 35 s, and waits longer each time it fails", () => {
    vi.useFakeTimers();
    const lines: HandSocket[] = [];
    const reader = createReader({
      url: "http://hub",
      WebSocket: class extends HandSocket {
        constructor() {
          super();
          lines.push(this);
        }
      },
    });
    const statuses: unknown[][] = [];
    open.push(reader.live({ topics: ["bots"], onStatus: (...status) => statuses.push(status) }));
    lines[0]?.happen("open", {});
    lines[0]?.happen("message", { data: '{"op":"hello"}' });
    vi.advanceTimersByTime(30_000);
    lines[0]?.happen("message", { data: '{"op":"ping"}' });
    vi.advanceTimersByTime(34_000);
    expect(lines.length).toBe(1);
    vi.advanceTimersByTime(6_500);
    expect(lines.length).toBe(2);
    expect(lines[0]?.closed).toBe(true);
    expect(statuses.at(-1)).toEqual(["reconnecting", "the hub fell silent"]);
    for (let attempt = 1; attempt < 8; attempt++) {
      lines.at(-1)?.happen("close", {});
      vi.advanceTimersByTime(10_000);
    }
    expect(lines.length).toBe(9);
  });
});

/** A WebSocket whose other end is the test. */
class HandSocket implements WebSocketLike {
  closed = false;
  readonly #listeners = new Map<string, (event: never) => void>();

  send(): void {
    if (this.closed) throw new Error("closed");
  }

  close(): void {
    this.closed = true;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, listener);
  }

  happen(type: string, event: object): void {
    Reflect.apply(this.#listeners.get(type) ?? (() => undefined), undefined, [event]);
  }
}

describe("tail", () => {
  /** Serves a log that grows, with a memory of the newest few facts for those who resume. */
  function serveLog(kept: number, pageSize = 7) {
    let last = 0;
    hub.reply = (_path, query) => {
      const after = Number(query.get("cursor") ?? 0);
      const end = Math.min(last, after + pageSize);
      const events = Array.from({ length: Math.max(0, end - after) }, (_, index) => stored(after + 1 + index));
      return { status: 200, body: { events, ...(end < last ? { next_cursor: String(end) } : {}), ...asOf } };
    };
    const fact = (seq: number): Frame => ({ op: "fact", topic: "events", data: stored(seq), seq });
    hub.onSubscribe = ({ since }, send) => {
      if (typeof since === "number" && since >= last - kept) {
        for (let seq = since + 1; seq <= last; seq++) send(fact(seq));
        return;
      }
      if (since !== undefined) send({ op: "gap", topic: "events" });
      send({ op: "snapshot", topic: "events", data: [], seq: last });
    };
    return (count: number): void => {
      for (let step = 0; step < count; step++) hub.send(fact(++last));
    };
  }

  async function take(seqs: number[], afterSeq: number, lastSeq: number): Promise<void> {
    for await (const event of createReader({ url: hub.url }).tail({ afterSeq })) {
      seqs.push(event.seq);
      if (event.seq >= lastSeq) return;
    }
  }

  test("tells stored events, then live ones, none twice and none left out, when the line is cut at random", async () => {
    const step = fc.record({ facts: fc.integer({ min: 0, max: 40 }), cut: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 30 }),
        async (steps, kept) => {
          const grow = serveLog(kept);
          grow(20);
          const total = 20 + steps.reduce((sum, { facts }) => sum + facts, 0);
          const seqs: number[] = [];
          const done = take(seqs, 5, total);
          await until("the start", () => seqs.length > 0);
          for (const { facts, cut } of steps) {
            grow(facts);
            if (cut) hub.cut();
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
          await done;
          expect(seqs).toEqual(Array.from({ length: total - 5 }, (_, index) => index + 6));
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  test("tells a fact once when it comes live while the store is read", async () => {
    const grow = serveLog(0);
    grow(5);
    const answer = hub.reply;
    hub.reply = (path, query) => {
      if (hub.connections() > 0) grow(1);
      return answer(path, query);
    };
    const seqs: number[] = [];
    const done = take(seqs, 0, 12);
    await until("a read beside the live line", () => seqs.length > 5);
    grow(10);
    await done;
    expect(seqs).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  test("reads the store again, and holds no more than it should, when the taker is slow", async () => {
    const grow = serveLog(0, 1000);
    grow(5);
    const seqs: number[] = [];
    let resume = (): void => undefined;
    const paused = new Promise<void>((resolve) => {
      resume = resolve;
    });
    const done = (async () => {
      for await (const { seq } of createReader({ url: hub.url }).tail()) {
        seqs.push(seq);
        if (seq === 6) await paused;
        if (seq === 12_000) return;
      }
    })();
    await until("the start", () => seqs.length === 5 && hub.asked.length === 2);
    grow(1);
    await until("the pause", () => seqs.length === 6);
    grow(11_994);
    hub.send({ op: "ping" });
    await until("all heard", () => hub.said.some(({ op }) => op === "pong"));
    resume();
    await done;
    expect(seqs).toEqual(Array.from({ length: 12_000 }, (_, index) => index + 1));
    expect(hub.asked.length).toBeGreaterThan(10);
  });

  test("waits and goes on when the hub is away for a moment", async () => {
    serveLog(0)(3);
    const answer = hub.reply;
    hub.reply = (path, query) => (hub.asked.length < 2 ? { status: 503, body: {} } : answer(path, query));
    const seqs: number[] = [];
    await take(seqs, 0, 3);
    expect(seqs).toEqual([1, 2, 3]);
  });

  test("rejects when the hub refuses the reader", async () => {
    hub.reply = () => ({ status: 403, body: { code: "forbidden", detail: "no" } });
    await expect(take([], 0, 1)).rejects.toMatchObject({ code: "forbidden" });
    await until("a closed line", () => hub.connections() === 0);
  });

  test("ends when it is told to while it waits", async () => {
    serveLog(0)(2);
    const stop = new AbortController();
    const seqs: number[] = [];
    const done = (async () => {
      for await (const { seq } of createReader({ url: hub.url }).tail({ signal: stop.signal })) seqs.push(seq);
    })();
    await until("both", () => seqs.length === 2);
    stop.abort();
    await done;
    await until("a closed line", () => hub.connections() === 0);
    expect(seqs).toEqual([1, 2]);
  });
});
