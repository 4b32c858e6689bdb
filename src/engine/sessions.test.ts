import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { emptyState, reduce } from "./fold.ts";
import { readSessions } from "./read-sessions.ts";
import { botSlice, DESK_SLICE, fingerprint, slicesOf, stateFromSlices } from "./snapshot.ts";

const HOUR = 3_600;
const error = { type: "error", code: "E", message: "m" };
const fill = { type: "fill", fill_id: "f", venue: "v", symbol: "S", side: "buy", price: "1", size: "1" };
const imported = { origin: "import" };

/** The sessions, newest first, as `from_seq-to_seq` with their first and last hour. */
const spans = (desk: FoldedDesk, now = at(24 * HOUR)) =>
  readSessions(desk.state, now, {}).map(
    ({ from_seq, to_seq, from, to }) => `${from_seq}-${to_seq} ${from.slice(11, 16)}-${to?.slice(11, 16) ?? ""}`,
  );

describe("sessions", () => {
  test("go from bot.started to bot.stopped, and what was said with it, when a bot declares itself", () => {
    const desk = new FoldedDesk()
      .fact(0, { type: "bot.started", version: "1" })
      .fact(HOUR, fill)
      .fact(20 * HOUR, { type: "bot.stopped", reason: "done" })
      .fact(20 * HOUR + 1, error)
      .fact(20 * HOUR + 60, error);
    expect(readSessions(desk.state, at(20 * HOUR + 60), {})).toEqual([
      expect.objectContaining({ session_id: "mm:5", from_seq: 5, facts: 1 }),
      {
        ...{
          session_id: "mm:1",
          bot: "mm",
          mode: "live",
          from: "2026-02-24T00:00:00.000Z",
          to: "2026-02-24T20:00:01.000Z",
        },
        ...{ from_seq: 1, to_seq: 4, facts: 4, fills: 1, imported: false, version: "1", reason: "done" },
      },
    ]);
  });

  test("begin anew with every bot.started, and go on while the bot is heard", () => {
    const desk = new FoldedDesk()
      .fact(0, { type: "bot.started" })
      .fact(HOUR, error)
      .fact(10 * HOUR, { type: "bot.started" })
      .fact(20 * HOUR, error);
    expect(spans(desk, at(20 * HOUR + 1))).toEqual(["3-4 10:00-", "1-2 00:00-01:00"]);
    expect(spans(desk, at(23 * HOUR))).toEqual(["3-4 10:00-20:00", "1-2 00:00-01:00"]);
  });

  test("end with six hours of silence when nobody declared them", () => {
    const desk = new FoldedDesk()
      .fact(0, error)
      .fact(6 * HOUR, error)
      .fact(12 * HOUR + 1, error);
    expect(spans(desk)).toEqual(["3-3 12:00-12:00", "1-2 00:00-06:00"]);
  });

  test("of what files tell stand beside the bot's own, and modes beside each other", () => {
    const desk = new FoldedDesk()
      .fact(10 * HOUR, { type: "bot.started" })
      .fact(0, { ...fill, ...imported })
      .fact(11 * HOUR, { ...error, mode: "paper" })
      .fact(HOUR, { ...error, ...imported })
      .fact(12 * HOUR, error);
    const sessions = readSessions(desk.state, at(12 * HOUR), {});
    expect(
      sessions.map(({ from_seq, mode, imported: told, facts, to }) => [from_seq, mode, told, facts, to === null]),
    ).toEqual([
      [3, "paper", false, 1, true],
      [2, "live", true, 2, false],
      [1, "live", false, 2, true],
    ]);
  });

  test("keep to their filters, and leave the hub itself out", () => {
    const desk = new FoldedDesk()
      .fact(0, { ...error, bot: "a" })
      .fact(HOUR, { ...error, bot: "a" })
      .fact(8 * HOUR, { ...error, bot: "b", mode: "paper" })
      .fact(9 * HOUR, { ...error, bot: "deskwatch" });
    const found = (filter: object) => readSessions(desk.state, at(0), filter).map(({ bot }) => bot);
    expect(found({})).toEqual(["b", "a"]);
    expect([found({ bot: "a" }), found({ mode: "paper" })]).toEqual([["a"], ["b"]]);
    expect([found({ from: at(HOUR) }), found({ from: at(HOUR + 1) }), found({ to: at(8 * HOUR) })]).toEqual([
      ["b", "a"],
      ["b"],
      ["a"],
    ]);
  });

  test("are bounded to the newest 200 of a bot, and come back from a snapshot as they were", () => {
    const desk = new FoldedDesk();
    for (let n = 0; n < 250; n++) desk.fact(n, { type: "bot.started", bot: "a" });
    expect(readSessions(desk.state, at(250), {})).toHaveLength(201);
    const { desk: shared, bots } = desk.state;
    const bot = bots.get("a");
    if (bot === undefined) throw new Error("the bot is not there");
    const restored = stateFromSlices([...slicesOf(DESK_SLICE, shared), ...slicesOf(botSlice("a"), bot)]);
    expect(fingerprint(restored)).toBe(fingerprint(desk.state));
    desk.fact(251, { ...error, bot: "a" });
    const next = { seq: 251, ts: at(251), receivedAt: at(251), standing: "fact", ofSeq: undefined } as const;
    reduce(restored, {
      ...next,
      event: { type: "error", bot: "a", ts: "2026-02-24T00:00:00.000Z", code: "E", message: "m" },
    });
    expect(readSessions(restored, at(251), {})).toEqual(readSessions(desk.state, at(251), {}));
    expect(readSessions(emptyState(), micros(0), {})).toEqual([]);
  });
});

describe("open orders", () => {
  test("know their placing, also after the bot listed them anew", () => {
    const order = { order_id: "o", venue: "v", symbol: "S", side: "buy", size: "1" };
    const desk = new FoldedDesk()
      .fact(0, { type: "order.placed", ...order })
      .fact(1, { type: "orders.snapshot", orders: [order, { ...order, order_id: "unknown" }] });
    const open = [...(desk.state.bots.get("mm")?.openOrders.values() ?? [])];
    expect(open.map(({ orderId, seq }) => [orderId, seq])).toEqual([
      ["o", 1],
      ["unknown", undefined],
    ]);
  });
});
