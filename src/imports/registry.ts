import type { DatabaseFormat, ImportFormat } from "./format.ts";
import { arbitrageAttempts } from "./formats/arbitrage-attempts.ts";
import { arbitrageEvents } from "./formats/arbitrage-events.ts";
import { arbitrageSettlements } from "./formats/arbitrage-settlements.ts";
import { deskwatchNdjson } from "./formats/deskwatch-ndjson.ts";
import { hbotDays } from "./formats/hbot-days.ts";
import { hbotFills } from "./formats/hbot-fills.ts";
import { hbotMinutes } from "./formats/hbot-minutes.ts";
import { hummingbotSqlite } from "./formats/hummingbot-sqlite.ts";
import { hummingbotTrades } from "./formats/hummingbot-trades.ts";

/** Every format of text files that can be imported, in the order in which they are tried on a file's beginning. */
export const importFormats: readonly ImportFormat[] = [
  deskwatchNdjson,
  hbotFills,
  hbotMinutes,
  hbotDays,
  arbitrageAttempts,
  arbitrageEvents,
  arbitrageSettlements,
  hummingbotTrades,
];

/** The format that a file beginning so has; undefined when none knows it. */
export const detectFormat = (head: string): ImportFormat | undefined =>
  importFormats.find((format) => format.detect(head));

/** Every kind of SQLite database that can be imported. */
const databaseFormats: readonly DatabaseFormat[] = [hummingbotSqlite];

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
