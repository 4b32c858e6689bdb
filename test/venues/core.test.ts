import { describe, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import { Connection, type ConnectionOptions } from "../../src/venues/core/connection.ts";
import { FreezeWatch } from "../../src/venues/core/freeze-watch.ts";
import type { HttpAnswer } from "../../src/venues/core/ports.ts";
import { RateLimit } from "../../src/venues/core/rate-limit.ts";
import { Rest } from "../../src/venues/core/rest.ts";
import { Secret } from "../../src/venues/core/secret.ts";
import { settle } from "../support/hand-time.ts";
import { HandContext } from "./hand-context.ts";

function connect(options: Partial<ConnectionOptions> = {}) {
  const hand = new HandContext();
  const heard: string[] = [];
  const connection = new Connection(hand.context, {
    channel: "market",
    request: () => ({ url: "wss://venue.example/", headers: { attempt: String(hand.sockets.length + 1) } }),
    onUp: () => void heard.push("up"),
    onFrame: (text) => void heard.push(text),
    onDown: (reason) => void heard.push(`down: ${reason}`),
    ...options,
  });
  connection.start();
  return { hand, heard, connection, events: () => hand.feed };
}

const now = micros(0);

describe("a connection", () => {
  test("is up once its socket opens, hands on frames, and is down once when the socket ends", async () => {
    const { hand, heard, connection } = connect();
    expect(connection.send("too early")).toBe(false);
    const { handlers } = hand.socket;
    handlers.onOpen();
    handlers.onFrame("a", now);
    expect(connection.send("b")).toBe(true);
    handlers.onEnd({ code: 1006, reason: "" });
    handlers.onEnd({ code: 1006, reason: "" });
    handlers.onFrame("late", now);
    expect(heard).toEqual(["up", "a", "down: closed with 1006"]);
    expect(hand.feed).toEqual(["connected", "disconnected", "reconnecting"]);
  });

  test("waits longer after each failure, up to the longest wait, and begins again once it held", async () => {
    const { hand, connection } = connect({ backoff: { minMs: 1_000, maxMs: 4_000 } });
    // With a random number of one half each wait is three quarters of the full one.
    for (const waitMs of [750, 1_500, 3_000, 3_000]) {
      hand.socket.handlers.onEnd({ reason: "ECONNREFUSED" });
      const tried = hand.sockets.length;
      await hand.time.advance(waitMs - 1);
      expect(hand.sockets).toHaveLength(tried);
      await hand.time.advance(1);
      expect(hand.sockets).toHaveLength(tried + 1);
    }
    hand.socket.handlers.onOpen();
    for (let second = 0; second < 30; second++) {
      hand.socket.handlers.onPing();
      await hand.time.advance(1_000);
    }
    hand.socket.handlers.onEnd({ reason: "ECONNRESET" });
    const tried = hand.sockets.length;
    await hand.time.advance(750);
    expect(hand.sockets).toHaveLength(tried + 1);
    expect(connection.state).toBe("connecting");
  });

  test("that comes up and falls at once does not begin again with the shortest wait", async () => {
    const { hand } = connect({ backoff: { minMs: 1_000, maxMs: 60_000 } });
    for (const waitMs of [750, 1_500, 3_000, 6_000]) {
      hand.socket.handlers.onOpen();
      hand.socket.handlers.onEnd({ code: 1008, reason: "policy" });
      const tried = hand.sockets.length;
      await hand.time.advance(waitMs - 1);
      expect(hand.sockets).toHaveLength(tried);
      await hand.time.advance(1);
    }
  });

  test.each([401, 403, 418])(
    "that the venue refuses with %i asks again only after the longest wait",
    async (status) => {
      const { hand } = connect();
      hand.socket.handlers.onEnd({ status, reason: "" });
      await hand.time.advance(59_999);
      expect(hand.sockets).toHaveLength(1);
      await hand.time.advance(1);
      expect(hand.sockets).toHaveLength(2);
    },
  );

  test("makes each handshake anew", async () => {
    const { hand } = connect();
    hand.socket.handlers.onEnd({ reason: "ECONNRESET" });
    await hand.time.advance(1_000);
    expect(hand.sockets.map(({ request }) => request.headers)).toEqual([{ attempt: "1" }, { attempt: "2" }]);
  });

  test("is dead after silence: frames and pings are signs of life, an open socket is none", async () => {
    const { hand, heard } = connect({ silenceMs: 30_000 });
    hand.socket.handlers.onOpen();
    await hand.time.advance(20_000);
    hand.socket.handlers.onFrame("a", now);
    await hand.time.advance(20_000);
    hand.socket.handlers.onPing();
    await hand.time.advance(29_999);
    expect(heard).toEqual(["up", "a"]);
    await hand.time.advance(1);
    expect(heard.at(-1)).toBe("down: nothing heard for 30 s");
    expect(hand.sockets[0]?.isClosed).toBe(true);
  });

  test("gives up a handshake that nobody answers", async () => {
    const { hand } = connect({ silenceMs: 30_000 });
    await hand.time.advance(31_000);
    expect(hand.sockets).toHaveLength(2);
    expect(hand.feed).toEqual(["error", "reconnecting"]);
  });

  test("sends what the venue wants to hear while it is up, and not after", async () => {
    const { hand } = connect({ beat: { text: "PING", everyMs: 10_000 }, silenceMs: 25_000 });
    await hand.time.advance(10_000);
    expect(hand.socket.sent).toEqual([]);
    const first = hand.socket;
    first.handlers.onOpen();
    await hand.time.advance(20_000);
    expect(first.sent).toEqual(["PING", "PING"]);
    first.handlers.onEnd({ reason: "ECONNRESET" });
    await hand.time.advance(60_000);
    expect(first.sent).toHaveLength(2);
  });

  test("that is stopped connects no more, whatever was on its way", async () => {
    for (const when of ["connecting", "up", "waiting"] as const) {
      const { hand, heard, connection } = connect({ beat: { text: "PING", everyMs: 1_000 } });
      if (when !== "connecting") hand.socket.handlers.onOpen();
      if (when === "waiting") hand.socket.handlers.onEnd({ reason: "ECONNRESET" });
      const before = heard.length;
      connection.stop();
      hand.socket.handlers.onOpen();
      hand.socket.handlers.onFrame("late", now);
      await hand.time.advance(600_000);
      expect(hand.sockets).toHaveLength(1);
      expect(heard).toHaveLength(before);
      expect(hand.time.waiting).toBe(0);
    }
  });

  test("may be given up from inside of what it tells", async () => {
    const hand = new HandContext();
    const connection: Connection = new Connection(hand.context, {
      channel: "market",
      request: () => ({ url: "wss://venue.example/" }),
      onUp: () => connection.reconnect("not what was wanted"),
      onFrame: () => undefined,
      onDown: () => connection.stop(),
    });
    connection.start();
    hand.socket.handlers.onOpen();
    await hand.time.advance(600_000);
    expect(connection.state).toBe("stopped");
    expect(hand.sockets).toHaveLength(1);
  });
});

describe("the feed of a venue", () => {
  test("is connected when all of its connections are, and disconnected from the first that is not", () => {
    const { context, events } = new HandContext();
    const { feed } = context;
    for (const channel of ["a", "b"]) feed.expect(channel);
    feed.up("a");
    expect(feed.isConnected).toBeUndefined();
    feed.up("b");
    feed.down("a", "gone");
    feed.up("a");
    expect(events).toMatchObject([
      { kind: "connected", detail: "all 2 connections" },
      { kind: "disconnected", channel: "a", detail: "gone" },
      { kind: "connected" },
    ]);
  });

  test("is resynced when the last book that was in trouble is right", () => {
    const hand = new HandContext();
    const { feed } = hand.context;
    feed.gap("book", ["x", "y"], "frames are missing");
    feed.stale("book", ["y"], "told already");
    feed.stale("book", ["z"], "silent");
    for (const key of ["x", "y", "x", "other", "z", "z"]) feed.fresh("book", key);
    expect(hand.feed).toEqual(["gap", "stale", "resynced"]);
  });

  test("tells no gap and no error again and again, and counts them all", async () => {
    const hand = new HandContext();
    const { feed } = hand.context;
    for (let index = 0; index < 100; index++) feed.gap("book", ["x"], "frames are missing");
    for (let index = 0; index < 100; index++) feed.error("book", "the venue says no");
    await hand.time.advance(10_000);
    feed.error("book", "the venue says no");
    expect(hand.feed).toEqual(["gap", ...Array.from({ length: 21 }, () => "error")]);
    expect(feed.counts).toMatchObject({ gaps: 100, errors: 101 });
  });

  test("tells a latency a second, never below nothing, and the first of a thousand malformed frames", async () => {
    const hand = new HandContext();
    const { feed, clock } = hand.context;
    const at = clock.now();
    for (let index = 0; index < 10; index++) feed.message("book", at, micros(at - 80_000));
    feed.message("book", micros(at + 1_000_000), micros(at + 5_000_000));
    for (let index = 0; index < 1_001; index++) feed.malformed("book", "not JSON");
    expect(hand.events.map((event) => event["latency_ms"] ?? event["kind"])).toEqual([80, 0, "error", "error"]);
    expect(feed.counts).toMatchObject({ messages: 11, malformed: 1_001 });
  });
});

describe("a rate limit", () => {
  const limit = (hand: HandContext, waitingMax = 10) => {
    const { clock, timers } = hand.context;
    return new RateLimit({ capacity: 20, perSecond: 10, waitingMax, clock, timers });
  };

  test("lets through what it has, then as much as comes in, in order", async () => {
    const hand = new HandContext();
    const tokens = limit(hand);
    const passed: number[] = [];
    for (let index = 0; index < 5; index++) void tokens.take(10).then(() => passed.push(index));
    await settle();
    expect(passed).toEqual([0, 1]);
    await hand.time.advance(999);
    expect(passed).toHaveLength(2);
    await hand.time.advance(1);
    expect(passed).toEqual([0, 1, 2]);
    await hand.time.advance(2_000);
    expect(passed).toEqual([0, 1, 2, 3, 4]);
  });

  test("lets nothing through while it is paused", async () => {
    const hand = new HandContext();
    const tokens = limit(hand);
    tokens.pause(5_000);
    let passed = false;
    void tokens.take(1).then(() => {
      passed = true;
    });
    await hand.time.advance(4_999);
    expect(passed).toBe(false);
    await hand.time.advance(1);
    expect(passed).toBe(true);
  });

  test("refuses what comes when too many wait, and those that wait when it is stopped", async () => {
    const hand = new HandContext();
    const tokens = limit(hand, 2);
    const answers = [20, 20, 20, 20].map((cost) => tokens.take(cost));
    expect(await answers[0]).toBe(true);
    expect(await answers[3]).toBe(false);
    tokens.stop();
    expect(await Promise.all(answers)).toEqual([true, false, false, false]);
    expect(hand.time.waiting).toBe(0);
  });

  test("lets a request that costs more than there can be through when it is full", async () => {
    const hand = new HandContext();
    expect(await limit(hand).take(1_000)).toBe(true);
  });
});

describe("a request", () => {
  const ask = async (answers: readonly HttpAnswer[]) => {
    const hand = new HandContext();
    const left = [...answers];
    let asked = 0;
    hand.http = () => {
      asked++;
      return Promise.resolve(left.shift() ?? { ok: false, reason: "no more answers" });
    };
    const { context } = hand;
    const limit = new RateLimit({ capacity: 100, perSecond: 100, clock: context.clock, timers: context.timers });
    const rest = new Rest({ context, limit, errorText: (body) => JSON.stringify(body) });
    const done = rest.ask("/a?secret=1", 1, () => ({ method: "GET", url: "https://venue.example/a?secret=1" }));
    await hand.time.advance(120_000);
    return { answer: await done, asked: () => asked, events: hand.events };
  };
  const answer = (status: number, text: string, headers = {}): HttpAnswer => ({ ok: true, status, text, headers });

  test("is made again after 429, 5xx and a dead network", async () => {
    const { answer: got, asked } = await ask([
      answer(429, "{}", { "retry-after": "7" }),
      answer(503, "<html>"),
      { ok: false, reason: "ECONNRESET" },
      answer(200, '{"fine":true}'),
    ]);
    expect(got).toEqual({ ok: true, value: { fine: true } });
    expect(asked()).toBe(4);
  });

  test("is not made again when the venue refuses it", async () => {
    const { answer: got, asked, events } = await ask([answer(404, '{"code":"not_found"}')]);
    expect(got).toEqual({ ok: false, error: { status: 404, message: 'HTTP 404: {"code":"not_found"}' } });
    expect(asked()).toBe(1);
    expect(JSON.stringify(events)).not.toContain("secret");
  });

  test("has failed when every attempt has, or when the answer is no JSON", async () => {
    const failed = await ask(Array.from({ length: 9 }, () => answer(500, "")));
    expect(failed.answer.ok).toBe(false);
    expect(failed.asked()).toBe(4);
    const html = await ask([answer(200, "<html>")]);
    expect(html.answer).toMatchObject({ error: { message: "HTTP 200: an answer that is no JSON" } });
  });
});

describe("a watch for silence", () => {
  test("tells keys that were silent, those silent longest first, and each only after as long again", async () => {
    const hand = new HandContext();
    const told: (readonly string[])[] = [];
    const { clock, timers } = hand.context;
    const watch = new FreezeWatch({
      clock,
      timers,
      silentMs: 10_000,
      everyMs: 1_000,
      onSilent: (keys) => void told.push(keys),
    });
    watch.touch("a");
    watch.start();
    await hand.time.advance(500);
    for (const key of ["b", "c", "d"]) watch.touch(key);
    watch.forget("d");
    await hand.time.advance(9_500);
    expect(told).toEqual([["a"]]);
    watch.touch("c");
    await hand.time.advance(1_000);
    expect(told).toEqual([["a"], ["b"]]);
    await hand.time.advance(9_000);
    expect(told.slice(2)).toEqual([["a", "c"]]);
    watch.stop();
    await hand.time.advance(60_000);
    expect(told).toHaveLength(3);
  });
});

test("a secret shows itself nowhere but where it is asked for", () => {
  const secret = new Secret("hunter2");
  expect(secret.reveal()).toBe("hunter2");
  expect(`${secret} ${String(secret)} ${JSON.stringify({ secret })}`).toBe('[secret] [secret] {"secret":"[secret]"}');
});
