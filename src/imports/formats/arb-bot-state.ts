import { type BotFile, botFileFormat, venueNamed } from "../arb-bot.ts";
import { contentId } from "../content-id.ts";
import { type ImportItem, told, Unmappable } from "../format.ts";
import { Fields, isObject, type Names } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";

const STATUS = ["status", "bot_status", "state", "running", "is_running"];
const EXECUTION_MODE = ["execution_mode", "exec_mode", "mode"];
const UPTIME = ["uptime_s", "uptime_seconds", "uptime_sec", "uptime"];
const GROUPS = ["counters", "stats", "statistics", "performance", "performance_metrics", "metrics"];
const COUNTERS: Readonly<Record<string, Names>> = {
  opportunities: [
    "opportunities",
    "opportunities_detected",
    "opportunities_found",
    "opportunity_count",
    "total_opportunities",
  ],
  trades: ["trades", "trades_executed", "trade_count", "total_trades", "num_trades"],
  total_pnl: ["total_pnl", "pnl", "total_profit"],
};
const RISK = ["risk_stats", "risk_manager_stats", "risk_manager", "risk"];
const CONNECTIONS = ["venues", "websockets", "websocket", "websocket_stats", "ws_stats", "ws", "connections"];
const CONNECTED = ["connected", "is_connected", "ws_connected"];
const SUBSCRIPTIONS = [
  "subscriptions",
  "active_subscriptions",
  "num_subscriptions",
  "subscribed",
  "subscribed_markets",
];
const MESSAGES = ["messages", "messages_received", "message_count"];
const RECONNECTS = ["reconnects", "reconnect_count", "reconnections"];

const STATUSES: Readonly<Record<string, string>> = {
  running: "running",
  active: "running",
  true: "running",
  paused: "paused",
  halted: "halted",
  reducing: "reducing",
  stopped: "stopped",
  inactive: "stopped",
  false: "stopped",
  error: "error",
};

/** How the bot is: status, mode, uptime, connections, totals and what its risk manager counts. */
export const arbBotState = botFileFormat({
  name: "arb-bot-state",
  about: "bot_state.json of the arbitrage bot with four state files",
  fileNames: ["bot_state.json"],
  detect: (head) => hasNames(head, STATUS, ["execution_mode", "exec_mode"], UPTIME),
  map: state,
});

function state({ document, time, envelope }: BotFile): ImportItem[] {
  const row = new Fields(1, document);
  const body = {
    status: statusOf(row),
    execution_mode: row.text(EXECUTION_MODE)?.toLowerCase(),
    uptime_s: row.number(UPTIME),
    counters: countersOf(row),
    risk_stats: numbersIn(row.object(RISK)),
    venues: venuesIn(row),
  };
  const id = `state:${contentId(JSON.stringify([time.ts, body]))}`;
  return [told(1, { type: "bot.state", ...envelope, ts: time.ts, id, ...body })];
}

function statusOf(row: Fields): string {
  const said = String(row.get(STATUS) ?? "").toLowerCase();
  if (said === "") throw new Unmappable("no status");
  const status = Object.hasOwn(STATUSES, said) ? STATUSES[said] : undefined;
  if (status === undefined) throw new Unmappable("the status has no mapping", said);
  return status;
}

/** Totals stand at the top or in a group of their own. */
function countersOf(row: Fields): Readonly<Record<string, number>> {
  const places = [row, ...GROUPS.flatMap((name) => row.object(name) ?? [])];
  const counters = Object.entries(COUNTERS).flatMap(([name, names]) => {
    const place = places.find((found) => Number.isFinite(Number(found.get(names) ?? Number.NaN)));
    return place === undefined ? [] : [[name, place.number(names) ?? 0] as const];
  });
  return Object.fromEntries(counters);
}

function numbersIn(row: Fields | undefined): Readonly<Record<string, number>> | undefined {
  if (row === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(row.value).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

function venuesIn(row: Fields) {
  const grouped = row.get(CONNECTIONS);
  const venues = ["kalshi", "polymarket"].flatMap((venue) => connectionOf(row, grouped, venue) ?? []);
  return venues.length === 0 ? undefined : venues;
}

/** A connection is an object or a flag under the venue's name, or fields that begin with it. */
function connectionOf(row: Fields, grouped: unknown, venue: string) {
  const said = entryOf(grouped, venue);
  if (typeof said === "boolean") return { venue, connected: said };
  if (isObject(said)) {
    const connection = new Fields(row.line, said);
    return {
      venue,
      connected: connection.get(CONNECTED) === true,
      subscriptions: countOf(connection, SUBSCRIPTIONS),
      messages: countOf(connection, MESSAGES),
      reconnects: countOf(connection, RECONNECTS),
    };
  }
  const place = isObject(grouped) ? new Fields(row.line, grouped) : row;
  const prefixes = venue === "kalshi" ? ["kalshi"] : ["polymarket", "poly"];
  const names = (suffixes: readonly string[]) =>
    prefixes.flatMap((prefix) => suffixes.map((name) => `${prefix}_${name}`));
  const connected = place.get(names(CONNECTED));
  return typeof connected === "boolean"
    ? { venue, connected, subscriptions: countOf(place, names(SUBSCRIPTIONS)) }
    : undefined;
}

function entryOf(grouped: unknown, venue: string): unknown {
  if (Array.isArray(grouped))
    return grouped.find(
      (entry: unknown) => isObject(entry) && venueNamed(String(entry["venue"] ?? entry["name"])) === venue,
    );
  if (!isObject(grouped)) return undefined;
  return Object.entries(grouped).find(([name]) => venueNamed(name) === venue)?.[1];
}

/** A count, or the length of a list of what is counted. */
function countOf(row: Fields, names: Names): number | undefined {
  const value = row.get(names);
  if (Array.isArray(value)) return value.length;
  const count = row.number(names);
  return count !== undefined && Number.isInteger(count) && count >= 0 ? count : undefined;
}
