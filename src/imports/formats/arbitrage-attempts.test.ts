import { describe, expect, test } from "vitest";
import { attempts, ID, NOT_FILLED, REFUSED, T, UNWOUND } from "../../../test/imports/invented-attempt.ts";
import { countTypes } from "../../../test/imports/items-of.ts";

describe("arbitrageAttempts", () => {
  test("tells the opportunity, both orders and both fills when both legs filled", async () => {
    const { events, invalid } = await attempts({});
    expect(invalid).toEqual([]);
    expect(countTypes(events)).toEqual({ instrument: 4, pair: 1, mark: 4, opportunity: 3, "order.placed": 2, fill: 2 });
    const fills = events.flatMap(({ event }) => (event.type === "fill" ? [event] : []));
    expect(fills).toMatchObject([
      {
        bot: "pm-kalshi-arbitrage",
        mode: "live",
        fill_id: `${ID}:A`,
        venue: "polymarket",
        symbol: "BTC-15M-20260504T0315Z-YES",
        side: "buy",
        price: "0.41",
        size: "10",
        is_maker: false,
        arrival_mid: "0.41",
        entry_edge_cents: 4.49,
      },
      { fill_id: `${ID}:B`, venue: "kalshi", symbol: "BTC-15M-20260504T0315Z-NO", price: "0.5", arrival_mid: "0.49" },
    ]);
    const actions = events.flatMap(({ event }) =>
      event.type === "opportunity" ? [[event.action, event.edge_cents]] : [],
    );
    expect(actions).toEqual([
      ["detected", 4.49],
      ["approved", 4.49],
      ["executed", 4.49],
    ]);
    expect(events[0]?.event).toMatchObject({
      kind: "binary",
      quote: "USDC",
      payout: "1",
      outcome: "yes",
      token_id: "777",
    });
  });

  test("never calls the locked edge a profit", async () => {
    const { events } = await attempts({});
    const keys = events.flatMap(({ event }) => Object.keys(event));
    expect(keys).toContain("realized_pnl_reported");
    expect(keys).not.toContain("realized_pnl");
    expect(keys).not.toContain("pnl_cents");
  });

  test("tells a cancelled order when leg A found nothing", async () => {
    const { events, refused } = await attempts(NOT_FILLED);
    expect(refused).toEqual([]);
    expect(events.filter(({ event }) => event.type === "order.cancelled").map(({ event }) => event)).toMatchObject([
      { order_id: `${ID}:A`, filled_size: "0" },
    ]);
    expect(events.at(-1)?.event).toMatchObject({ action: "rejected", reason: "leg_a_failed" });
  });

  test("tells what is left of an order when it filled in part", async () => {
    const { events } = await attempts({ leg_a_fill_qty: 9.5 });
    expect(events.find(({ event }) => event.type === "order.cancelled")?.event).toMatchObject({ filled_size: "9.5" });
  });

  test("tells the refused leg and the unwind, and says that its sale is not in the file", async () => {
    const { events, leftOut } = await attempts(UNWOUND);
    expect(events.find(({ event }) => event.type === "order.rejected")?.event).toMatchObject({
      order_id: `${ID}:B`,
      reason: REFUSED,
    });
    expect(events.find(({ event }) => event.type === "error")?.event).toMatchObject({
      code: "unwind",
      message: `FOK failed: ${REFUSED}`,
      unwind_realized_loss: "0.2",
    });
    expect(leftOut).toEqual([expect.stringContaining("an unwind's sale")]);
  });

  test("leaves out an age that is a missing time subtracted, and the missing time", async () => {
    const { events, leftOut } = await attempts({ kalshi_quote_age_ms: T, kalshi_ts_exchange: 0 });
    expect(leftOut).toEqual(["a quote age that is a missing time subtracted"]);
    const detected = events.find(({ event }) => event.type === "opportunity")?.event;
    expect(detected).toMatchObject({ poly_quote_age_ms: 10 });
    expect(detected).not.toHaveProperty("kalshi_quote_age_ms");
  });

  test("gives no mid when a side of the quote is empty", async () => {
    const { events, leftOut } = await attempts({ kalshi_no_bid_size: 0 });
    expect(leftOut).toEqual(["a quote with one side only has no mid"]);
    const placed = events.find(({ event }) => event.type === "order.placed" && event.order_id === `${ID}:B`);
    expect(placed?.event).not.toHaveProperty("arrival_mid");
  });

  test("is paper when the row is a dry run", async () => {
    const { events } = await attempts({ dry_run: 1 });
    expect(new Set(events.map(({ event }) => event.mode))).toEqual(new Set(["paper"]));
  });

  test.each([
    ["status", "perhaps", "the status is unknown"],
    ["leg_a_side", "maybe", "the side is neither yes nor no"],
    ["leg_b_venue", "elsewhere", "the venue is neither polymarket nor kalshi"],
    ["leg_a_fill_price", "", "no leg_a_fill_price"],
  ])("refuses the row when %s is %s", async (column, value, reason) => {
    const { refused, events } = await attempts({ [column]: value });
    expect(refused.map(({ line, refused: why }) => [line, why])).toEqual([[2, reason]]);
    expect(events).toEqual([]);
  });
});
