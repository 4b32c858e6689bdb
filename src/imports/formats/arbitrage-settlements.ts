import { isoFromMicros, type Micros } from "../../base/time.ts";
import {
  ARBITRAGE_BOT,
  ArbitrageMarkets,
  type Envelope,
  eventIdOf,
  type Interval,
  type Outcome,
  symbolOf,
} from "../arbitrage-market.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told, Unmappable } from "../format.ts";
import { hasColumns, type Row, tableItems } from "../table.ts";

const COLUMNS = ["interval_start_ts", "interval_end_ts", "kalshi_resolution", "poly_resolution", "checked_at"];

const GAUGES: Readonly<Record<string, string>> = {
  btc_spot_at_close: "USD",
  btc_twap_60s_at_close: "USD",
  twap_spot_divergence_usd: "USD",
  btc_crossing_count: "1",
  btc_range_usd: "USD",
  btc_dist_from_ref_at_close: "USD",
};

/**
 * How each interval settled on each venue. A row is one look at both; a venue that had not resolved then gives nothing,
 * and a row in which neither had is refused. The same settlement seen at two looks counts once.
 */
export const arbitrageSettlements: ImportFormat = {
  name: "arbitrage-settlements",
  about: "settlements_clean.csv of the Polymarket-Kalshi arbitrage bot",
  detect: (head) => hasColumns(head, COLUMNS),
  open: (input) => {
    const markets = new ArbitrageMarkets();
    return tableItems(input, COLUMNS, (row) => settlementItems(row, input.options, markets));
  },
};

function settlementItems(row: Row, options: ImportOptions, markets: ArbitrageMarkets): ImportItem[] {
  const envelope: Envelope = { bot: options.bot ?? ARBITRAGE_BOT, mode: options.mode ?? "live", strategy: "arbitrage" };
  const interval = { start: row.needTime("interval_start_ts"), end: row.needTime("interval_end_ts") };
  const [kalshi, polymarket] = [resolution(row, "kalshi"), resolution(row, "poly")];
  if (kalshi === undefined && polymarket === undefined)
    throw new Unmappable("neither venue had resolved when it was looked at");
  const at = row.needTime("checked_at");
  return [
    ...markets.tell(row.line, envelope, interval),
    ...venueItems(row.line, envelope, { interval, at, venue: "kalshi", winner: kalshi }),
    ...venueItems(row.line, envelope, { interval, at, venue: "polymarket", winner: polymarket }),
    ...gauges(row, envelope, interval),
  ];
}

function resolution(row: Row, prefix: string): Outcome | undefined {
  const value = row.need(`${prefix}_resolution`);
  if (value === "yes" || value === "no") return value;
  if (value === "unknown") return undefined;
  throw new Unmappable(`${prefix}_resolution is none of yes, no, unknown`, value);
}

interface Resolution {
  readonly interval: Interval;
  readonly at: Micros;
  readonly venue: string;
  readonly winner: Outcome | undefined;
}

function venueItems(line: number, envelope: Envelope, { interval, at, venue, winner }: Resolution): ImportItem[] {
  if (winner === undefined) return [{ line, leftOut: `a settlement on ${venue}: not resolved when it was looked at` }];
  return (["yes", "no"] as const).map((outcome) => {
    const symbol = symbolOf(interval, outcome);
    return told(line, {
      type: "settlement",
      ...envelope,
      ts: isoFromMicros(at),
      id: `settlement:${venue}:${symbol}:${winner}`,
      venue,
      symbol,
      outcome: winner,
      payout_per_unit: outcome === winner ? "1" : "0",
    });
  });
}

function gauges(row: Row, envelope: Envelope, interval: Interval): ImportItem[] {
  const eventId = eventIdOf(interval);
  return Object.entries(GAUGES).flatMap(([name, unit]) => {
    const value = row.number(name);
    return value === undefined
      ? []
      : [
          told(row.line, {
            type: "metric",
            ...envelope,
            ts: isoFromMicros(interval.end),
            id: `metric:${name}:${eventId}`,
            name,
            value,
            unit,
          }),
        ];
  });
}
