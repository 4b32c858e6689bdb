import type { EventTypeName } from "../../../protocol/event-types.ts";
import { decimalText, scaled } from "../../../domain/decimal.ts";
import { COST_DECIMALS, type Effect, type Holding, Ledger } from "./ledger.ts";
import { MONEY_DECIMALS, rounded } from "./instrument.ts";

/** An event as it goes over the wire. */
export interface SimulatedEvent {
  readonly type: EventTypeName;
  readonly bot: string;
  readonly ts: string;
  readonly id: string;
  readonly mode: SimulatedMode;
  readonly [field: string]: unknown;
}

export type SimulatedMode = "demo" | "simulate" | "paper" | "live";

/** An event, and what it does to the money of its bot. */
export interface Told {
  readonly event: SimulatedEvent;
  readonly effect: Effect | undefined;
}

interface BotCount {
  readonly ledger: Ledger;
  events: number;
  readonly types: Map<string, number>;
  readonly openOrders: Set<string>;
  readonly outcomes: Map<string, number>;
  readonly actions: Map<string, number>;
  readonly reasons: Map<string, number>;
  hits: number;
  eligible: number;
  filledOfEligible: number;
}

export interface TruthOptions {
  readonly seed: number;
  readonly mode: SimulatedMode;
  readonly from: string;
}

/** The truth as JSON: what holds after the last event that was taken out of the simulation. */
export type TruthReport = ReturnType<Truth["report"]>;

/**
 * What is true of the events that were told, known by those who made them and not read back from them: whole-number
 * sums of the generator's own trades. Money and sizes are exact decimal texts; `equity` is at the newest mids.
 */
export class Truth {
  readonly #options: TruthOptions;
  readonly #bots = new Map<string, BotCount>();
  #events = 0;
  #last = "";

  constructor(options: TruthOptions) {
    this.#options = options;
  }

  /** A bot of the desk, with what it begins with on each venue. */
  open(bot: string, starts: ReadonlyMap<string, number>): void {
    this.#bots.set(bot, {
      ledger: new Ledger(starts),
      events: 0,
      types: new Map(),
      openOrders: new Set(),
      outcomes: new Map(),
      actions: new Map(),
      reasons: new Map(),
      hits: 0,
      eligible: 0,
      filledOfEligible: 0,
    });
  }

  take({ event, effect }: Told): void {
    const bot = this.#bots.get(event.bot);
    if (bot === undefined) return;
    this.#events++;
    this.#last = event.ts;
    bot.events++;
    bump(bot.types, event.type);
    if (effect !== undefined) bot.ledger.apply(effect);
    if (effect?.kind === "fill" && effect.completes !== undefined) bot.openOrders.delete(effect.completes);
    if (event.type === "order.placed") bot.openOrders.add(String(event["order_id"]));
    else if (event.type === "quote.ended") ended(bot, event);
    else if (event.type === "opportunity") acted(bot, event);
    else if (endsOrder(event)) bot.openOrders.delete(String(event["order_id"]));
  }

  /** As it stands now. */
  report() {
    const { seed, mode, from } = this.#options;
    const bots = [...this.#bots].filter(([, bot]) => bot.events > 0);
    return {
      seed,
      mode,
      from,
      to: this.#last,
      events: this.#events,
      bots: Object.fromEntries(bots.map(([name, bot]) => [name, botReport(bot)])),
    };
  }
}

const bump = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

const endsOrder = ({ type }: SimulatedEvent): boolean =>
  type === "order.cancelled" || type === "order.rejected" || type === "order.expired";

function ended(bot: BotCount, event: SimulatedEvent): void {
  bump(bot.outcomes, String(event["outcome"]));
  const filled = Number(event["filled_size"] ?? 0);
  const eligible = Number(event["eligible_size"] ?? 0);
  if (filled > 0) bot.hits++;
  bot.eligible += eligible;
  bot.filledOfEligible += eligible > 0 ? filled : 0;
}

function acted(bot: BotCount, event: SimulatedEvent): void {
  bump(bot.actions, String(event["action"]));
  if (event["action"] === "rejected") bump(bot.reasons, String(event["reason"]));
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));

function botReport(bot: BotCount) {
  const { ledger } = bot;
  const holdings = [...ledger.holdings.values()];
  const sum = (of: (holding: Holding) => number): number => holdings.reduce((total, holding) => total + of(holding), 0);
  const count = (type: EventTypeName): number => bot.types.get(type) ?? 0;
  return {
    events: bot.events,
    by_type: sorted(bot.types),
    fills: sum(({ fills }) => fills),
    maker_fills: sum(({ makerFills }) => makerFills),
    orders: {
      placed: count("order.placed"),
      acknowledged: count("order.acknowledged"),
      cancelled: count("order.cancelled"),
      rejected: count("order.rejected"),
      expired: count("order.expired"),
    },
    open_orders: [...bot.openOrders].sort(),
    quotes: {
      quoted: count("quote"),
      ended: count("quote.ended"),
      by_outcome: sorted(bot.outcomes),
      hits: bot.hits,
      eligible_size: rounded(bot.eligible, 6),
      filled_of_eligible: rounded(bot.filledOfEligible, 6),
    },
    opportunities: { by_action: sorted(bot.actions), by_reason: sorted(bot.reasons) },
    start_equity: text(BigInt(ledger.startUnits), MONEY_DECIMALS),
    transfers: text(BigInt(ledger.transferUnits), MONEY_DECIMALS),
    equity: rounded(ledger.equity(), 6),
    instruments: holdings.filter(mattered).map(holdingReport),
  };
}

/** An instrument that was only looked at is none of the bot's. */
const mattered = (holding: Holding): boolean => holding.fills > 0 || holding.fundingUnits !== 0;

function holdingReport(holding: Holding) {
  const { instrument, markHalf } = holding;
  const scale = instrument.tickDecimals + instrument.lotDecimals;
  return {
    venue: instrument.venue,
    symbol: instrument.symbol,
    quote: instrument.quote,
    position: text(BigInt(holding.lots), instrument.lotDecimals),
    cost: text(holding.cost, COST_DECIMALS),
    realized_pnl: text(holding.realized, COST_DECIMALS),
    fills: holding.fills,
    maker_fills: holding.makerFills,
    bought: text(BigInt(holding.boughtLots), instrument.lotDecimals),
    sold: text(BigInt(holding.soldLots), instrument.lotDecimals),
    volume: text(BigInt(holding.volume), scale),
    fees_paid: text(BigInt(holding.feesPaidUnits), MONEY_DECIMALS),
    rebates: text(BigInt(holding.rebateUnits), MONEY_DECIMALS),
    funding: text(BigInt(holding.fundingUnits), MONEY_DECIMALS),
    spread_capture: halfText(holding.captureHalf, scale),
    maker_spread_capture: halfText(holding.makerCaptureHalf, scale),
    mark: markHalf === undefined ? null : halfText(markHalf, instrument.tickDecimals),
    settled: holding.settled,
  };
}

const text = (units: bigint, scale: number): string => decimalText(scaled(units, scale));

/** Half of a whole number is exact with one decimal more. */
const halfText = (halves: number, scale: number): string => text(BigInt(halves) * 5n, scale + 1);
