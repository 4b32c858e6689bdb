import { type Clock, isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import { decimal, decimalToNumber } from "../domain/decimal.ts";
import { nowOf } from "../domain/ledger/holding.ts";
import { type CourseSpan, FillCourse } from "../engine/attribution/fill-course.ts";
import { type BotState, emptyBotState, type Mode } from "../engine/bot-state.ts";
import { FifoLedgers } from "../engine/fifo-ledgers.ts";
import { FillHistory } from "../engine/fill-history.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { type Ledger, profitCurrencyOf } from "../engine/ledgers.ts";
import { firstDayOf, type PerformanceFilter } from "../engine/made.ts";
import { readPerformance } from "../engine/read-performance.ts";
import { commonCurrency } from "../engine/read-span.ts";
import { copyBot } from "../engine/state-copy.ts";
import type { HistoryReading } from "../metrics/scope-reading.ts";
import type { MoneyWindow, PerformanceAnswer } from "../protocol/api-money.ts";
import { ArrivingCourse } from "./analysis/arriving-course.ts";
import type { ArrivalStore } from "./analysis/fill-arrivals.ts";
import { type BotCourse, type EntrySink, type ReadSoFar, readInOrder, readOn, TooManyLate } from "./bot-entries.ts";
import { inTurn } from "./explain.ts";
import type { AsOf } from "./query.ts";
import type { EntryStore } from "./stored-entries.ts";

/** Why the fills of a bot cannot be read one after the other now; the message says what helps. */
export class HistoryUnreadable extends Error {
  override readonly name = "HistoryUnreadable";
}

export interface HistoryParts {
  readonly state: State;
  readonly store: EntryStore & ArrivalStore;
  readonly clock: Clock;
}

/** Whose history is read, and of which window. */
export interface HistoryQuery {
  readonly bot: string;
  readonly mode: Mode;
  readonly window: MoneyWindow;
}

/** Whose fills are read, in which spans of time. */
export interface CourseQuery {
  readonly bot: string;
  readonly mode: Mode;
  readonly spans: readonly CourseSpan[];
}

export interface CourseReading {
  readonly course: FillCourse;
  readonly bot: BotState;
  readonly asOfSeq: number;
}

/** Fills of a bot that are read for one answer at most: some seconds. */
const FILLS_MAX = 1_000_000;
/** Answers that are kept until the bot tells something new. */
const KEPT_MAX = 24;

/** What goes through the entries of a bot, and can be held to what the fold has of them. */
interface Course extends EntrySink {
  readonly unlike: (ledgers: Iterable<readonly [string, Ledger]>) => Ledger | undefined;
}

interface Kept {
  /** What it was made of, besides the entries. */
  readonly made: string;
  readonly read: ReadSoFar<Course>;
  /** `seq` of the bot then: where it is the same, nothing new was told. */
  readonly botSeq: number;
}

/**
 * What is made from the stored fills of a bot one after the other, off the fold: one at a time, a few may wait (more are
 * refused with `Overloaded`). What was made is kept, and goes on with the fills that are told later; it is always held to
 * what the fold has of the same fills. Rejects with `HistoryUnreadable`.
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
      const ledgers = new Map<string, Ledger>();
      for (const each of new Set([...bot.ledgers.values()].map((ledger) => ledger.mode))) {
        if (mode !== undefined && mode !== each) continue;
        const course = { bot, mode: each, asOfSeq };
        const made = await this.#read(`fifo\t${name}\t${each}`, course, { made: "", begin: () => new FifoLedgers() });
        for (const [key, ledger] of made.of(ledgersOf(course))) ledgers.set(key, ledger);
      }
      const { desk, samples } = this.#parts.state;
      const past: State = { desk, samples, bots: new Map([[name, { ...bot, ledgers }]]) };
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
      const course = { bot, mode, asOfSeq };
      const money = this.#moneyOf(ledgersOf(course));
      const makesMarkets = bot.said?.makesMarkets === true;
      const frame = {
        from,
        makesMarkets,
        rateOf: (key: string) => {
          const ledger = this.#parts.state.bots.get(name)?.ledgers.get(key);
          return (ledger && money.rates.get(profitCurrencyOf(ledger))) ?? 1;
        },
        money: money.common,
      };
      const history = await this.#read(`history\t${name}\t${mode}\t${window}`, course, {
        made: JSON.stringify([from, makesMarkets, money.common, [...money.rates]]),
        begin: () => new FillHistory(frame),
      });
      return { history: history.reading(at), asOf: { as_of: isoFromMicros(at), as_of_seq: asOfSeq } };
    });
  }

  /** The fills of a bot one after the other, with the mids at arrival, in some spans; and the bot as it was then. */
  course({ bot: name, mode, spans }: CourseQuery): Promise<CourseReading> {
    return this.#inTurn(async () => {
      const { bot, asOfSeq } = this.#now(name);
      const makesMarkets = bot.said?.makesMarkets === true;
      // Ledgers that come later are asked for too; where terms change, the course is no longer like the fold.
      const termsOf = (key: string) => this.#parts.state.bots.get(name)?.ledgers.get(key)?.terms;
      const course = { bot, mode, asOfSeq };
      const { course: read } = await this.#read(`course\t${name}\t${mode}\t${JSON.stringify(spans)}`, course, {
        made: String(makesMarkets),
        begin: () => new ArrivingCourse(new FillCourse({ spans, makesMarkets, termsOf }), this.#parts.store),
      });
      return { course: read, bot, asOfSeq };
    });
  }

  /** The bot as it is now: it goes on while its fills are read. */
  #now(name: string): { readonly bot: BotState; readonly asOfSeq: number; readonly at: Micros } {
    const { state, clock } = this.#parts;
    const bot = state.bots.get(name) ?? emptyBotState(name);
    return { bot: copyBot(bot), asOfSeq: foldedSeq(state), at: clock.now() };
  }

  /** All entries of a course: those that were read before are not read again, unless something came between them. */
  async #read<Made extends Course>(
    key: string,
    course: BotCourse,
    { made, begin }: { readonly made: string; readonly begin: () => Made },
  ): Promise<Made> {
    const kept = this.#kept.get(key) as (Kept & { readonly read: ReadSoFar<Made> }) | undefined;
    this.#kept.delete(key);
    const read =
      (kept?.made === made ? await this.#goOn(kept, course) : undefined) ?? (await this.#begin(course, begin));
    const unlike = read.sink.unlike(ledgersOf(course));
    if (unlike !== undefined)
      throw new HistoryUnreadable(
        `the stored fills of ${unlike.venue} ${unlike.symbol} are others than the ledger has: it is being made again ` +
          "for facts that came late; ask again in some seconds",
      );
    this.#kept.set(key, { made, read, botSeq: course.bot.seq });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return read.sink;
  }

  async #goOn<Made extends Course>(
    { read, botSeq }: { readonly read: ReadSoFar<Made>; readonly botSeq: number },
    course: BotCourse,
  ): Promise<ReadSoFar<Made> | undefined> {
    if (botSeq === course.bot.seq) return read;
    const more = await readOn(this.#parts.store, course, read);
    // What was voided, or said more of, is found by what the fold has.
    return more?.sink.unlike(ledgersOf(course)) === undefined ? more : undefined;
  }

  async #begin<Made extends Course>(course: BotCourse, begin: () => Made): Promise<ReadSoFar<Made>> {
    let fills = 0;
    for (const [, { holding }] of ledgersOf(course)) fills += nowOf(holding).all.fills;
    if (fills > FILLS_MAX)
      throw new HistoryUnreadable(
        `${course.bot.bot} has ${fills} fills: more than ${FILLS_MAX} are not read for one answer`,
      );
    try {
      return await readInOrder(this.#parts.store, course, begin);
    } catch (error) {
      throw error instanceof TooManyLate ? new HistoryUnreadable(error.message) : error;
    }
  }

  /** The currency that money of the ledgers adds up in, and what one unit of each of theirs is worth in it. */
  #moneyOf(ledgers: readonly (readonly [string, Ledger])[]) {
    const currencies = [...new Set(ledgers.map(([, ledger]) => profitCurrencyOf(ledger)))];
    const common = commonCurrency(
      this.#parts.state,
      currencies.map((currency) => ({ currency })),
    );
    if (typeof common === "string") return { common: { reason: common }, rates: new Map<string, number>() };
    const rates = new Map(
      currencies.map((currency, index) => [currency, decimalToNumber(common.rates[index] ?? ONE)] as const),
    );
    return { common: { currency: common.currency }, rates };
  }
}

const ONE = decimal("1");

/** The first moment of a window; undefined where that is the first fill. */
function beginOf(bot: BotState, asOf: Micros, window: MoneyWindow): Micros | undefined {
  if (window === "all") return undefined;
  if (window === "session") return bot.startedAt;
  return micros((firstDayOf(window, asOf) ?? 0) * MICROS_PER_DAY);
}

const ledgersOf = ({ bot, mode }: Pick<BotCourse, "bot" | "mode">): (readonly [string, Ledger])[] =>
  [...bot.ledgers].filter(([, ledger]) => ledger.mode === mode);
