import type { Micros } from "../../base/time.ts";
import { decimal } from "../../domain/decimal.ts";
import { withCash } from "../../domain/ledger/cash.ts";
import type { LedgerEntry } from "../../domain/ledger/entries.ts";
import { type LedgerPoint, withEntry } from "../../domain/ledger/holding.ts";
import type { Terms } from "../../domain/ledger/terms.ts";
import { withReportedTrade } from "../../domain/ledger/totals.ts";
import type { DeskEvent, EventOf, PairFill } from "../../protocol/event-types.ts";
import { isPairFill } from "../../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../../protocol/recorded.ts";
import type { Mode } from "../bot-state.ts";
import { incomeKind, reportedTrade, USD, withPair } from "../cash.ts";
import { curveWith, equityVenue } from "../equity.ts";
import { fillEntry, type FullFill, settlementEntry } from "../ledgers.ts";
import { type KnownOrder, withFilledOrder, withPlacedOrder } from "./orders.ts";
import { nothingRolled, type Rolled, type RolledKey, type RolledKind, type RolledOf } from "./rolled.ts";

/** What one fact does to one key, at the moment it took effect. */
export interface RolledEntry {
  readonly key: RolledKey;
  readonly at: Micros;
  readonly seq: number;
  /** What is rolled after it; undefined where it has no effect there. */
  readonly take: (before: Rolled | undefined) => Rolled | undefined;
}

/** A fact with what later ones said of it. */
export interface RolledFact {
  readonly recorded: Recorded;
  /** Of a fill: taken back before it was told, or after it. */
  readonly voided?: "before" | "after" | undefined;
}

/** What has to be known besides the fact itself. */
export interface Surroundings {
  readonly termsOf: (venue: string, symbol: string) => Terms;
  /** The order that a fill is of, as it was known when the fill came. */
  readonly orderOf: (fill: FullFill, seq: number) => KnownOrder | undefined;
}

/** Types of facts that rollups are made of. */
export const ROLLED_TYPES = [
  "fill",
  "order.filled",
  "order.placed",
  "fill.voided",
  "income",
  "adjustment",
  "position.closed",
  "settlement",
  "instrument",
  "risk",
  "balance",
  "mark",
] as const satisfies readonly DeskEvent["type"][];

/** Of them, those that a key of each kind is made of. */
export const TYPES_OF_KIND = {
  ledger: ["fill", "order.filled", "order.placed"],
  cash: ["income", "adjustment", "fill", "fill.voided"],
  reported: ["position.closed"],
  equity: ["risk", "balance"],
  mark: ["mark"],
} as const satisfies Record<RolledKind, readonly (typeof ROLLED_TYPES)[number][]>;

const modeOf = (event: { readonly mode?: Mode | undefined }): Mode => event.mode ?? "live";

/** What a fact does to what is rolled. Settlements and instruments are of all ledgers of an instrument: see `settlementOf`. */
export function entryOf({ recorded, voided }: RolledFact, surroundings: Surroundings): RolledEntry | undefined {
  const { event, seq } = recorded;
  const at = effectiveTs(recorded.ts, recorded.receivedAt);
  const mode = modeOf(event);
  const keyed = (kind: RolledKind, parts: readonly string[], bot = event.bot): Omit<RolledEntry, "take"> => ({
    key: { kind, mode, bot, parts },
    at,
    seq,
  });
  switch (event.type) {
    case "fill":
      if (!isPairFill(event)) return fillOf(event, { recorded, voided }, surroundings);
      return voided === "before" ? undefined : pairOf(event, keyed("cash", [USD]), 1);
    case "order.filled":
      return fillOf(event, { recorded, voided }, surroundings);
    case "order.placed": {
      const counts = event.reduce_only !== true && event.intent !== "exit";
      const key = keyed("ledger", [event.account ?? event.bot, event.venue, event.symbol]);
      return counts
        ? ledgerOf(key, ({ point, orders }) => ({ point, orders: withPlacedOrder(orders, event) }))
        : undefined;
    }
    case "fill.voided": {
      const original = event["voids"] as FullFill | PairFill | undefined;
      if (original?.type !== "fill" || !isPairFill(original)) return undefined;
      return pairOf(original, keyed("cash", [USD]), -1);
    }
    case "income": {
      const kind = incomeKind(event);
      return kind && cashOf(keyed("cash", [event.currency]), kind, event.amount);
    }
    case "adjustment":
      return cashOf(keyed("cash", [event.currency]), "adjustments", event.amount);
    case "position.closed":
      return reportedOf(event, keyed("reported", [event.venue, event.symbol]));
    case "risk":
    case "balance":
      return equityOf(event, keyed("equity", [equityVenue(event) ?? ""]));
    case "mark":
      return markOf(event, { ...keyed("mark", [event.venue, event.symbol], ""), key: markKey(event) });
    default:
      return undefined;
  }
}

type Keyed = Omit<RolledEntry, "take">;

/** Marks are of an instrument, whoever tells them. */
const markKey = ({ venue, symbol }: EventOf<"mark">): RolledKey => ({
  kind: "mark",
  mode: "live",
  bot: "",
  parts: [venue, symbol],
});

/** Where a fill is booked. */
export const fillKey = (fill: FullFill): RolledKey => ({
  kind: "ledger",
  mode: modeOf(fill),
  bot: fill.bot,
  parts: [fill.account ?? fill.bot, fill.venue, fill.symbol],
});

function fillOf(
  fill: FullFill,
  { recorded, voided }: RolledFact,
  { termsOf, orderOf }: Surroundings,
): RolledEntry | undefined {
  if (voided === "before") return undefined;
  const order = orderOf(fill, recorded.seq);
  const entry =
    voided === undefined
      ? fillEntry(fill, { terms: termsOf(fill.venue, fill.symbol), recorded, startedAt: undefined })
      : undefined;
  const key = { key: fillKey(fill), at: effectiveTs(recorded.ts, recorded.receivedAt), seq: recorded.seq };
  return ledgerOf(key, ({ point, orders }) => ({
    point: entry === undefined ? point : booked(point, entry),
    orders: withFilledOrder(orders, fill, { order, held: point.open.position.quantity }),
  }));
}

/** What a settlement does to one ledger of its instrument. */
export function settlementOf(
  key: RolledKey,
  settlement: EventOf<"settlement">,
  { recorded, terms }: { readonly recorded: Recorded; readonly terms: Terms },
): RolledEntry {
  const entry = settlementEntry(settlement, { terms, recorded, startedAt: undefined });
  const place = { key, at: effectiveTs(recorded.ts, recorded.receivedAt), seq: recorded.seq };
  return ledgerOf(place, ({ point, orders }) => ({ point: booked(point, entry), orders }));
}

/** Days are found by reading: none is kept. */
function booked(point: LedgerPoint, entry: LedgerEntry): LedgerPoint {
  const after = withEntry(point, entry);
  return after.days.length === 0 ? after : { ...after, days: [] };
}

type LedgerPart = Pick<RolledOf<"ledger">, "point" | "orders">;

const ledgerOf = (keyed: Keyed, step: (before: LedgerPart) => LedgerPart): RolledEntry => ({
  ...keyed,
  take: (before) => {
    const from = before?.kind === "ledger" ? before : (nothingRolled("ledger") as RolledOf<"ledger">);
    return { kind: "ledger", at: keyed.at, seq: keyed.seq, ...step(from) };
  },
});

const cashWith = (keyed: Keyed, step: (before: RolledOf<"cash">) => Partial<RolledOf<"cash">>): RolledEntry => ({
  ...keyed,
  take: (before) => {
    const from = before?.kind === "cash" ? before : (nothingRolled("cash") as RolledOf<"cash">);
    return { ...from, ...step(from), at: keyed.at, seq: keyed.seq };
  },
});

const cashOf = (keyed: Keyed, kind: Parameters<typeof withCash>[1], amount: string): RolledEntry =>
  cashWith(keyed, ({ cash }) => ({ cash: withCash(cash, kind, decimal(amount)) }));

const pairOf = (fill: PairFill, keyed: Keyed, direction: 1 | -1): RolledEntry =>
  cashWith(keyed, ({ pairs }) => ({ pairs: withPair(pairs, fill, direction) }));

function reportedOf(closed: EventOf<"position.closed">, keyed: Keyed): RolledEntry | undefined {
  const trade = reportedTrade(closed, keyed.at);
  if (trade === undefined) return undefined;
  return {
    ...keyed,
    take: (before) => {
      const from = before?.kind === "reported" ? before : (nothingRolled("reported") as RolledOf<"reported">);
      return { ...from, totals: withReportedTrade(from.totals, trade), at: keyed.at, seq: keyed.seq };
    },
  };
}

const equityOf = (event: EventOf<"risk"> | EventOf<"balance">, keyed: Keyed): RolledEntry => ({
  ...keyed,
  take: (before) => {
    const curve = curveWith(before?.kind === "equity" ? before.curve : undefined, event, keyed.at);
    return curve && { kind: "equity", at: keyed.at, seq: keyed.seq, curve };
  },
});

const markOf = ({ price }: EventOf<"mark">, keyed: Keyed): RolledEntry => ({
  ...keyed,
  take: () => ({ kind: "mark", at: keyed.at, seq: keyed.seq, price }),
});
