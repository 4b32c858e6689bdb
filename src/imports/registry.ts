import { basename } from "node:path";
import { orderAliases, tradeAliases } from "./column-aliases.ts";
import type { DatabaseFormat, ImportFormat, ImportOptions } from "./format.ts";
import { arbBotOpportunities } from "./formats/arb-bot-opportunities.ts";
import { arbBotOrderbooks } from "./formats/arb-bot-orderbooks.ts";
import { arbBotPositions } from "./formats/arb-bot-positions.ts";
import { arbBotState } from "./formats/arb-bot-state.ts";
import { arbitrageAttempts } from "./formats/arbitrage-attempts.ts";
import { arbitrageEvents } from "./formats/arbitrage-events.ts";
import { arbitrageSettlements } from "./formats/arbitrage-settlements.ts";
import { binanceIncome } from "./formats/binance-income.ts";
import { calibrationFiles } from "./formats/calibration.ts";
import { deskwatchNdjson } from "./formats/deskwatch-ndjson.ts";
import { fillQualityEvents } from "./formats/fill-quality-events.ts";
import { fillQualityFills } from "./formats/fill-quality-fills.ts";
import { fillQualityHealth } from "./formats/fill-quality-health.ts";
import { fillQualityHeartbeat } from "./formats/fill-quality-heartbeat.ts";
import { fillQualityLatencies } from "./formats/fill-quality-latencies.ts";
import { fillQualityMarkouts } from "./formats/fill-quality-markouts.ts";
import { freqtradeJson } from "./formats/freqtrade-json.ts";
import { freqtradeSqlite } from "./formats/freqtrade-sqlite.ts";
import { hbotDays } from "./formats/hbot-days.ts";
import { hbotFills } from "./formats/hbot-fills.ts";
import { hbotMinutes } from "./formats/hbot-minutes.ts";
import { hummingbotSqlite } from "./formats/hummingbot-sqlite.ts";
import { hummingbotTrades } from "./formats/hummingbot-trades.ts";
import { ordersCsv } from "./formats/orders-csv.ts";
import { polymarketActivity } from "./formats/polymarket-activity.ts";
import { tradesCsv } from "./formats/trades-csv.ts";

/** Every format of text files that can be imported, in the order in which they are tried on a file's beginning. */
export const importFormats: readonly ImportFormat[] = [
  // Its lines have a `type` too.
  polymarketActivity,
  deskwatchNdjson,
  hbotFills,
  hbotMinutes,
  hbotDays,
  arbitrageAttempts,
  arbitrageEvents,
  arbitrageSettlements,
  hummingbotTrades,
  freqtradeJson,
  fillQualityEvents,
  fillQualityFills,
  fillQualityHealth,
  fillQualityMarkouts,
  fillQualityLatencies,
  fillQualityHeartbeat,
  binanceIncome,
  calibrationFiles,
  arbBotOpportunities,
  arbBotPositions,
  arbBotState,
  arbBotOrderbooks,
  // Told by the usual names of columns alone, so they come last: any other format that knows the file knows it better.
  tradesCsv,
  ordersCsv,
];

/** The format that a file beginning so has, else the one that files of its name have; undefined when none knows it. */
export const detectFormat = (head: string, path = "", columns?: ImportOptions["columns"]): ImportFormat | undefined =>
  importFormats.find((format) => format.detect(head, columns)) ??
  importFormats.find(({ fileNames = [] }) => fileNames.includes(basename(path).replace(/\.(?:gz|zst)$/, "")));

/**
 * The format that a caller who names columns means by a file that none knows, so that it can say what is missing: by the
 * file's name, else by the fields that are named. Undefined when no columns are named.
 */
export function formatOfColumns(path: string, columns: ImportOptions["columns"]): ImportFormat | undefined {
  if (columns === undefined || columns.size === 0) return undefined;
  const named = /order|trade/i.exec(basename(path))?.[0].toLowerCase();
  if (named !== undefined) return named === "order" ? ordersCsv : tradesCsv;
  const known = (fields: typeof tradeAliases) =>
    [...columns.keys()].filter((name) => fields.some(({ field }) => field === name)).length;
  return known(orderAliases) > known(tradeAliases) ? ordersCsv : tradesCsv;
}

/** Every kind of SQLite database that can be imported. */
const databaseFormats: readonly DatabaseFormat[] = [hummingbotSqlite, freqtradeSqlite];

/** The format of a database with these tables; undefined when none knows it. */
export const detectDatabase = (tables: ReadonlySet<string>): DatabaseFormat | undefined =>
  databaseFormats.find((format) => format.tables.every((table) => tables.has(table)));

export type AnyFormat = ImportFormat | DatabaseFormat;

/** All of them. */
export const allFormats: readonly AnyFormat[] = [...importFormats, ...databaseFormats];

/** The format of text files of that name; undefined when there is none. */
export const formatNamed = (name: string): ImportFormat | undefined =>
  importFormats.find((format) => format.name === name);

/** The format of that name, of texts or of databases; undefined when there is none. */
export const anyFormatNamed = (name: string): AnyFormat | undefined =>
  allFormats.find((format) => format.name === name);
