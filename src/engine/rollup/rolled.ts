import type { Micros } from "../../base/time.ts";
import { type Cash, NO_CASH } from "../../domain/ledger/cash.ts";
import { type LedgerPoint, NO_FILLS } from "../../domain/ledger/holding.ts";
import { NO_TOTALS, type Totals } from "../../domain/ledger/totals.ts";
import { type OrderCounts, NO_COUNTS } from "../activity.ts";
import type { Mode } from "../bot-state.ts";
import { type CashEntry, NO_PAIRS } from "../cash.ts";
import type { EquityCurve } from "../equity.ts";
import { decode, encode } from "../snapshot-text.ts";

/** Raised whenever the meaning of what is rolled changes: all of it is then made again. */
export const ROLLUP_VERSION = 1;

export type RolledKind = "ledger" | "cash" | "reported" | "equity" | "mark";

/** What is rolled: one ledger, the cash of a bot in one currency, its equity at one venue, … */
export interface RolledKey {
  readonly kind: RolledKind;
  readonly mode: Mode;
  /** Empty for marks, which are of no bot. */
  readonly bot: string;
  /** Account, venue and symbol of a ledger; venue and symbol; the currency of cash; the venue of equity, empty for a bot's own. */
  readonly parts: readonly string[];
}

export const rolledKeyText = ({ kind, mode, bot, parts }: RolledKey): string =>
  `${kind}\t${mode}\t${bot}\t${parts.join("\t")}`;

/** What was done with the orders of one instrument. */
export type RolledOrders = Omit<OrderCounts, "instrument">;

/** What all facts of a key up to its newest one in event time add up to. */
export type Rolled = { readonly at: Micros; readonly seq: number } & (
  | { readonly kind: "ledger"; readonly point: LedgerPoint; readonly orders: RolledOrders }
  | { readonly kind: "cash"; readonly cash: Cash; readonly pairs: CashEntry["pairs"] }
  | { readonly kind: "reported"; readonly totals: Totals }
  | { readonly kind: "equity"; readonly curve: EquityCurve }
  | { readonly kind: "mark"; readonly price: string }
);

export type RolledOf<K extends RolledKind> = Extract<Rolled, { readonly kind: K }>;

const { instrument: _, ...noOrders } = NO_COUNTS;
export const NO_ORDERS: RolledOrders = noOrders;

/** What is kept of a ledger beside its place: days and sessions are for whoever reads to find. */
interface LedgerText {
  readonly open: LedgerPoint["open"];
  readonly all: Totals;
  readonly orders: RolledOrders;
}

/** The text that a rollup is stored as; equal rollups have equal texts. */
export function rolledText(rolled: Rolled): string {
  if (rolled.kind !== "ledger") {
    const { kind: _kind, at: _at, seq: _seq, ...rest } = rolled;
    return encode(rest);
  }
  const { point, orders } = rolled;
  return encode({ open: point.open, all: point.all, orders } satisfies LedgerText);
}

export interface RolledRow {
  readonly kind: RolledKind;
  readonly at: Micros;
  readonly seq: number;
  readonly text: string;
}

/** The rollup again; the text is the hub's own. */
export function rolledFrom({ kind, at, seq, text }: RolledRow): Rolled {
  const said = decode(text);
  if (kind !== "ledger") return { kind, at, seq, ...(said as object) } as Rolled;
  const { open, all, orders } = said as LedgerText;
  return { kind, at, seq, point: { ...NO_FILLS, open, all, at, seq, lastSeq: seq }, orders };
}

/** A rollup of nothing, of the same kind. */
export function nothingRolled(kind: Exclude<RolledKind, "equity" | "mark">): Rolled {
  const place = { at: Number.MIN_SAFE_INTEGER as Micros, seq: 0 };
  switch (kind) {
    case "ledger":
      return { ...place, kind, point: NO_FILLS, orders: NO_ORDERS };
    case "cash":
      return { ...place, kind, cash: NO_CASH, pairs: NO_PAIRS };
    case "reported":
      return { ...place, kind, totals: NO_TOTALS };
  }
}
