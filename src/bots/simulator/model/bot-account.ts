import type { Random } from "../../../base/random.ts";
import type { EventTypeName } from "../../../protocol/event-types.ts";
import { delayMs } from "./chance.ts";
import type { Desk } from "./desk.ts";
import { type Instrument, cents, instrumentFields, midOf, moneyUnits, priceOf, rounded, sizeOf } from "./instrument.ts";
import { type BotOrders, isSameOrders, mayTrade, NO_ORDERS } from "./leave.ts";
import { type Effect, Ledger, averagePrice } from "./ledger.ts";
import { OpenOrders } from "./open-orders.ts";

export interface BotPlan {
  readonly bot: string;
  readonly strategy: string;
  readonly version: string;
  readonly executionMode: string;
  readonly makesMarkets: boolean;
  /** What it begins with on each venue, in the currency beside it. */
  readonly venues: readonly { readonly venue: string; readonly currency: string; readonly start: number }[];
}

/** A fill as the model knows it. */
export interface Trade {
  readonly instrument: Instrument;
  readonly orderId: string;
  /** Signed: bought > 0. */
  readonly lots: number;
  readonly ticks: number;
  readonly fee: number;
  readonly isMaker: boolean;
  readonly midHalfTicks: number;
  readonly orderDone: boolean;
  readonly more: Record<string, unknown>;
}

/** One bot of the desk: what it holds, what it tells, how it is doing. */
export class BotAccount {
  readonly desk: Desk;
  readonly plan: BotPlan;
  readonly ledger: Ledger;
  readonly starts: ReadonlyMap<string, number>;
  readonly random: Random;
  readonly counters: Record<string, number> = { trades: 0, opportunities: 0, orders: 0, errors: 0 };
  readonly openOrders = new OpenOrders();
  /** A bot that has crashed says nothing. */
  running = false;
  status = "running";
  version: string;
  progress = 0;
  messages = 0;
  reconnects = 0;
  peak: number;
  dayStart: number;
  dayRealized = 0;
  #day = -1;
  #startedMs = 0;
  #ids = 0;
  #orders: BotOrders = NO_ORDERS;
  readonly #onOrders: (() => void)[] = [];

  constructor(desk: Desk, plan: BotPlan) {
    this.desk = desk;
    this.plan = plan;
    this.version = plan.version;
    this.starts = new Map(plan.venues.map(({ venue, start }) => [venue, moneyUnits(start)]));
    this.ledger = new Ledger(this.starts);
    this.random = desk.random(plan.bot);
    this.peak = this.ledger.equity();
    this.dayStart = this.peak;
  }

  /** A name for an order, a fill, a quote: unique in every run of the simulator. */
  nextId(kind: string): string {
    return `${kind}-${this.desk.run}-${this.plan.bot}-${(this.#ids++).toString(36)}`;
  }

  tell(type: EventTypeName, fields: Record<string, unknown>, effect?: Effect): void {
    if (!this.running || this.openOrders.isTakenBack(fields["order_id"])) return;
    if (effect !== undefined) this.ledger.apply(effect);
    this.openOrders.note(type, fields, effect?.kind === "fill" ? effect.completes : undefined);
    this.progress++;
    this.desk.tell(this.plan.bot, type, fields, effect);
  }

  /** What it was told it may do. */
  get orders(): BotOrders {
    return this.#orders;
  }

  mayTrade(venue: string, exit: boolean): boolean {
    return mayTrade(this.#orders, venue, exit);
  }

  /** Whoever trades for the bot does at once what orders ask. */
  onOrders(act: () => void): void {
    this.#onOrders.push(act);
  }

  /** It is told what it may do: orders that may not rest are taken back, and what is left is said. */
  obey(orders: BotOrders): void {
    if (isSameOrders(this.#orders, orders)) return;
    this.#orders = orders;
    if (!this.running) return;
    for (const act of this.#onOrders) act();
    this.#takeBackOrders();
    const { reason } = orders;
    this.tell("bot.state", { ...this.stateFields(), ...(reason === undefined ? {} : { reason }) });
    this.tell("orders.snapshot", { source: "bot", orders: this.openOrders.all });
    this.tellPositions();
  }

  /** What nobody else has taken back, such as an order whose answer is under way. */
  #takeBackOrders(): void {
    for (const { order_id, venue, symbol } of this.openOrders.all) {
      if (this.mayTrade(venue, true)) continue;
      this.tell("order.cancelled", { order_id, venue, symbol, reason: "halted" });
      this.openOrders.takeBack(order_id);
    }
  }

  start(reason?: string): void {
    this.running = true;
    this.status = "running";
    this.#startedMs = this.desk.nowMs;
    this.tell("bot.started", { ...this.stateFields(), ...(reason === undefined ? {} : { reason }) });
  }

  stateFields(): Record<string, unknown> {
    const { executionMode, makesMarkets, strategy, venues } = this.plan;
    return {
      status: this.#orders.state === "running" ? this.status : this.#orders.state,
      strategy,
      execution_mode: executionMode,
      version: this.version,
      config_hash: this.desk.run,
      uptime_s: Math.round((this.desk.nowMs - this.#startedMs) / 1000),
      venues: venues.map(({ venue }) => ({
        venue,
        connected: true,
        subscriptions: 6,
        messages: this.messages,
        reconnects: this.reconnects,
      })),
      counters: { ...this.counters },
      makes_markets: makesMarkets,
    };
  }

  tellInstrument(instrument: Instrument): void {
    this.tell("instrument", instrumentFields(instrument));
  }

  tellMark(instrument: Instrument, bid: number, ask: number): void {
    this.messages++;
    const { venue, symbol } = instrument;
    this.tell(
      "mark",
      {
        venue,
        symbol,
        price: midOf(instrument, bid + ask),
        bid: priceOf(instrument, bid),
        ask: priceOf(instrument, ask),
      },
      { kind: "mark", instrument, halfTicks: bid + ask },
    );
  }

  tellFill(trade: Trade): void {
    const { instrument, lots, ticks, fee, isMaker, midHalfTicks } = trade;
    const before = this.ledger.lots(instrument);
    const feeUnits = moneyUnits(fee);
    this.counters["trades"] = (this.counters["trades"] ?? 0) + 1;
    this.tell(
      "fill",
      {
        fill_id: this.nextId("f"),
        order_id: trade.orderId,
        venue: instrument.venue,
        symbol: instrument.symbol,
        side: lots > 0 ? "buy" : "sell",
        price: priceOf(instrument, ticks),
        size: sizeOf(instrument, Math.abs(lots)),
        is_maker: isMaker,
        fee: feeUnits / 1e8,
        fee_currency: instrument.quote,
        mid: midOf(instrument, midHalfTicks),
        position_before: sizeOf(instrument, before),
        position_after: sizeOf(instrument, before + lots),
        ...trade.more,
      },
      {
        ...{ kind: "fill", instrument, lots, ticks, feeUnits, isMaker, midHalfTicks },
        ...(trade.orderDone ? { completes: trade.orderId } : {}),
      },
    );
  }

  /** Drawdown from the peak and loss of the UTC day, as ratios ≥ 0; to be asked for regularly, for they keep the peak. */
  condition(): { readonly equity: number; readonly drawdown: number; readonly dailyLoss: number } {
    const equity = this.ledger.equity();
    const day = Math.floor(this.desk.nowMs / 86_400_000);
    if (day !== this.#day) {
      this.#day = day;
      this.dayStart = equity;
      this.dayRealized = this.ledger.realized();
    }
    this.peak = Math.max(this.peak, equity);
    return {
      equity,
      drawdown: Math.max(0, 1 - equity / this.peak),
      dailyLoss: Math.max(0, 1 - equity / this.dayStart),
    };
  }

  tellPositions(): void {
    this.tell("position.snapshot", { source: "bot", positions: this.positions() });
  }

  /** What it holds, as `position.snapshot` has it. */
  positions() {
    const held = [...this.ledger.holdings.values()].filter(({ lots }) => lots !== 0);
    return held.map((holding) => {
      const { instrument, lots, markHalf } = holding;
      return {
        venue: instrument.venue,
        symbol: instrument.symbol,
        size: sizeOf(instrument, lots),
        entry_price: averagePrice(holding),
        ...(markHalf === undefined ? {} : { mark_price: midOf(instrument, markHalf) }),
      };
    });
  }

  tellBalances(): void {
    for (const { venue, currency } of this.plan.venues) {
      const equity = rounded(this.ledger.equity(venue), 6);
      const balances = [{ currency, total: equity, available: cents(Math.max(0, equity * 0.7)) }];
      this.tell("balance", { venue, balances, equity, equity_currency: currency, source: "bot" });
    }
  }

  latency(venue: string, typicalMs: number): void {
    this.tell("feed", { venue, kind: "latency", channel: "book", latency_ms: delayMs(this.random, typicalMs) });
  }
}
