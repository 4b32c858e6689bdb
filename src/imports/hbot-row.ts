import type { Row } from "./table.ts";
import { told, type ImportItem, type ImportMode, type ImportOptions, Unmappable } from "./format.ts";
import type { Told } from "./content-id.ts";

/** What the three files of the paper-trading market maker have in common: bot, market, state. */
export interface HbotMarket {
  readonly envelope: { readonly bot: string; readonly mode: ImportMode; readonly strategy: string };
  readonly venue: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
}

/** Bot `hbot-<variant>` unless the caller names one; paper, as its venues are, unless the caller says otherwise. */
export function hbotMarket(row: Row, options: ImportOptions): HbotMarket {
  const symbol = row.need("trading_pair");
  const [base, quote, ...more] = symbol.split("-");
  if (base === undefined || quote === undefined || base === "" || quote === "" || more.length > 0)
    throw new Unmappable("trading_pair is not BASE-QUOTE", symbol);
  return {
    envelope: {
      bot: options.bot ?? `hbot-${row.need("bot_variant")}`,
      mode: options.mode ?? "paper",
      strategy: "market-making",
    },
    venue: row.need("exchange"),
    symbol,
    base,
    quote,
  };
}

/** The instrument of a row, when it is the first of the import. Venues named `…_perpetual…` trade linear perpetuals. */
export function hbotInstrument(row: Row, market: HbotMarket, instruments: Told): ImportItem[] {
  const { envelope, venue, symbol, base, quote } = market;
  if (!instruments.isNew(`${envelope.mode}:${venue}:${symbol}`)) return [];
  const perpetual = venue.includes("perpetual");
  return [
    told(row.line, {
      type: "instrument",
      ...envelope,
      ts: isoOf(row),
      id: `instrument:${venue}:${symbol}`,
      venue,
      symbol,
      kind: perpetual ? "linear" : "spot",
      base,
      quote,
      settle: perpetual ? quote : undefined,
      category: "crypto",
    }),
  ];
}

const STATES: Readonly<Record<string, string>> = {
  running: "running",
  soft_pause: "paused",
  hard_stop: "halted",
};

/** The bot's status in Deskwatch's terms: `soft_pause` is paused, `hard_stop` halted. */
export function hbotStatus(row: Row): string {
  const state = row.need("state");
  const status = STATES[state];
  if (status === undefined) throw new Unmappable("the state is none of running, soft_pause, hard_stop", state);
  return status;
}

/** The time of a row as ISO-8601. */
export function isoOf(row: Row): string {
  const ts = row.iso("ts");
  if (ts === undefined) throw new Unmappable("no ts");
  return ts;
}

/** `a|b` as a list. */
export const reasonsOf = (text: string | undefined): string[] => (text === undefined ? [] : text.split("|"));
