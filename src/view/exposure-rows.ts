import type { ExposureAnswer, ExposureRow } from "../protocol/api.ts";
import { type ExposureLevel, type ExposureLimits, exposureLevel, USUAL_LIMITS } from "./exposure-level.ts";
import { amount, count, signedAmount } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** One group of the exposure: a venue, a category, a bot, or the total. */
export interface ExposureLine {
  readonly name: string;
  /** USD at average cost. */
  readonly gross: Shown;
  readonly net: Shown;
  readonly positions: Shown;
  /** Gross over the largest gross of its kind, 0 to 1; undefined where they cannot be compared. */
  readonly share: number | undefined;
  /** How much that is; undefined where it is not known in USD. */
  readonly level: ExposureLevel | undefined;
}

/** The exposure by each of its kinds, the largest first, and the total. */
export interface ExposureGroups {
  readonly venues: readonly ExposureLine[];
  readonly categories: readonly ExposureLine[];
  readonly assets: readonly ExposureLine[];
  readonly bots: readonly ExposureLine[];
  readonly total: ExposureLine;
}

/** Groups an exposure for a screen. */
export function exposureGroups(exposure: ExposureAnswer, limits: ExposureLimits = USUAL_LIMITS): ExposureGroups {
  return {
    venues: lines(
      exposure.by_venue.map((row) => ({ name: row.venue, row })),
      limits,
    ),
    categories: lines(
      exposure.by_category.map((row) => ({ name: row.category, row })),
      limits,
    ),
    assets: lines(
      exposure.by_asset.map((row) => ({ name: row.asset, row })),
      limits,
    ),
    bots: lines(
      exposure.by_bot.map((row) => ({ name: row.bot, row })),
      limits,
    ),
    total: line({ name: "Total", row: exposure.total }, { largest: exposure.total.gross_usd ?? 0, limits }),
  };
}

/** The exposure in each currency: summed only with itself, and compared with no other. */
export function currencyLines(exposure: ExposureAnswer): ExposureLine[] {
  return exposure.by_currency
    .map((row) => ({
      name: row.currency,
      gross: row.gross === null ? unknownValue(row.reason ?? UNKNOWN) : amount(row.gross),
      net: net(row.net, row.reason ?? SIDELESS),
      positions: count(row.positions),
      share: undefined,
      level: undefined,
    }))
    .sort(byName);
}

const UNKNOWN = "not known";
const SIDELESS = "pair trades say how much, and not which way";

const byName = (a: ExposureLine, b: ExposureLine): number => (a.name < b.name ? -1 : 1);

/** Long is no gain and short no loss: a sign, and no colour. */
function net(value: number | null, reason: string): Shown {
  if (value === null) return unknownValue(reason);
  const { text, full } = signedAmount(value);
  return plain(text, full);
}

interface NamedRow {
  readonly name: string;
  readonly row: ExposureRow;
}

function lines(rows: readonly NamedRow[], limits: ExposureLimits): ExposureLine[] {
  const largest = Math.max(0, ...rows.map(({ row }) => row.gross_usd ?? 0));
  return rows
    .toSorted((a, b) => (b.row.gross_usd ?? -1) - (a.row.gross_usd ?? -1) || (a.name < b.name ? -1 : 1))
    .map((named) => line(named, { largest, limits }));
}

function line(
  { name, row }: NamedRow,
  { largest, limits }: { readonly largest: number; readonly limits: ExposureLimits },
): ExposureLine {
  const reason = row.reason ?? "no value in USD is known";
  return {
    name,
    gross: row.gross_usd === null ? unknownValue(reason) : amount(row.gross_usd),
    net: net(row.net_usd, row.gross_usd === null ? reason : (row.reason ?? SIDELESS)),
    positions: count(row.positions),
    share: largest > 0 && row.gross_usd !== null ? row.gross_usd / largest : undefined,
    level: exposureLevel(row.gross_usd, limits),
  };
}
