import type { FillView } from "../protocol/api.ts";
import { amount, exact, fixed, grouped, signedAmount, signedFixed } from "./number-format.ts";
import { type Shown, plain, unknownValue } from "./shown.ts";

/** A fill as a row: every cell is text with its tone, or "—" with the reason. */
export interface FillRow {
  readonly market: Shown;
  readonly venue: Shown;
  readonly side: Shown;
  readonly price: Shown;
  /** In units of the market; in USD (and said so) for a pair trade. */
  readonly size: Shown;
  /** Entry → realised, in cents. */
  readonly edge: Shown;
  readonly fee: Shown;
  /** USD. */
  readonly pnl: Shown;
  /** What is odd about it, in words; empty for an ordinary fill. */
  readonly flags: readonly FillFlag[];
}

/** One oddity of a fill. */
export interface FillFlag {
  readonly name: "voided" | "contradicted" | "corrected";
  readonly meaning: string;
}

const PAIR_TRADE = "a pair trade has none";
const NOT_REPORTED = "the bot did not report it";

/** The cells of a fill. */
export function fillRow(fill: FillView): FillRow {
  const isPair = fill.side === undefined && fill.price === undefined;
  return {
    market: market(fill),
    venue: fill.venue === undefined ? unknownValue(isPair ? "a pair trade has two" : NOT_REPORTED) : plain(fill.venue),
    side: side(fill),
    price: exact(fill.price, isPair ? PAIR_TRADE : NOT_REPORTED),
    size: size(fill),
    edge: edge(fill),
    fee: fee(fill),
    pnl: fill.pnl_cents === undefined ? unknownValue(NOT_REPORTED) : signedAmount(fill.pnl_cents / 100),
    flags: flagsOf(fill),
  };
}

const flagsOf = ({ voided, contradicted, correction }: FillView): FillFlag[] => [
  ...(voided ? [{ name: "voided", meaning: "taken back by the bot or the venue" } as const] : []),
  ...(contradicted
    ? [{ name: "contradicted", meaning: "another statement of the same fill says otherwise" } as const]
    : []),
  ...(correction === undefined ? [] : [{ name: "corrected", meaning: correction } as const]),
];

function market(fill: FillView): Shown {
  const name = fill.symbol ?? fill.pair_id;
  if (name === undefined) return unknownValue(NOT_REPORTED);
  return plain(name, fill.pair_id === undefined || fill.pair_id === name ? undefined : `${name}, pair ${fill.pair_id}`);
}

function side(fill: FillView): Shown {
  if (fill.side === undefined) return unknownValue(fill.price === undefined ? PAIR_TRADE : NOT_REPORTED);
  return fill.side === "buy" ? { text: "buy ▲", tone: "up" } : { text: "sell ▼", tone: "down" };
}

function size(fill: FillView): Shown {
  if (fill.size !== undefined) return exact(fill.size, NOT_REPORTED);
  if (fill.size_usd === undefined) return unknownValue(NOT_REPORTED);
  const usd = amount(fill.size_usd);
  return plain(`${usd.text} USD`, usd.full === undefined ? undefined : `${usd.full} USD`);
}

function edge(fill: FillView): Shown {
  const { entry_edge_cents: entry, realized_edge_cents: realised } = fill;
  if (entry === undefined && realised === undefined) return unknownValue(NOT_REPORTED);
  const shown = (value: number | undefined): string => (value === undefined ? "—" : signedFixed(value, 1));
  const lost = entry !== undefined && realised !== undefined && realised < entry;
  return {
    text: `${shown(entry)} → ${shown(realised)}`,
    tone: realised === undefined || realised === 0 ? "neutral" : realised > 0 ? "up" : "down",
    full: `entry ${shown(entry)} ¢, realised ${shown(realised)} ¢${lost ? `, ${fixed(entry - realised, 2)} ¢ lost on the way` : ""}`,
  };
}

function fee(fill: FillView): Shown {
  if (fill.fee !== undefined) {
    const currency = fill.fee_currency === undefined ? "" : ` ${fill.fee_currency}`;
    const shown = exact(fill.fee, NOT_REPORTED);
    const rebate = fill.fee.startsWith("-");
    return {
      text: `${shown.text}${currency}`,
      tone: rebate ? "up" : "neutral",
      full: `${grouped(fill.fee)}${currency}${rebate ? ", a rebate" : ", paid"}`,
    };
  }
  if (fill.fees_cents === undefined) return unknownValue(NOT_REPORTED);
  return plain(`${fixed(fill.fees_cents, 2)} ¢`);
}
