import type { EventOf } from "../../protocol/event-types.ts";
import { emptyBotState } from "../bot-state.ts";
import type { DeskState } from "../desk-state.ts";
import { termsOf } from "../ledgers.ts";
import type { TableFill } from "../markouts/fill-table.ts";
import type { QualityRow } from "./read.ts";
import { addEnded, addFill, knownOf } from "./take.ts";
import { SUMS } from "./tally.ts";

/** A quote that ended, with what else is known of it. */
export interface QuoteEnd {
  readonly event: EventOf<"quote.ended">;
  readonly known: QuoteKnown;
}

/** What is known of a quote besides how it is said to have ended. */
export interface QuoteKnown {
  readonly intent: "maker" | "taker" | undefined;
  /** A fill said that it met the quote. */
  readonly isMet: boolean;
}

interface Told {
  readonly fills: readonly TableFill[];
  readonly quotes: readonly QuoteEnd[];
}

const OF_LOG = emptyBotState("");

/** What the fold adds up as facts come, added up of facts of the log: by instrument, bots together. */
export function rowsOfLog({ fills, quotes }: Told, desk: DeskState): QualityRow[] {
  const rows = new Map<string, QualityRow & { readonly sums: number[] }>();
  const sumsOf = ({ venue, symbol }: { readonly venue: string; readonly symbol: string }): number[] => {
    const key = `${venue}\t${symbol}`;
    const row = rows.get(key) ?? { bot: OF_LOG, venue, symbol, sums: SUMS.map(() => 0) };
    rows.set(key, row);
    return row.sums;
  };
  for (const { event, known } of quotes) addEnded(sumsOf(event), event, knownOf(known));
  for (const fill of fills) addFill(sumsOf(fill.instrument), saidBy(fill), feeOf(fill, desk));
  return [...rows.values()];
}

const said = (value: number): string | undefined => (Number.isNaN(value) ? undefined : String(value));

/** The fill in the words that it was told in. */
const saidBy = ({ side, price, size, saidMaker, reference, saidMid, saidDrift }: TableFill) =>
  ({
    side: side === 1 ? "buy" : "sell",
    price: String(price),
    size: String(size),
    is_maker: saidMaker,
    reference_price: said(reference),
    mid: said(saidMid),
    adverse_drift_30s: Number.isNaN(saidDrift) ? undefined : saidDrift,
  }) as const;

function feeOf({ fee, feeCurrency, instrument: { venue, symbol } }: TableFill, desk: DeskState): number | undefined {
  if (Number.isNaN(fee)) return undefined;
  return feeCurrency === undefined || feeCurrency === termsOf(desk, venue, symbol).currency ? fee : undefined;
}
