import { type Micros, isoFromMicros } from "../../base/time.ts";
import { negate, subtract } from "../../domain/decimal.ts";
import { type Cash, NO_CASH } from "../../domain/ledger/cash.ts";
import { type Flow, sumOfFlows } from "../../domain/ledger/flow.ts";
import { holdingAt, type LedgerPoint } from "../../domain/ledger/holding.ts";
import type { Terms } from "../../domain/ledger/terms.ts";
import { NO_TOTALS, sumOfTotals, takenIn, type Totals, totalsSince } from "../../domain/ledger/totals.ts";
import { activityIn, type Slippage, sumOfCounts, sumOfSlippage } from "../activity.ts";
import { type BotState, emptyBotState, type Mode } from "../bot-state.ts";
import { type CashEntry, cashKey, NO_PAIRS, type Span } from "../cash.ts";
import { emptyDeskState, instrumentKey } from "../desk-state.ts";
import type { State } from "../fold.ts";
import { ledgerKey } from "../ledgers.ts";
import { isInPart, type Part } from "../part.ts";
import { emptySampleState } from "../sample-state.ts";
import { toldIn } from "../told.ts";
import { NO_ORDERS, type Rolled, type RolledKey, type RolledOf, type RolledOrders } from "./rolled.ts";

/** What one key adds up to: at the beginning and the end of a span, and of all time. Undefined before its first fact. */
export interface Past {
  readonly key: RolledKey;
  /** Of a ledger. */
  readonly terms: Terms | undefined;
  readonly from: Rolled | undefined;
  readonly to: Rolled | undefined;
  readonly latest: Rolled;
}

/** What a reading of the past is of. */
export interface PastSpan {
  /** The first moment after it. */
  readonly end: Micros;
  /** The end is now: what is not realised is at the marks of the moment. */
  readonly isNow: boolean;
  /** The marks and books of the end where they are known from elsewhere; else those that the log kept. */
  readonly prices?: Pick<State["samples"], "marks" | "books"> | undefined;
  /** The equity of all bots together as it stood then; it is not rolled. */
  readonly deskEquity?: State["desk"]["deskEquity"] | undefined;
  /** What was traded there alone: cash and equity are of no instrument, and are left out. */
  readonly part?: Part | undefined;
}

/**
 * The state that a reader of a past span is given: its `session` is the span, its `all` is everything up to the end of
 * it, and what holds is what held then. Money is summed at the rates of now, and instruments are what they are now.
 */
export function pastState(state: State, pasts: readonly Past[], span: PastSpan): State {
  const bots = new Map<string, BotState>();
  const past: State = { desk: pastDesk(state, span), bots, samples: pastSamples(state, pasts, span) };
  const told = new Set(pasts.filter(({ key }) => key.kind === "ledger").map(({ key }) => `${key.bot}\t${key.mode}`));
  const ofBots = pasts.filter(({ key }) => key.kind !== "mark");
  const spoke = new Set(ofBots.map(({ key }) => key.bot));
  for (const name of state.bots.keys()) if (spoke.has(name)) bots.set(name, pastBot(state, name));
  for (const each of ofBots) {
    const { key } = each;
    const bot = bots.get(key.bot) ?? pastBot(state, key.bot);
    bots.set(key.bot, bot);
    const own = span.part === undefined ? each : partOf(state, each, span.part);
    if (own !== undefined) addPast(bot, own, told.has(`${key.bot}\t${key.mode}`));
  }
  return past;
}

/** What a key has to do with a part. Of cash only that it was told is known: not of which instruments. */
function partOf({ desk }: State, past: Past, part: Part): Past | undefined {
  const { kind, parts } = past.key;
  if (kind === "cash") return { ...past, from: undefined, to: undefined };
  if (kind !== "ledger" && kind !== "reported") return undefined;
  const [venue = "", symbol = ""] = kind === "ledger" ? parts.slice(1) : parts;
  return isInPart(desk, part, venue, symbol) ? past : undefined;
}

function pastDesk({ desk }: State, { deskEquity }: PastSpan): State["desk"] {
  const { seq, facts, instruments, pairs, rates, settled } = desk;
  const past = { ...emptyDeskState(), seq, facts, instruments, pairs, rates, settled };
  return deskEquity === undefined ? past : { ...past, deskEquity };
}

/** The log keeps marks where facts need them: one that is older says nothing of what something was worth. */
const MARK_AGE_MAX = 300_000_000;

function pastSamples(state: State, pasts: readonly Past[], { isNow, end, prices }: PastSpan): State["samples"] {
  const { marks, books, rates } = state.samples;
  if (isNow) return { ...emptySampleState(), marks, books, rates };
  if (prices !== undefined) return { ...emptySampleState(), ...prices, rates };
  const then: State["samples"] = { ...emptySampleState(), rates };
  for (const { key, to } of pasts) {
    const [venue = "", symbol = ""] = key.parts;
    if (to?.kind !== "mark" || end - to.at > MARK_AGE_MAX) continue;
    const event = { type: "mark", bot: "", ts: isoFromMicros(to.at), venue, symbol, price: to.price } as const;
    then.marks.set(instrumentKey(venue, symbol), { event, ts: to.at, receivedAt: to.at, at: to.at });
  }
  return then;
}

function pastBot(state: State, name: string): BotState {
  const now = state.bots.get(name);
  // By day, and so of any past.
  const kept = now === undefined ? {} : { presence: now.presence, marketTime: now.marketTime };
  return { ...emptyBotState(name), ...kept, mode: now?.mode ?? "live", said: now?.said, strategy: now?.strategy };
}

const ofKind = <K extends Rolled["kind"]>(kind: K, rolled: Rolled | undefined): RolledOf<K> | undefined =>
  rolled?.kind === kind ? (rolled as RolledOf<K>) : undefined;

/** `tellsFills`: at any time; then what was reported of closed positions does not count besides. */
function addPast(bot: BotState, past: Past, tellsFills: boolean): void {
  const { key, from, to, latest } = past;
  if (latest.kind === "cash") return addCash(bot, key, { from: ofKind("cash", from), to: ofKind("cash", to), latest });
  if (to === undefined) return;
  switch (to.kind) {
    case "ledger":
      return addLedger(bot, past, to);
    case "reported":
      return tellsFills ? undefined : addReported(bot, key, { from: ofKind("reported", from), to });
    case "equity":
      bot.equity.set(`${key.mode}\t${key.parts[0] ?? ""}`, to.curve);
      return;
    default:
      return;
  }
}

function addLedger(bot: BotState, { key, terms, from, latest }: Past, to: RolledOf<"ledger">): void {
  const [account = "", venue = "", symbol = ""] = key.parts;
  const { mode } = key;
  const before = from?.kind === "ledger" ? from : undefined;
  addOrders(bot, { mode, venue, symbol }, { to: to.orders, from: before?.orders ?? NO_ORDERS });
  if (takenIn(to.point.all) === 0 || terms === undefined) return;
  const place = { mode, account, venue, symbol };
  const all = latest.kind === "ledger" ? latest.point.all : to.point.all;
  const point = pointOf(to.point, before?.point.all ?? NO_TOTALS, all);
  bot.ledgers.set(ledgerKey(place), { ...place, terms, holding: holdingAt(point) });
}

/** `all` is of all time, as it decides which sources count; the session is what is between `from` and the point. */
function pointOf(point: LedgerPoint, from: Totals, all: Totals): LedgerPoint {
  const totals = all === point.all ? from : sumOfTotals(totalsSince(all, point.all), from);
  return { ...point, all, session: { from: 0 as Micros, totals } };
}

interface Orders {
  readonly to: RolledOrders;
  readonly from: RolledOrders;
}

function addOrders(
  bot: BotState,
  { mode, venue, symbol }: { readonly mode: Mode; readonly venue: string; readonly symbol: string },
  { to, from }: Orders,
): void {
  toldIn(bot, mode).orders += to.ordersPlaced > 0 ? 1 : 0;
  const instrument = to.ordersPlaced === from.ordersPlaced ? undefined : { venue, symbol };
  const activity = activityIn(bot, mode, 0);
  activity.current = sumOfCounts(activity.current, { ...ordersSince(to, from), instrument });
}

const ordersSince = (to: RolledOrders, from: RolledOrders): RolledOrders => ({
  ordersPlaced: to.ordersPlaced - from.ordersPlaced,
  ordersFilled: to.ordersFilled - from.ordersFilled,
  sizePlaced: subtract(to.sizePlaced, from.sizePlaced),
  sizeFilled: subtract(to.sizeFilled, from.sizeFilled),
  entry: slippageSince(to.entry, from.entry),
  exit: slippageSince(to.exit, from.exit),
});

const slippageSince = (to: Slippage, from: Slippage): Slippage =>
  sumOfSlippage(to, { n: -from.n, total: -from.total, rest: -from.rest });

interface Ends<K extends "cash" | "reported"> {
  readonly from: RolledOf<K> | undefined;
  readonly to: RolledOf<K> | undefined;
}

function addCash(
  bot: BotState,
  { mode, parts }: RolledKey,
  ends: Ends<"cash"> & { readonly latest: RolledOf<"cash"> },
): void {
  const [currency = ""] = parts;
  const { from, to, latest } = ends;
  const put = (span: Span, cash: Cash, pairs: CashEntry["pairs"]): void => {
    bot.cash.set(cashKey(mode, currency, span), { mode, currency, span, cash, pairs });
  };
  put("all", latest.cash, latest.pairs);
  if (to === undefined) return;
  put("session", cashSince(to.cash, from?.cash ?? NO_CASH), pairsSince(to.pairs, from?.pairs ?? NO_PAIRS));
}

const flowSince = (to: Flow, from: Flow): Flow =>
  sumOfFlows(to, { received: negate(from.received), paid: negate(from.paid) });

const cashSince = (to: Cash, from: Cash): Cash => ({
  funding: flowSince(to.funding, from.funding),
  fundingRows: to.fundingRows - from.fundingRows,
  fees: flowSince(to.fees, from.fees),
  feeRows: to.feeRows - from.feeRows,
  transfers: flowSince(to.transfers, from.transfers),
  adjustments: flowSince(to.adjustments, from.adjustments),
  otherIncome: flowSince(to.otherIncome, from.otherIncome),
});

const pairsSince = (to: CashEntry["pairs"], from: CashEntry["pairs"]): CashEntry["pairs"] => ({
  pnl: subtract(to.pnl, from.pnl),
  fees: subtract(to.fees, from.fees),
  fills: to.fills - from.fills,
  unpriced: to.unpriced - from.unpriced,
});

function addReported(bot: BotState, { mode, parts }: RolledKey, { from, to }: Ends<"reported">): void {
  const [venue = "", symbol = ""] = parts;
  if (to === undefined) return;
  const put = (span: Span, totals: Totals): void => {
    bot.reported.set(`${mode}\t${venue}\t${symbol}\t${span}`, { mode, venue, symbol, span, totals });
  };
  put("all", to.totals);
  put("session", totalsSince(to.totals, from?.totals ?? NO_TOTALS));
}
