import { type Call, type FakeBotApi, type Reply, startFakeBotApi } from "./fake-bot-api.ts";

export interface FakePosition {
  readonly account_name: string;
  readonly connector_name: string;
  readonly trading_pair: string;
  readonly side: string;
  readonly amount: number;
  readonly entry_price: number;
}

/** hummingbot-api as it answers: commands are handed on by a broker, and positions come in pages. */
export interface FakeHummingbot extends FakeBotApi {
  status: "running" | "idle" | "stopped" | "not_found";
  /** Whether the instance hears what is handed on. */
  deaf: boolean;
  /** Looks at its status until a stop has its effect. */
  stopsAfter: number;
  positions: FakePosition[];
  readonly orders: Readonly<Record<string, unknown>>[];
  readonly commands: Readonly<Record<string, unknown>>[];
  /** Looks that are left until it has stopped. */
  stopping: number;
}

export async function startFakeHummingbot(): Promise<FakeHummingbot> {
  const bot = await startFakeBotApi((call) => answer(fake, call));
  const fake: FakeHummingbot = Object.assign(bot, {
    ...{ status: "running" as const, deaf: false, stopsAfter: 0, stopping: Number.POSITIVE_INFINITY },
    ...{ positions: [], orders: [], commands: [] },
  });
  return fake;
}

function answer(bot: FakeHummingbot, { method, path, body }: Call): Reply {
  switch (`${method} ${path}`) {
    case "GET /bot-orchestration/hb-1/status":
      return { body: { status: "success", data: statusOf(bot) } };
    case "POST /bot-orchestration/stop-bot":
    case "POST /bot-orchestration/start-bot":
      return command(bot, path, body);
    case "POST /trading/positions":
      return positions(bot, body);
    case "POST /trading/orders":
      bot.orders.push(body);
      bot.positions = bot.positions.filter(({ trading_pair }) => trading_pair !== body["trading_pair"]);
      return { status: 201, body: { order_id: "x", status: "submitted" } };
    default:
      return { status: 404, body: { detail: "Not Found" } };
  }
}

function statusOf(bot: FakeHummingbot): object {
  if (bot.status === "not_found") return { status: "not_found", error: "Bot hb-1 not found" };
  if (bot.stopping-- <= 0) bot.status = "stopped";
  return { status: bot.status, performance: {}, error_logs: [], general_logs: [], recently_active: true };
}

function command(bot: FakeHummingbot, path: string, body: Call["body"]): Reply {
  bot.commands.push(body);
  if (bot.status === "not_found")
    return { body: { status: "success", response: { success: false, message: "Bot hb-1 not found" } } };
  bot.stopping = path.endsWith("stop-bot") && !bot.deaf ? bot.stopsAfter : Number.POSITIVE_INFINITY;
  if (path.endsWith("start-bot")) bot.status = "running";
  return { body: { status: "success", response: { success: true } } };
}

/** Two to a page. */
function positions(
  bot: FakeHummingbot,
  { cursor, account_names: accounts, connector_names: connectors }: Call["body"],
): Reply {
  const isAsked = ({ account_name, connector_name }: FakePosition): boolean =>
    (accounts as string[]).includes(account_name) &&
    (connectors === undefined || (connectors as string[]).includes(connector_name));
  const all = bot.positions.filter(isAsked);
  const from = cursor === undefined ? 0 : Number(cursor);
  const data = all.slice(from, from + 2);
  const hasMore = from + 2 < all.length;
  const pagination = {
    limit: 2,
    has_more: hasMore,
    next_cursor: hasMore ? String(from + 2) : null,
    total_count: all.length,
  };
  return { body: { data, pagination } };
}

export const perpetual = (pair: string, side: "LONG" | "SHORT", amount: number): FakePosition => ({
  ...{ account_name: "master_account", connector_name: "binance_perpetual", trading_pair: pair },
  ...{ side, amount, entry_price: 100 },
});
