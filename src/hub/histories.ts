import { type Clock, isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import { decimalToNumber } from "../domain/decimal.ts";
import { nowOf } from "../domain/ledger/holding.ts";
import { type BotState, emptyBotState, type Mode } from "../engine/bot-state.ts";
import { FifoLedgers } from "../engine/fifo-ledgers.ts";
import { FillHistory } from "../engine/fill-history.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { type Ledger, unnamedCurrency } from "../engine/ledgers.ts";
import { firstDayOf, type PerformanceFilter } from "../engine/made.ts";
import { readPerformance } from "../engine/read-performance.ts";
import { commonCurrency } from "../engine/read-span.ts";
import { copyBot } from "../engine/state-copy.ts";
import type { HistoryReading } from "../metrics/scope-reading.ts";
import type { MoneyWindow, PerformanceAnswer } from "../protocol/api-money.ts";
import { readInOrder, TooManyLate } from "./bot-entries.ts";
import { inTurn } from "./explain.ts";
import type { AsOf } from "./query.ts";
import type { EntryStore } from "./stored-entries.ts";

/** Why the fills of a bot cannot be read one after the other now; the message says what helps. */
export class HistoryUnreadable extends Error {
  override readonly name = "HistoryUnreadable";
}

export interface HistoryParts {
  readonly state: State;
  readonly store: EntryStore;
  readonly clock: Clock;
}

/** Whose history is read, and of which window. */
export interface HistoryQuery {
  readonly bot: string;
  readonly mode: Mode;
  readonly window: MoneyWindow;
}

/** Fills of a bot that are read for one answer at most: some seconds. */
const FILLS_MAX = 1_000_000;
/** Answers that are kept until the bot tells something new. */
const KEPT_MAX = 8;

interface Kept {
  /** What it was made of, besides the fills. */
  readonly made: string;
  readonly value: unknown;
}

/**
 * What is made from the stored fills of a bot one after the other, off the fold: one at a time, a few may wait (more are
 * refused with `Overloaded`), and what was made is kept until the bot tells something new. Rejects with `HistoryUnreadable`.
 */
export class Histories {
  readonly #parts: HistoryParts;
  readonly #inTurn = inTurn();
  readonly #kept = new Map<string, Kept>();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** What trading made with the oldest lots closed first; everything else as at average cost. */
  fifo({ bot: name, mode, window }: PerformanceFilter & { readonly bot: string }): Promise<PerformanceAnswer> {
    return this.#inTurn(async () => {
      const { bot, asOfSeq, at } = this.#now(name);
      const ledgers = await this.#keep(`fifo\t${name}\t${mode ?? ""}`, String(bot.seq), () =>
        this.#fifoLedgers(bot, mode, asOfSeq),
      );
      const { desk, samples } = this.#parts.state;
      const past: State = { desk, samples, bots: new Map([[name, { ...bot, ledgers: new Map(ledgers) }]]) };
      return {
        ...readPerformance(past, at, { bot: name, mode, window }),
        as_of: isoFromMicros(at),
        as_of_seq: asOfSeq,
      };
    });
  }

  /** What the fills tell in a window, and the moment that it speaks of. */
  read({ bot: name, mode, window }: HistoryQuery): Promise<{ readonly history: HistoryReading; readonly asOf: AsOf }> {
    return this.#inTurn(async () => {
      const { bot, asOfSeq, at } = this.#now(name);
      const from = beginOf(bot, at, window);
      const ledgers = [...bot.ledgers].filter(([, ledger]) => ledger.mode === mode);
      const money = this.#moneyOf(ledgers);
      const made = JSON.stringify([bot.seq, from, [...money.rates.values()]]);
      const history = await this.#keep(`history\t${name}\t${mode}\t${window}`, made, () => {
        const frame = {
          from,
          makesMarkets: bot.said?.makesMarkets === true,
          rateOf: (ledger: string) => money.rates.get(ledger) ?? 1,
          money: money.common,
        };
        return this.#readAll({ bot, mode, asOfSeq }, () => new FillHistory(frame));
      });
      return { history: history.reading(at), asOf: { as_of: isoFromMicros(at), as_of_seq: asOfSeq } };
    });
  }

  /** The bot as it is now: it goes on while its fills are read. */
  #now(name: string): { readonly bot: BotState; readonly asOfSeq: number; readonly at: Micros } {
    const { state, clock } = this.#parts;
    const bot = state.bots.get(name) ?? emptyBotState(name);
    return { bot: copyBot(bot), asOfSeq: foldedSeq(state), at: clock.now() };
  }

  async #keep<T>(key: string, made: string, make: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    const value = kept?.made === made ? (kept.value as T) : await make();
    this.#kept.set(key, { made, value });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }

  async #fifoLedgers(bot: BotState, mode: string | undefined, asOfSeq: number): Promise<ReadonlyMap<string, Ledger>> {
    const all = new Map<string, Ledger>();
    const modes = new Set([...bot.ledgers.values()].map((ledger) => ledger.mode));
    for (const each of modes) {
      if (mode !== undefined && mode !== each) continue;
      const ledgers = new Map([...bot.ledgers].filter(([, ledger]) => ledger.mode === each));
      const made = (await this.#readAll({ bot, mode: each, asOfSeq }, () => new FifoLedgers(ledgers))).result();
      if ("unlike" in made)
        throw new HistoryUnreadable(
          `the stored fills of ${made.unlike.venue} ${made.unlike.symbol} are others than the ledger has: it is being ` +
            "made again for facts that came late; ask again in some seconds",
        );
      for (const [key, ledger] of made) all.set(key, ledger);
    }
    return all;
  }

  async #readAll<Sink extends FifoLedgers | FillHistory>(
    course: { readonly bot: BotState; readonly mode: Mode; readonly asOfSeq: number },
    begin: () => Sink,
  ): Promise<Sink> {
    const { bot, mode } = course;
    let fills = 0;
    for (const ledger of bot.ledgers.values()) if (ledger.mode === mode) fills += nowOf(ledger.holding).all.fills;
    if (fills > FILLS_MAX)
      throw new HistoryUnreadable(`${bot.bot} has ${fills} fills: more than ${FILLS_MAX} are not read for one answer`);
    try {
      return await readInOrder(this.#parts.store, course, begin);
    } catch (error) {
      throw error instanceof TooManyLate ? new HistoryUnreadable(error.message) : error;
    }
  }

  /** The currency that money of the ledgers adds up in, and what one unit of each is worth in it. */
  #moneyOf(ledgers: readonly (readonly [string, Ledger])[]) {
    const currencies = ledgers.map(([, { terms, symbol }]) => ({
      currency: terms.currency ?? unnamedCurrency(symbol),
    }));
    const common = commonCurrency(this.#parts.state, currencies);
    if (typeof common === "string") return { common: { reason: common }, rates: new Map<string, number>() };
    const rates = new Map(
      ledgers.map(([key], index) => {
        const rate = common.rates[index];
        return [key, rate === undefined ? 1 : decimalToNumber(rate)] as const;
      }),
    );
    return { common: { currency: common.currency }, rates };
  }
}

/** The first moment of a window; undefined where that is the first fill. */
function beginOf(bot: BotState, asOf: Micros, window: MoneyWindow): Micros | undefined {
  if (window === "all") return undefined;
  if (window === "session") return bot.startedAt;
  return micros((firstDayOf(window, asOf) ?? 0) * MICROS_PER_DAY);
}
