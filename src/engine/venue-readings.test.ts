import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { readBot } from "./read-bots.ts";
import { readPositions } from "./read-positions.ts";
import { fingerprint, slicesOf, stateFromSlices } from "./snapshot.ts";

const order = (orderId: string, more: object = {}) => ({
  ...{ order_id: orderId, venue: "binance", symbol: "ETHUSDT", side: "buy", price: "100", size: "1" },
  ...more,
});
const read = { read_by: "hub", source: "venue", venue: "binance", mode: "live" };
const orders = (...list: object[]) => ({ type: "orders.snapshot", orders: list, ...read });
const positions = (size: string) => ({
  type: "position.snapshot",
  positions: [{ venue: "binance", symbol: "ETHUSDT", size }],
  ...read,
});

const begun = () =>
  new FoldedDesk()
    .fact(0, { type: "bot.started", status: "running", mode: "live" })
    .fact(1, { type: "order.placed", ...order("a") })
    .fact(2, { type: "position.snapshot", positions: [{ venue: "binance", symbol: "ETHUSDT", size: "2" }] });

describe("what the hub read at a venue", () => {
  test("stands beside what the bot says, and takes nothing from it", () => {
    const desk = begun()
      .late(10, 9, orders(order("b")))
      .late(11, 9, positions("5"));
    const bot = desk.state.bots.get("mm");
    expect([...(bot?.openOrders.values() ?? [])].map(({ orderId }) => orderId)).toEqual(["a"]);
    expect(bot?.snapshot?.positions).toMatchObject([{ size: "2" }]);
    expect(bot?.venueReads.get("live\tbinance")).toMatchObject({
      sharedBy: ["mm"],
      orders: { at: at(9), matches: [{ symbol: "ETHUSDT", ours: 1, matched: 0, onlyOurs: ["a"], onlyTheirs: ["b"] }] },
      positions: { at: at(9), rows: [{ size: "5" }], ours: [], reported: [{ symbol: "ETHUSDT" }] },
    });
    desk.fact(12, { type: "fill", fill_id: "f", venue: "binance", symbol: "ETHUSDT", side: "buy", size: 1, price: 1 });
    expect(readPositions(desk.state, at(13), {})[0]?.view).toMatchObject({ reported_size: "2" });
  });

  test("is no sign of life, and no part of a session", () => {
    const desk = begun();
    const before = readBot(desk.state, "mm", at(400), 0);
    const sessions = JSON.stringify(desk.state.bots.get("mm")?.openSessions);
    desk.late(390, 390, orders()).late(391, 391, positions("5"));
    const after = readBot(desk.state, "mm", at(400), 0);
    expect(after).toMatchObject({ liveness: before.liveness, last_seen_at: before.last_seen_at, mode: "live" });
    expect(JSON.stringify(desk.state.bots.get("mm")?.openSessions)).toBe(sessions);
  });

  test("is the bot's equity there, and no more than that", () => {
    const desk = begun().fact(20, {
      ...{ type: "balance", venue: "binance", balances: [], equity: "1000", equity_currency: "USDT" },
      ...{ read_by: "hub", source: "venue", margin_ratio: 0.8 },
    });
    const bot = desk.state.bots.get("mm");
    expect(bot?.equity.get("live\tbinance")?.drawdown.equity).toBe(1000);
    expect(bot?.venueReads.get("live\tbinance")?.balance?.event.margin_ratio).toBe(0.8);
  });

  test("is in snapshots of the fold", () => {
    const { state } = begun()
      .late(10, 9, orders(order("b")))
      .late(11, 9, positions("5"));
    const slices = [
      ...slicesOf("desk", state.desk),
      ...[...state.bots].flatMap(([name, bot]) => [...slicesOf(`bot:${name}`, bot)]),
    ];
    expect(fingerprint(stateFromSlices(slices))).toBe(fingerprint(state));
  });
});

test("nobody but the hub says that the hub read something at a venue", () => {
  const said = { bot: "mm", ts: "2026-02-24T00:00:00Z", ...orders() };
  expect(parseEvent({ ...said })).toMatchObject({ ok: false, error: { code: "invalid_event", path: "read_by" } });
  expect(parseEvent({ ...said }, "hub")).toMatchObject({ ok: true });
  expect(parseEvent({ ...said, read_by: undefined })).toMatchObject({ ok: true });
});

test("what a bot says of a venue itself is the bot's word", () => {
  const desk = begun().fact(9, { ...orders(order("b")), read_by: undefined });
  const bot = desk.state.bots.get("mm");
  expect([...(bot?.openOrders.values() ?? [])].map(({ orderId }) => orderId)).toEqual(["b"]);
  expect(bot?.venueReads.size).toBe(0);
});
