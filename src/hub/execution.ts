import { type Clock, isoFromMicros, type Micros, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { OrderLife } from "../engine/execution/order-life.ts";
import { QuoteEnds } from "../engine/execution/quote-ends.ts";
import { Unfilled } from "../engine/execution/unfilled.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import type { QuoteEnd, QuoteKnown } from "../engine/quality/from-log.ts";
import { readNow } from "../engine/read-now.ts";
import type { ExecutionAnswer } from "../protocol/api-execution.ts";
import type { OrderView } from "../protocol/api-trading.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { HistoryUnreadable } from "./histories.ts";
import { ordersListing } from "./listings.ts";
import { logEvents, type LogParts } from "./log-events.ts";
import type { Store } from "./ports.ts";

export interface ExecutionParts extends LogParts {
  readonly state: State;
  readonly store: Pick<Store, "events" | "orders" | "opportunities">;
  readonly clock: Clock;
}

/** Whose orders and quotes, placed or ended from one moment on and before another. */
export interface ExecutionSpan {
  readonly bot?: string | undefined;
  readonly mode: Mode;
  readonly from: Micros;
  readonly to: Micros;
}

/** Orders and quotes that are read for one answer at most. */
const ORDERS_MAX = 20_000;
const QUOTES_MAX = 200_000;
const PAGE = 1_000;
/** A quote that ended in the span may have been said so long before it. */
const BEFORE_MICROS = 3_600_000_000;

/** How orders and quotes of a span did, read from the log. */
export async function readExecution(parts: ExecutionParts, span: ExecutionSpan): Promise<ExecutionAnswer> {
  const { state, clock } = parts;
  const now = clock.now();
  const asOf = { as_of: isoFromMicros(now), as_of_seq: foldedSeq(state) };
  const { bot, mode, from, to } = span;
  const unfilled = new Unfilled();
  const quotes = new QuoteEnds(unfilled);
  for (const { event, known } of await readQuoteEnds(parts, { ...span, asOfSeq: asOf.as_of_seq }))
    quotes.take(event, known);
  const { life, complete } = await readOrders(parts, { ...span, asOf, now }, unfilled);
  const { realizedFillFactor: reported, configuredFillFactor: configured } = readNow(state, now, { bot, mode });
  return {
    bot: bot ?? null,
    mode,
    from: isoFromMicros(from),
    to: isoFromMicros(micros(Math.min(to, now))),
    quotes: quotes.told({ reported, configured }),
    orders: life.told(complete),
    unfilled: unfilled.told(),
    ...asOf,
  };
}

interface Orders extends ExecutionSpan {
  readonly asOf: { readonly as_of: string; readonly as_of_seq: number };
  readonly now: Micros;
}

async function readOrders(
  { state, store, timers }: ExecutionParts,
  { bot, mode, from, to, asOf, now }: Orders,
  unfilled: Unfilled,
): Promise<{ readonly life: OrderLife; readonly complete: boolean }> {
  const life = new OrderLife(unfilled);
  const listing = ordersListing({ state, store, asOf }, { mode, from, to, ...(bot === undefined ? {} : { bot }) });
  let cursor: number | undefined;
  while (life.placed < ORDERS_MAX) {
    const { events, complete, lastSeq } = await listing.page(Math.min(PAGE, ORDERS_MAX - life.placed), cursor);
    for (const text of events) life.take(JSON.parse(text) as OrderView, now);
    if (complete || lastSeq === undefined) return { life, complete: true };
    cursor = lastSeq;
    await timers.breathe();
  }
  return { life, complete: false };
}

interface Quotes extends ExecutionSpan {
  readonly asOfSeq: number;
}

type Ended = EventOf<"quote.ended">;

const quoteKey = ({ bot, venue, quote_id: id }: Pick<Ended, "bot" | "venue" | "quote_id">): string =>
  `${bot}\t${venue}\t${id}`;

/** The quotes that ended in a span, each once. */
export async function readQuoteEnds(parts: LogParts, quotes: Quotes): Promise<QuoteEnd[]> {
  const { bot, mode, from, to, asOfSeq } = quotes;
  const whose = { mode, beforeSeq: asOfSeq + 1, to, ...(bot === undefined ? {} : { bot }) };
  const ended = new Map<string, Ended>();
  for await (const event of logEvents<Ended>(parts, { ...whose, type: "quote.ended", from })) {
    // The same id may be used again for another quote, but not within one.
    const key = quoteKey(event);
    if (!ended.has(key)) ended.set(key, event);
    if (ended.size > QUOTES_MAX)
      throw new HistoryUnreadable(`more than ${QUOTES_MAX} quotes ended in that time: ask for a shorter one`);
  }
  const known = await quotesKnown(parts, whose, { ended, from });
  return [...ended].map(([key, event]) => ({ event, known: known.get(key) ?? UNKNOWN }));
}

const UNKNOWN: QuoteKnown = { intent: undefined, isMet: false };

type Whose = Omit<Parameters<typeof logEvents>[1], "type" | "from">;

/** What the quotes themselves, and fills, say of those that ended without saying it. */
async function quotesKnown(
  parts: LogParts,
  whose: Whose,
  { ended, from: begin }: { readonly ended: ReadonlyMap<string, Ended>; readonly from: Micros },
): Promise<Map<string, QuoteKnown>> {
  const known = new Map<string, QuoteKnown>();
  const from = micros(begin - BEFORE_MICROS);
  const note = (key: string, more: Partial<QuoteKnown>): void => {
    if (ended.has(key)) known.set(key, { ...(known.get(key) ?? UNKNOWN), ...more });
  };
  const all = [...ended.values()];
  if (all.some(({ intent }) => intent === undefined))
    for await (const event of logEvents<EventOf<"quote">>(parts, { ...whose, type: "quote", from }))
      note(quoteKey(event), { intent: event.intent });
  if (all.some(({ filled_size: filled, outcome }) => filled === undefined && !/filled/.test(outcome)))
    for (const type of ["fill", "order.filled"] as const)
      for await (const fill of logEvents<EventOf<"fill">>(parts, { ...whose, type, from }))
        if (fill.quote_id !== undefined) note(quoteKey({ ...fill, quote_id: fill.quote_id }), { isMet: true });
  return known;
}
