import { type Clock, isoFromMicros, type Micros, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { instrumentKey } from "../engine/desk-state.ts";
import { foldedSeq } from "../engine/fold.ts";
import { profitCurrency, unnamedCurrency } from "../engine/ledgers.ts";
import { feesUntold, fundingUntold } from "../engine/made.ts";
import type { TableFill } from "../engine/markouts/fill-table.ts";
import { chosenFills, MarkedGroup } from "../engine/markouts/read-markouts.ts";
import { type QuoteEnd, rowsOfLog } from "../engine/quality/from-log.ts";
import { qualityOf } from "../engine/quality/read.ts";
import { readSpan } from "../engine/read-span.ts";
import { type Past, pastState } from "../engine/rollup/past-state.ts";
import type { RolledKind } from "../engine/rollup/rolled.ts";
import { wire } from "../engine/trade-readings.ts";
import { unknown } from "../metrics/measure.ts";
import type { Reading } from "../metrics/scope-reading.ts";
import { type AssetRow, type AssetsAnswer, MARKOUT_HORIZONS_S } from "../protocol/api-execution.ts";
import { readQuoteEnds } from "./execution.ts";
import { HistoryUnreadable } from "./histories.ts";
import type { Markouts } from "./markouts.ts";
import { momentOfEnd, type PastParts, readPast } from "./past.ts";
import type { Store } from "./ports.ts";

export interface AssetParts extends PastParts {
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly tables: Markouts;
}

export interface AssetsSpan {
  /** Every bot, added up by instrument, when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  readonly from: Micros;
  /** Now when absent, or where it is later. */
  readonly to?: Micros | undefined;
}

const KINDS: readonly RolledKind[] = ["ledger", "mark"];

/** Each instrument that was traded in a span: money and orders from rollups, quotes and markouts from the log. */
export async function readAssets(parts: AssetParts, span: AssetsSpan): Promise<AssetsAnswer> {
  const { state, clock, timers } = parts;
  const now = clock.now();
  const asOfSeq = foldedSeq(state);
  const { bot, mode, from } = span;
  const to = micros(Math.max(from, Math.min(span.to ?? now, now)));
  const end = momentOfEnd(to, now);
  const { between } = await readPast(parts, { bot, mode, kinds: KINDS }, [from, end]);
  const quotes = byInstrument(await readQuoteEnds(parts, { bot, mode, from, to: end, asOfSeq }), ({ event }) => event);
  const fills = await fillsOf(parts, { bot, mode, from, to: end });
  const rows: AssetRow[] = [];
  const pasts = between(0, 1);
  for (const [key, own] of byInstrument(
    pasts.filter(({ key: { kind } }) => kind === "ledger"),
    placeOf,
  )) {
    const marks = pasts.filter((past) => past.key.kind === "mark" && past.key.parts.join("\t") === key);
    const row = rowOf(parts, { pasts: [...own, ...marks], key, span: { bot, mode }, to, isNow: to === now });
    if (row !== undefined) rows.push({ ...row, ...executionOf(parts, { quotes: quotes.get(key), fills, key, now }) });
    await timers.breathe();
  }
  return {
    from: from <= 0 ? null : isoFromMicros(from),
    to: isoFromMicros(to),
    rows: rows.sort((a, b) => (b.net ?? 0) - (a.net ?? 0) || b.fills - a.fills),
    ...("reason" in fills ? { markouts_reason: fills.reason } : {}),
    as_of: isoFromMicros(now),
    as_of_seq: asOfSeq,
  };
}

type Fills = { readonly byKey: ReadonlyMap<string, readonly TableFill[]> } | { readonly reason: string };

interface Span {
  readonly bot: string | undefined;
  readonly mode: Mode;
  readonly from: Micros;
  readonly to: Micros;
}

async function fillsOf({ tables, state }: AssetParts, { bot, mode, from, to }: Span): Promise<Fills> {
  try {
    return await tables.read({ bot, mode, from }, ({ table }) => ({
      byKey: byInstrument(chosenFills(table, { bot, from, to }, state.desk), ({ instrument }) => instrument),
    }));
  } catch (error) {
    if (error instanceof HistoryUnreadable) return { reason: error.message };
    throw error;
  }
}

interface Place {
  readonly venue: string;
  readonly symbol: string;
}

const placeOf = ({ key: { parts } }: Past): Place => ({ venue: parts[1] ?? "", symbol: parts[2] ?? "" });

function byInstrument<T>(items: readonly T[], of: (item: T) => Place): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const { venue, symbol } = of(item);
    const key = `${venue}\t${symbol}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

type Money = Omit<AssetRow, "hit_rate" | "avg_markout_in" | "avg_markout_out" | "spread_capture_bps" | "markouts">;

interface Instrument {
  readonly pasts: readonly Past[];
  readonly key: string;
  readonly span: { readonly bot: string | undefined; readonly mode: Mode };
  readonly to: Micros;
  readonly isNow: boolean;
}

/** Undefined where nothing was traded or placed in the span, and nothing is held. */
function rowOf({ state }: AssetParts, { pasts, key, span, to, isNow }: Instrument): Money | undefined {
  const past = pastState(state, pasts, { end: to, isNow });
  const told = readSpan(past, micros(to - 1), { ...span, isPast: true }, "session");
  const [venue = "", symbol = ""] = key.split("\t");
  const { fills, ordersPlaced, realized } = told;
  const isHeld = typeof told.unrealized.value === "number" ? told.unrealized.value !== 0 : told.unrealized.n > 0;
  if (numberOf(fills) === 0 && numberOf(ordersPlaced) === 0 && !isHeld) return undefined;
  const instrument = state.desk.instruments.get(instrumentKey(venue, symbol));
  const currency = profitCurrency(state.desk, venue, symbol) ?? unnamedCurrency(symbol);
  return {
    bot: span.bot ?? null,
    mode: span.mode,
    venue,
    symbol,
    ...(instrument?.title === undefined ? {} : { title: instrument.title }),
    ...(instrument?.category === undefined ? {} : { category: instrument.category }),
    currency: realized.currency ?? "",
    realized: numberOf(realized),
    unrealized: typeof told.unrealized.value === "number" ? told.unrealized.value : null,
    ...(told.unrealized.value === undefined ? { unrealized_reason: told.unrealized.reason } : {}),
    ...costsOf(told, state, { pasts, mode: span.mode, currency }),
    volume: numberOf(told.volume),
    fills: numberOf(fills),
    trades_closed: numberOf(told.tradesClosed),
    win_rate_pct: wire(told.winRatePct),
    maker_ratio: wire(told.makerRatio),
    orders_placed: numberOf(ordersPlaced),
    fill_rate_pct: wire(told.fillRatePct),
    entry_slippage_bps: wire(told.entrySlippageBps),
    exit_slippage_bps: wire(told.exitSlippageBps),
  };
}

interface Untold {
  readonly pasts: readonly Past[];
  readonly mode: Mode;
  /** Of the instrument. */
  readonly currency: string;
}

/** Fees, funding and what is left after them: null with the reason where income rows tell them by currency alone. */
function costsOf(
  { fees, funding, net }: ReturnType<typeof readSpan>,
  state: AssetParts["state"],
  untold: Untold,
): Pick<Money, "fees" | "fees_reason" | "funding" | "funding_reason" | "net"> {
  const noFunding = untoldOf(fundingUntold, state, untold);
  const noFees = numberOf(fees) === 0 ? untoldOf(feesUntold, state, untold) : undefined;
  const isKnown = noFunding === undefined && noFees === undefined;
  return {
    fees: noFees === undefined ? numberOf(fees) : null,
    ...(noFees === undefined ? {} : { fees_reason: noFees }),
    funding: noFunding === undefined ? numberOf(funding) : null,
    ...(noFunding === undefined ? {} : { funding_reason: noFunding }),
    net: isKnown && typeof net.value === "number" ? net.value : null,
  };
}

/** Why something of an instrument is not known: one of its bots is told it by currency alone. */
function untoldOf(
  why: typeof fundingUntold,
  { bots }: AssetParts["state"],
  { pasts, mode, currency }: Untold,
): string | undefined {
  for (const { key } of pasts) {
    const bot = bots.get(key.bot);
    const reason = bot && why(bot, mode, currency);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const numberOf = ({ value }: Reading): number => (typeof value === "number" ? value : 0);

interface Told {
  readonly quotes: readonly QuoteEnd[] | undefined;
  readonly fills: Fills;
  readonly key: string;
  readonly now: Micros;
}

function executionOf({ state }: AssetParts, { quotes = [], fills, key, now }: Told): Omit<AssetRow, keyof Money> {
  const own = "reason" in fills ? [] : (fills.byKey.get(key) ?? []);
  const told = qualityOf(state, rowsOfLog({ quotes, fills: own }, state.desk));
  const none = "reason" in fills ? wire(unknown(fills.reason)) : undefined;
  const group = new MarkedGroup(own, { desk: state.desk, now });
  return {
    hit_rate: wire(told.hitRate),
    avg_markout_in: none ?? wire(told.avgMarkoutIn),
    avg_markout_out: none ?? wire(told.avgMarkoutOut),
    spread_capture_bps: none ?? wire(told.spreadCaptureBps),
    markouts: none === undefined ? MARKOUT_HORIZONS_S.map((horizonS, index) => pointOf(group, horizonS, index)) : [],
  };
}

const pointOf = (group: MarkedGroup, horizonS: number, index: number): AssetRow["markouts"][number] => ({
  horizon_s: horizonS,
  mean_bps: wire(group.at(index + 1).measures.meanBps),
});
