import { type Call, type FakeBotApi, type Reply, startFakeBotApi } from "./fake-bot-api.ts";

export interface FakeOrder {
  readonly order_id: string;
  is_open: boolean;
  readonly ft_order_side: string;
  readonly amount: number;
  filled: number;
  readonly safe_price: number;
}

export interface FakeTrade {
  readonly trade_id: number;
  readonly pair: string;
  readonly exchange: string;
  readonly is_short: boolean;
  amount: number;
  readonly open_rate: number;
  readonly open_fill_timestamp: number | null;
  readonly orders: FakeOrder[];
}

/**
 * freqtrade as it answers: `since 2025.4` has the state paused, which `/stopentry` also starts a stopped bot in; `before`
 * sets max_open_trades to 0 while it runs, and reads its configuration again to undo that; `old` knows only `/stopbuy`.
 */
export type Release = "since 2025.4" | "before" | "old";

export interface FakeFreqtrade extends FakeBotApi {
  state: "running" | "paused" | "stopped" | "reload_config";
  maxOpenTrades: number;
  dryRun: boolean;
  trades: FakeTrade[];
  processed: number;
  /** Orders that it places the moment it is stopped. */
  lastOrder: FakeOrder | undefined;
}

const CONFIGURED = 3;
const error = (path: string, message: string): Reply => ({
  status: 502,
  body: { error: `Error querying ${path}: ${message}` },
});

export async function startFakeFreqtrade(release: Release = "since 2025.4"): Promise<FakeFreqtrade> {
  const bot = await startFakeBotApi((call) => answer(fake, release, call));
  const fake: FakeFreqtrade = Object.assign(bot, {
    ...{ state: "running" as const, maxOpenTrades: CONFIGURED, dryRun: true, processed: 1_000 },
    ...{ trades: [], lastOrder: undefined },
  });
  return fake;
}

function answer(bot: FakeFreqtrade, release: Release, { method, path, body }: Call): Reply {
  const route = `${method} ${path.replace("/api/v1", "").replace(/\d+/, "N")}`;
  switch (route) {
    case "GET /show_config":
      return { body: shownConfig(bot) };
    case "GET /health":
      return { body: { last_process: "", last_process_ts: bot.processed++ } };
    case "GET /status":
      return { body: bot.trades };
    case "POST /stopentry":
      return release === "old" ? { status: 404, body: { detail: "Not Found" } } : stopEntry(bot, release);
    case "POST /stopbuy":
      return stopEntry(bot, release);
    case "POST /start":
      if (bot.state === "running") return { body: { status: "already running" } };
      bot.state = "running";
      return { body: { status: "starting trader ..." } };
    case "POST /stop":
      return stop(bot);
    case "POST /reload_config":
      bot.state = "reload_config";
      return { body: { status: "Reloading config ..." } };
    case "POST /forceexit":
      return forceExit(bot, path, body);
    case "DELETE /trades/N/open-order":
      return cancel(bot, path);
    default:
      return { status: 404, body: { detail: "Not Found" } };
  }
}

function shownConfig(bot: FakeFreqtrade): object {
  const { state, maxOpenTrades } = bot;
  // It is read again in its own time, and begins as its configuration says: stopped.
  if (state === "reload_config") Object.assign(bot, { state: "stopped", maxOpenTrades: CONFIGURED });
  return { state, max_open_trades: maxOpenTrades, dry_run: bot.dryRun, exchange: "binance", version: "2026.1" };
}

function stopEntry(bot: FakeFreqtrade, release: Release): Reply {
  if (release === "since 2025.4") {
    bot.state = "paused";
    return { body: { status: "paused, no more entries will occur from now. Run /start to enable entries." } };
  }
  if (bot.state === "running") bot.maxOpenTrades = 0;
  return { body: { status: "No more entries will occur from now. Run /reload_config to reset." } };
}

function stop(bot: FakeFreqtrade): Reply {
  if (bot.state === "stopped") return { body: { status: "already stopped" } };
  bot.state = "stopped";
  if (bot.lastOrder !== undefined) bot.trades[0]?.orders.push(bot.lastOrder);
  bot.lastOrder = undefined;
  return { body: { status: "stopping trader ..." } };
}

function forceExit(bot: FakeFreqtrade, path: string, { tradeid }: Call["body"]): Reply {
  if (bot.state === "stopped") return error(path, "trader is not running");
  if (tradeid !== "all") return error(path, "invalid argument");
  bot.trades = [];
  return { body: { result: "Created exit orders for all open trades." } };
}

function cancel(bot: FakeFreqtrade, path: string): Reply {
  if (bot.state === "stopped") return error(path, "trader is not running");
  const id = Number(/\d+/.exec(path.replace("/api/v1", ""))?.[0]);
  const trade = bot.trades.find(({ trade_id }) => trade_id === id);
  const open = trade?.orders.filter(({ is_open, ft_order_side }) => is_open && ft_order_side !== "stoploss") ?? [];
  if (trade === undefined || open.length === 0) return error(path, "No open order for trade_id.");
  for (const order of open) order.is_open = false;
  return { body: trade };
}

export const openTrade = (id: number, more: Partial<FakeTrade> = {}): FakeTrade => ({
  ...{ trade_id: id, pair: "ETH/USDT", exchange: "binance", is_short: false, amount: 0.5 },
  ...{ open_rate: 3_000, open_fill_timestamp: 1_760_000_000_000, orders: [] },
  ...more,
});

export const openOrder = (id: string, side: string, more: Partial<FakeOrder> = {}): FakeOrder => ({
  ...{ order_id: id, is_open: true, ft_order_side: side, amount: 0.5, filled: 0, safe_price: 3_100 },
  ...more,
});
