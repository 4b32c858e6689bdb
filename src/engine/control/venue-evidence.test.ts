import { expect, test } from "vitest";
import { at, FoldedDesk } from "../../../test/support/folded-desk.ts";
import { evaluateControl } from "./evaluate-control.ts";

const READ = { source: "venue", read_by: "hub", mode: "live" };
const ORDER = { order_id: "7", symbol: "ETHUSDT", side: "buy", size: "1" };

class Desk extends FoldedDesk {
  orders(seconds: number, venue: string, count = 0): this {
    const orders = Array.from({ length: count }, () => ({ ...ORDER, venue }));
    return this.fact(seconds, { type: "orders.snapshot", ...READ, venue, orders });
  }

  positions(seconds: number, venue: string, ...positions: object[]): this {
    const rows = positions.map((position) => ({ venue, symbol: "ETHUSDT", ...position }));
    return this.fact(seconds, { type: "position.snapshot", ...READ, venue, positions: rows });
  }

  command(seconds: number, action: "halt" | "flatten"): this {
    const command = { type: "command.issued", bot: "deskwatch", command_id: "c", action, target: { bot: "mm" } };
    return this.fact(seconds, { ...command, by: "ann", via: "api", reason: "test", bots: ["mm"] }).fact(seconds, {
      type: "command.acknowledged",
      command_id: "c",
    });
  }

  evidence(seconds: number): readonly string[] {
    return evaluateControl(this.state, at(seconds)).flatMap((event) =>
      event.type === "command.verified" ? [event.evidence] : [],
    );
  }
}

test("a venue whose account was read of the bot is to be read again, though the bot never spoke of it", () => {
  const desk = new Desk().orders(1, "binance").orders(1, "kalshi", 1).command(10, "halt").orders(11, "binance");
  expect(desk.evidence(12)).toEqual([]);
  expect(desk.orders(13, "kalshi", 1).evidence(14)).toEqual([]);
  expect(desk.orders(15, "kalshi").evidence(16)).toEqual(["venue-verified"]);
});

test("an account that was read no more for a day is not waited for", () => {
  const day = 86_400;
  const desk = new Desk()
    .orders(1, "kalshi", 1)
    .command(day + 10, "halt")
    .orders(day + 11, "binance");
  expect(desk.evidence(day + 12)).toEqual(["venue-verified"]);
});

test("a long and a short of one instrument that cancel out are held all the same", () => {
  const both = [
    { size: "2", position_side: "long" },
    { size: "-2", position_side: "short" },
  ];
  const desk = new Desk()
    .command(10, "flatten")
    .orders(11, "binance")
    .positions(11, "binance", ...both);
  expect(desk.evidence(12)).toEqual([]);
  const [long] = both;
  expect(desk.positions(13, "binance", long ?? {}).evidence(14)).toEqual([]);
  expect(desk.positions(15, "binance").evidence(16)).toEqual(["venue-verified"]);
});

test("what was read of a moment before the acknowledgement proves nothing, however late it is told", () => {
  const desk = new Desk()
    .command(10, "halt")
    .late(12, 9, { type: "orders.snapshot", ...READ, venue: "binance", orders: [] });
  expect(desk.evidence(13)).toEqual([]);
  expect(desk.orders(14, "binance").evidence(15)).toEqual(["venue-verified"]);
});
