import { describe, expect, test } from "vitest";
import { BotApi } from "../../src/bots/carriers/bot-api.ts";
import { Freqtrade } from "../../src/bots/carriers/freqtrade.ts";
import { USER } from "../fakes/fake-bot-api.ts";
import { type FakeFreqtrade, openOrder, openTrade, type Release, startFakeFreqtrade } from "../fakes/fake-freqtrade.ts";

const carriedOf = (bot: FakeFreqtrade, timeoutMs = 30_000): Freqtrade =>
  new Freqtrade(new BotApi({ url: bot.url, username: USER, password: bot.password, timeoutMs }));

/** What was changed, in order. */
const acts = ({ calls }: FakeFreqtrade): string[] => calls.filter((call) => !call.startsWith("GET"));

describe.each<Release>(["since 2025.4", "before", "old"])("freqtrade %s", (release) => {
  const stopEntry = release === "old" ? "POST /api/v1/stopbuy" : "POST /api/v1/stopentry";

  test("says how it is, and that it works, when it is asked", async () => {
    const bot = await startFakeFreqtrade(release);
    const carried = carriedOf(bot);
    expect(await carried.sign()).toEqual({
      ...{ state: "running", progress: 1_000, version: "2026.1", venue: "binance", mode: "paper" },
    });
    bot.dryRun = false;
    expect(await carried.sign()).toMatchObject({ progress: 1_001, mode: "live" });
    bot.state = "stopped";
    expect(await carried.sign()).toMatchObject({ state: "halted", progress: undefined });
  });

  test("takes no entries and goes on managing when it is paused, and all of them when it is resumed", async () => {
    const bot = await startFakeFreqtrade(release);
    const carried = carriedOf(bot);
    await carried.pause();
    expect((await carried.sign()).state).toBe("paused");
    expect(acts(bot).at(-1)).toBe(stopEntry);
    await carried.resume();
    expect([(await carried.sign()).state, bot.maxOpenTrades]).toEqual(["running", 3]);
    expect(bot.calls.includes("POST /api/v1/reload_config")).toBe(release !== "since 2025.4");
  });

  test("rests no order and does nothing when it is halted", async () => {
    const bot = await startFakeFreqtrade(release);
    bot.trades = [
      openTrade(1, { orders: [openOrder("e-1", "buy"), openOrder("s-1", "stoploss")] }),
      openTrade(2, { orders: [openOrder("x-1", "sell")] }),
      openTrade(3),
    ];
    const carried = carriedOf(bot);
    await carried.halt();
    expect(bot.state).toBe("stopped");
    expect((await carried.openOrders()).map(({ order_id }) => order_id)).toEqual(["s-1"]);
    expect(acts(bot).filter((call) => call !== "POST /api/v1/stopentry")).toEqual([
      ...(release === "old" ? ["POST /api/v1/stopbuy"] : []),
      ...["DELETE /api/v1/trades/1/open-order", "DELETE /api/v1/trades/2/open-order", "POST /api/v1/stop"],
    ]);
    const calls = acts(bot).length;
    await carried.halt();
    expect(acts(bot).length).toBe(calls);
    await carried.resume();
    expect((await carried.sign()).state).toBe("running");
  });

  test("closes all trades and takes no entries when it is flattened, also out of a halt", async () => {
    const bot = await startFakeFreqtrade(release);
    bot.trades = [openTrade(1)];
    bot.state = "stopped";
    const carried = carriedOf(bot);
    await carried.flatten();
    expect([await carried.positions(), (await carried.sign()).state]).toEqual([[], "paused"]);
    expect(acts(bot).at(-1)).toBe("POST /api/v1/forceexit");
  });

  test("says that an order still rests when it was placed between the cancelling and the stop", async () => {
    const bot = await startFakeFreqtrade(release);
    bot.trades = [openTrade(1)];
    bot.lastOrder = openOrder("x-9", "sell");
    const carried = carriedOf(bot);
    if (release === "since 2025.4") await carried.halt();
    else await expect(carried.halt()).rejects.toThrow("1 orders still rest: cancel them at the exchange");
    expect(bot.state).toBe("stopped");
    expect((await carried.openOrders()).length).toBe(release === "since 2025.4" ? 0 : 1);
  });
});

describe("freqtrade", () => {
  test("tells what rests and what is held, with signs and parts that are filled", async () => {
    const bot = await startFakeFreqtrade();
    bot.trades = [
      openTrade(1, {
        orders: [openOrder("b-1", "buy", { is_open: false, filled: 0.5 }), openOrder("x-1", "sell", { filled: 0.1 })],
      }),
      openTrade(2, { pair: "BTC/USDT", is_short: true, amount: 2, orders: [openOrder("s-1", "stoploss")] }),
      openTrade(3, { pair: "SOL/USDT", open_fill_timestamp: null, orders: [openOrder("b-2", "buy", { filled: 0.2 })] }),
      openTrade(4, { pair: "XRP/USDT", open_fill_timestamp: null, orders: [openOrder("b-3", "buy")] }),
    ];
    const carried = carriedOf(bot);
    expect(
      (await carried.openOrders()).map((order) => [order.order_id, order.side, order.size, order.filled_size]),
    ).toEqual([
      ["x-1", "sell", 0.5, 0.1],
      ["s-1", "buy", 0.5, 0],
      ["b-2", "buy", 0.5, 0.2],
      ["b-3", "buy", 0.5, 0],
    ]);
    expect((await carried.positions()).map(({ symbol, size }) => [symbol, size])).toEqual([
      ["ETH/USDT", 0.5],
      ["BTC/USDT", -2],
      ["SOL/USDT", 0.2],
    ]);
  });

  test("is stopped although an order cannot be cancelled, and says what is left", async () => {
    const bot = await startFakeFreqtrade("before");
    bot.trades = [openTrade(1, { orders: [openOrder("x-1", "sell")] })];
    bot.instead = ({ method }) =>
      method === "DELETE" ? { status: 502, body: { error: "Order not found." } } : undefined;
    await expect(carriedOf(bot).halt()).rejects.toThrow("1 orders still rest");
    expect(bot.state).toBe("stopped");
  });

  test.each([
    ["its password is wrong", { password: "hb_wrong" }, "the name or the password is wrong"],
    ["it hangs", { hangs: true }, "no answer in 50 ms"],
  ])("is not said to be halted when %s", async (_what, how, why) => {
    const bot = await startFakeFreqtrade();
    const carried = carriedOf(bot, 50);
    Object.assign(bot, how);
    const error: unknown = await carried.halt().catch((failure: unknown) => failure);
    expect(String(error)).toContain(why);
    expect(String(error)).not.toContain("canary");
  });

  test("is not said to be halted when it is away, or answers what nobody understands", async () => {
    const bot = await startFakeFreqtrade();
    const carried = carriedOf(bot);
    bot.instead = () => ({ body: { state: 5 } });
    await expect(carried.halt()).rejects.toThrow("a form that is not known");
    bot.instead = ({ path }) => (path.endsWith("/stop") ? { status: 500, body: { detail: "no" } } : undefined);
    await expect(carried.halt()).rejects.toThrow("POST /api/v1/stop: 500 no");
    await bot.down();
    await expect(carried.halt()).rejects.toThrow("/api/v1/show_config");
  });

  test("is not said to be paused when it goes on taking entries", async () => {
    const bot = await startFakeFreqtrade();
    bot.instead = ({ path }) => (path.endsWith("/stopentry") ? { body: { status: "ok" } } : undefined);
    await expect(carriedOf(bot).pause()).rejects.toThrow("still takes entries");
  });
});
