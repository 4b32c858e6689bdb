import type { Micros } from "../base/time.ts";
import { decimalToNumber, isZero } from "../domain/decimal.ts";
import type { LedgerEntry, LedgerFill } from "../domain/ledger/entries.ts";
import { type LedgerPoint, NO_FILLS as NO_FILLS_YET, nowOf, settling, withEntryBy } from "../domain/ledger/holding.ts";
import { type ClosedTrade, type OpenTrade, trade } from "../domain/ledger/trades.ts";
import { averageLevel, emptyLevel, type Level, maxLevel, setLevel } from "../metrics/level.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import { median } from "../metrics/median.ts";
import type { HistoryReading, Reading } from "../metrics/scope-reading.ts";
import * as statistics from "../metrics/trade-statistics.ts";
import { addTo, emptySum, sumOf } from "../metrics/sum.ts";
import type { Ledger } from "./ledgers.ts";
import { isSameAccount } from "./same-account.ts";

/** The window of a history, and what its money is worth. */
export interface HistoryFrame {
  /** The first moment; the first fill where undefined. */
  readonly from: Micros | undefined;
  /** Of a bot that makes markets each closing fill is a trade; else what goes from flat to flat. */
  readonly makesMarkets: boolean;
  /** What one unit of a ledger's currency is worth in the common one; 1 where there is none. */
  readonly rateOf: (ledger: string) => number;
  /** The common currency, or why money does not add up. */
  readonly money: { readonly currency: string } | { readonly reason: string };
}

/** What is held in one ledger, and the worth of it at the price of its newest fill. */
interface Held {
  point: LedgerPoint;
  value: number;
}

/** Levels of what a bot holds in all its instruments together. */
interface Inventory {
  readonly gross: Level;
  readonly net: Level;
}

const MICROS_PER_HOUR = 3_600_000_000;
const NO_TRADES = unknown("no trades");
const NO_FILLS = unknown("no fills were reported");

/**
 * What the fills of a bot tell one after the other: its trades in the order of their closing, and what it held over time
 * (metrics.md §3, §5). Entries of all ledgers come in the order of time; those before the window say what was held then.
 */
export class FillHistory {
  readonly #frame: HistoryFrame;
  readonly #held = new Map<string, Held>();
  readonly #tally = statistics.emptyTally();
  readonly #holdingHours: number[] = [];
  readonly #traded = emptySum();
  #inventory: Inventory | undefined;
  #gross = 0;
  #net = 0;
  #fills = 0;
  #openLedgers = 0;

  constructor(frame: HistoryFrame) {
    this.#frame = frame;
  }

  /** Takes the next entry of a ledger in. */
  take(ledger: string, entry: LedgerEntry): void {
    const held = this.#held.get(ledger) ?? { point: NO_FILLS_YET, value: 0 };
    const { open } = held.point;
    const fill = "payout" in entry ? settling(held.point, entry) : entry;
    if (fill === undefined) return;
    this.#held.set(ledger, held);
    const traded = trade(open, fill);
    held.point = withEntryBy(() => traded, held.point, fill);
    this.#openLedgers += isOpen(traded.open) - isOpen(open);
    const rate = this.#frame.rateOf(ledger);
    this.#hold(held, fill, rate);
    const closed = this.#frame.makesMarkets ? traded.closing : traded.roundTrip;
    if (closed !== undefined && this.#isWithin(fill.at)) this.#count(closed, rate);
  }

  /** A ledger of the fold whose fills are others than those that were taken; undefined where there is none. */
  unlike(ledgers: Iterable<readonly [string, Ledger]>): Ledger | undefined {
    for (const [key, ledger] of ledgers)
      if (!isSameAccount(nowOf(ledger.holding), this.#held.get(key)?.point ?? NO_FILLS_YET)) return ledger;
    return undefined;
  }

  /** All of it up to a moment; a later one may be asked for after it. */
  reading(to: Micros): HistoryReading {
    const tally = this.#tally;
    const trades = statistics.tradesOf(tally);
    const none = this.#held.size === 0 ? NO_FILLS : NO_TRADES;
    const counted = (value: number): Measure => (trades === 0 ? none : measured(value, trades));
    return {
      streak: counted(tally.streak),
      longestWins: counted(tally.longestWins),
      longestLosses: counted(tally.longestLosses),
      largestWin: trades === 0 ? none : this.#money(statistics.largestWin(tally)),
      largestLoss: trades === 0 ? none : this.#money(statistics.largestLoss(tally)),
      medianHoldingHours: trades === 0 ? none : median(this.#holdingHours),
      ...this.#inventoryReading(to),
    };
  }

  #isWithin(at: number): boolean {
    return at >= (this.#frame.from ?? at);
  }

  #count({ netPnl, openedAt, closedAt }: ClosedTrade, rate: number): void {
    statistics.countTrade(this.#tally, decimalToNumber(netPnl) * rate);
    this.#holdingHours.push((closedAt - openedAt) / MICROS_PER_HOUR);
  }

  #hold(held: Held, { at, value, size }: LedgerFill, rate: number): void {
    const worth = Math.abs(decimalToNumber(value)) * rate;
    const price = worth / decimalToNumber(size);
    const now = price * decimalToNumber(held.point.open.position.quantity);
    this.#gross += Math.abs(now) - Math.abs(held.value);
    this.#net += now - held.value;
    held.value = now;
    // What sums left behind by rounding is not held.
    if (this.#openLedgers === 0) [this.#gross, this.#net] = [0, 0];
    const from = this.#frame.from ?? at;
    this.#inventory ??= { gross: emptyLevel(from), net: emptyLevel(from) };
    setLevel(this.#inventory.gross, at, this.#gross);
    setLevel(this.#inventory.net, at, this.#net);
    if (!this.#isWithin(at)) return;
    addTo(this.#traded, worth);
    this.#fills++;
  }

  #inventoryReading(
    to: Micros,
  ): Pick<HistoryReading, "inventoryAvg" | "inventoryNetAvg" | "inventoryMax" | "inventoryTurnover"> {
    const inventory = this.#inventory;
    if (inventory === undefined)
      return { inventoryAvg: NO_FILLS, inventoryNetAvg: NO_FILLS, inventoryMax: NO_FILLS, inventoryTurnover: NO_FILLS };
    const known = (value: number | undefined): Measure =>
      value === undefined || !Number.isFinite(value) ? unknown("the span has not begun") : measured(value, this.#fills);
    const average = averageLevel(inventory.gross, to);
    return {
      inventoryAvg: this.#money(known(average)),
      inventoryNetAvg: this.#money(known(averageLevel(inventory.net, to))),
      inventoryMax: this.#money(known(maxLevel(inventory.gross, to))),
      inventoryTurnover:
        average === 0
          ? unknown("nothing was held", this.#fills)
          : this.#inMoney(known(average && sumOf(this.#traded) / average)),
    };
  }

  #money(measure: Measure): Reading {
    const { money } = this.#frame;
    return "reason" in money || measure.value === undefined
      ? this.#inMoney(measure)
      : { ...measure, currency: money.currency };
  }

  /** What depends on money of several currencies is unknown where they do not add up. */
  #inMoney(measure: Measure): Measure {
    const { money } = this.#frame;
    return "reason" in money && measure.value !== undefined ? unknown(money.reason, measure.n) : measure;
  }
}

const isOpen = ({ position }: OpenTrade): number => (isZero(position.quantity) ? 0 : 1);
