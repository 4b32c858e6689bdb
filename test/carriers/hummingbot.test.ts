import { describe, expect, test } from "vitest";
import { BotApi } from "../../src/bots/carriers/bot-api.ts";
import { Hummingbot, type HummingbotOptions } from "../../src/bots/carriers/hummingbot.ts";
import { USER } from "../fakes/fake-bot-api.ts";
import { type FakeHummingbot, perpetual, startFakeHummingbot } from "../fakes/fake-hummingbot.ts";

const carriedOf = (bot: FakeHummingbot, more: Partial<HummingbotOptions> = {}): Hummingbot =>
  new Hummingbot(new BotApi({ url: bot.url, username: USER, password: bot.password, timeoutMs: 30_000 }), {
    ...{ instance: "hb-1", pauseAs: "refuse", account: "master_account" },
    ...more,
  });

describe("a Hummingbot instance", () => {
  test("is stopped with its orders cancelled when it is halted, and started again when it is resumed", async () => {
    const bot = await startFakeHummingbot();
    bot.stopsAfter = 2;
    const carried = carriedOf(bot, { script: "v2_with_controllers", conf: "mine" });
    expect((await carried.sign()).state).toBe("running");
    await carried.halt();
    expect((await carried.sign()).state).toBe("halted");
    expect(bot.commands).toEqual([{ bot_name: "hb-1", skip_order_cancellation: false, async_backend: false }]);
    await carried.resume();
    expect((await carried.sign()).state).toBe("running");
    expect(bot.commands.at(-1)).toEqual({
      ...{ bot_name: "hb-1", script: "v2_with_controllers", conf: "mine", async_backend: false },
    });
  });

  test("is not said to be halted when it goes on reporting", async () => {
    const bot = await startFakeHummingbot();
    bot.deaf = true;
    await expect(carriedOf(bot, { stopMs: 100 }).halt()).rejects.toThrow("still reports after stop-bot");
  });

  test("refuses a pause, or stops when it is to", async () => {
    const bot = await startFakeHummingbot();
    await expect(carriedOf(bot).pause()).rejects.toThrow("cannot refuse entries alone");
    expect(bot.commands).toEqual([]);
    await carriedOf(bot, { pauseAs: "stop" }).pause();
    expect(bot.status).toBe("stopped");
  });

  test("tells what its account holds over all pages, and closes it by a flatten", async () => {
    const bot = await startFakeHummingbot();
    bot.positions = [
      perpetual("BTC-USDT", "LONG", 1),
      perpetual("ETH-USDT", "SHORT", 2),
      perpetual("SOL-USDT", "SHORT", -3),
      { ...perpetual("XRP-USDT", "LONG", 4), account_name: "other" },
    ];
    const carried = carriedOf(bot);
    expect(await carried.positions?.()).toEqual([
      { venue: "binance_perpetual", symbol: "BTC-USDT", size: 1, entry_price: 100 },
      { venue: "binance_perpetual", symbol: "ETH-USDT", size: -2, entry_price: 100 },
      { venue: "binance_perpetual", symbol: "SOL-USDT", size: -3, entry_price: 100 },
    ]);
    expect(carried.openOrders).toBeUndefined();
    await carried.flatten();
    expect(await carried.positions?.()).toEqual([]);
    expect(bot.orders.map((order) => [order["trading_pair"], order["trade_type"], order["amount"]])).toEqual([
      ["BTC-USDT", "SELL", 1],
      ["ETH-USDT", "BUY", 2],
      ["SOL-USDT", "BUY", 3],
    ]);
    expect(bot.orders[0]).toMatchObject({ order_type: "MARKET", position_action: "CLOSE" });
    expect(bot.positions).toHaveLength(1);
  });

  test("tells no positions without an account, and asks only for the connectors that are named", async () => {
    const bot = await startFakeHummingbot();
    bot.positions = [perpetual("BTC-USDT", "LONG", 1)];
    expect(carriedOf(bot, { account: undefined }).positions).toBeUndefined();
    expect(await carriedOf(bot, { connectors: ["okx_perpetual"] }).positions?.()).toEqual([]);
  });

  test("is not said to be anything when it is not there, or the password is wrong", async () => {
    const bot = await startFakeHummingbot();
    bot.status = "not_found";
    const carried = carriedOf(bot);
    await expect(carried.sign()).rejects.toThrow("Bot hb-1 not found");
    await expect(carried.halt()).rejects.toThrow("Bot hb-1 not found");
    bot.password = "another";
    await expect(carried.sign()).rejects.toThrow("the name or the password is wrong");
  });
});
