import type { ExposureAnswer, ExposureRow } from "../protocol/api.ts";
import { amount, count, signedAmount } from "./number-format.ts";
import { type Shown, unknownValue } from "./shown.ts";

/** One group of the exposure: a venue, a category, a bot, or the total. */
export interface ExposureLine {
  readonly name: string;
  /** USD at average cost. */
  readonly gross: Shown;
  readonly net: Shown;
  readonly positions: Shown;
  /** Gross over the largest gross of its kind, 0 to 1; 0 when unknown. */
  readonly share: number;
}

/** The exposure by each of its kinds, the largest first, and the total. */
export interface ExposureGroups {
  readonly venues: readonly ExposureLine[];
  readonly categories: readonly ExposureLine[];
  readonly bots: readonly ExposureLine[];
  readonly total: ExposureLine;
}

/** Groups an exposure for a screen. */
export function exposureGroups(exposure: ExposureAnswer): ExposureGroups {
  return {
    venues: lines(exposure.by_venue.map((row) => ({ name: row.venue, row }))),
    categories: lines(exposure.by_category.map((row) => ({ name: row.category, row }))),
    bots: lines(exposure.by_bot.map((row) => ({ name: row.bot, row }))),
    total: line("Total", exposure.total, exposure.total.gross_usd ?? 0),
  };
}

/** The exposure in currencies other than USD: summed only with itself. */
export function currencyLines(exposure: ExposureAnswer): ExposureLine[] {
  const largest = Math.max(0, ...exposure.by_currency.map((row) => row.gross));
  return exposure.by_currency
    .toSorted((a, b) => b.gross - a.gross)
    .map((row) => ({
      name: row.currency,
      gross: amount(row.gross),
      net: row.net === null ? unknownValue("pair trades name no side") : signedAmount(row.net),
      positions: count(row.positions),
      share: largest > 0 ? row.gross / largest : 0,
    }));
}

function lines(rows: readonly { readonly name: string; readonly row: ExposureRow }[]): ExposureLine[] {
  const largest = Math.max(0, ...rows.map(({ row }) => row.gross_usd ?? 0));
  return rows
    .toSorted((a, b) => (b.row.gross_usd ?? -1) - (a.row.gross_usd ?? -1) || (a.name < b.name ? -1 : 1))
    .map(({ name, row }) => line(name, row, largest));
}

function line(name: string, row: ExposureRow, largest: number): ExposureLine {
  const reason = row.reason ?? "no value in USD is known";
  return {
    name,
    gross: row.gross_usd === null ? unknownValue(reason) : amount(row.gross_usd),
    net: row.net_usd === null ? unknownValue(reason) : signedAmount(row.net_usd),
    positions: count(row.positions),
    share: largest > 0 ? (row.gross_usd ?? 0) / largest : 0,
  };
}
