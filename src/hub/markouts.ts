import { type Clock, MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, micros, parseTime } from "../base/time.ts";
import { nowOf, totalsOfDays } from "../domain/ledger/holding.ts";
import type { Mode } from "../engine/bot-state.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import type { FullFill } from "../engine/ledgers.ts";
import { botsOf } from "../engine/made.ts";
import { FillTable } from "../engine/markouts/fill-table.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { WireEvent } from "../protocol/recorded.ts";
import { inTurn } from "./explain.ts";
import { logEvents } from "./log-events.ts";
import { HistoryUnreadable } from "./histories.ts";
import type { EventFilter, Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

export interface MarkoutParts {
  readonly state: State;
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "breathe">;
}

/** Whose fills are read, from which moment on. */
export interface TableScope {
  /** Every bot when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  readonly from: Micros;
}

/** A table as it is after one fact, at one moment. */
export interface TableRead {
  readonly table: FillTable;
  readonly asOfSeq: number;
  readonly at: Micros;
}

interface Kept {
  readonly table: FillTable;
  readonly from: Micros;
  asOfSeq: number;
  usedAt: Micros;
}

type Since = Pick<EventFilter, "afterSeq" | "beforeSeq">;

/** Fills that are read for one answer, and kept of all answers, at most; some 400 bytes each. */
const FILLS_MAX = 200_000;
const MARKS_MAX = 1_200_000;
/** Tables that are kept, and go on with what is told later; one that nobody asks for is forgotten. */
const KEPT_MAX = 8;
const IDLE_MICROS = 900 * MICROS_PER_SECOND;
/** A mark that a fill met was told so long before it at most, or is looked for by itself. */
const BEFORE_MICROS = 300 * MICROS_PER_SECOND;
const LOOK_BACK_MARKS = 8;
/** Instruments whose mark of before the first fill is looked for. */
const LOOK_BACK_MAX = 200;

/**
 * Fills with the marks that they are held against, read from the log when somebody asks, and kept up with what comes
 * later: a function of the log alone. Off the fold; one at a time, a few may wait (more are refused with `Overloaded`).
 */
export class Markouts {
  readonly #parts: MarkoutParts;
  readonly #inTurn = inTurn();
  readonly #kept = new Map<string, Kept>();

  constructor(parts: MarkoutParts) {
    this.#parts = parts;
  }

  /** The table of a scope, as it is now, while the reader has it. */
  read<T>(scope: TableScope, reader: (read: TableRead) => T | Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const { state, clock } = this.#parts;
      const asOfSeq = foldedSeq(state);
      const at = clock.now();
      return await reader({ table: await this.#table(scope, { asOfSeq, at }), asOfSeq, at });
    });
  }

  async #table(scope: TableScope, { asOfSeq, at }: Omit<TableRead, "table">): Promise<FillTable> {
    const key = `${scope.mode}\t${scope.bot ?? ""}`;
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    const isUsable = kept !== undefined && kept.from <= scope.from && kept.asOfSeq <= asOfSeq;
    if (!isUsable && this.#expected(scope, at) > FILLS_MAX) throw tooMany(scope.bot);
    const used = isUsable ? kept : { table: new FillTable(), from: dayOf(scope.from), asOfSeq: 0, usedAt: at };
    if (used.asOfSeq < asOfSeq) await this.#readOn(used, { ...scope, from: used.from }, asOfSeq);
    used.usedAt = at;
    this.#kept.set(key, used);
    this.#forget(at);
    return used.table;
  }

  /** How many fills the ledgers have of the days since then: where that is too many none is read. */
  #expected({ bot: name, mode, from }: TableScope, now: Micros): number {
    const [first, last] = [Math.floor(from / MICROS_PER_DAY), Math.floor(now / MICROS_PER_DAY)];
    let fills = 0;
    for (const bot of botsOf(this.#parts.state, name))
      for (const { mode: own, holding } of bot.ledgers.values()) {
        if (own !== mode) continue;
        const point = nowOf(holding);
        fills += from <= 0 ? point.all.fills : totalsOfDays(point, first, last).fills;
      }
    return fills;
  }

  /** Those used longest ago go first, and the newest stays. */
  #forget(now: Micros): void {
    let fills = 0;
    for (const { table } of this.#kept.values()) fills += table.fills.length;
    for (const [key, { table, usedAt }] of this.#kept) {
      if (usedAt === now) return;
      if (now - usedAt <= IDLE_MICROS && this.#kept.size <= KEPT_MAX && fills <= FILLS_MAX) return;
      fills -= table.fills.length;
      this.#kept.delete(key);
    }
  }

  async #readOn(kept: Kept, scope: TableScope, asOfSeq: number): Promise<void> {
    const { table } = kept;
    const isFirst = kept.asOfSeq === 0;
    const since = { beforeSeq: asOfSeq + 1, ...(isFirst ? {} : { afterSeq: kept.asOfSeq }) };
    await this.#readFills(table, scope, since);
    const before = micros(scope.from - BEFORE_MICROS);
    for await (const event of logEvents<EventOf<"mark">>(this.#parts, { ...since, type: "mark", from: before })) {
      table.takeMark(event, parseTime(event.ts) ?? 0);
      if (table.marks > MARKS_MAX) throw tooMany(scope.bot);
    }
    if (isFirst) await this.#lookBack(table, before, asOfSeq);
    for (const _ of table.settling()) await this.#parts.timers.breathe();
    kept.asOfSeq = asOfSeq;
  }

  /** Facts first: what was said of them later may be of either type. */
  async #readFills(table: FillTable, { bot, mode, from }: TableScope, since: Since): Promise<void> {
    const whose = { ...since, mode, ...(bot === undefined ? {} : { bot }) };
    const merges: (WireEvent & FullFill)[] = [];
    for (const type of ["fill", "order.filled"] as const)
      for await (const event of logEvents<FullFill>(this.#parts, { ...whose, type, from })) {
        takeFill(table, event, merges);
        if (table.fills.length > FILLS_MAX) throw tooMany(bot);
      }
    for (const { of_seq: ofSeq, ...added } of merges) if (ofSeq !== undefined) table.amend(ofSeq, added as FullFill);
    for await (const event of logEvents<EventOf<"fill.voided">>(this.#parts, { ...whose, type: "fill.voided" }))
      table.takeVoid(event, event.of_seq);
  }

  /** A mark that stood long before the first fill. */
  async #lookBack(table: FillTable, before: Micros, asOfSeq: number): Promise<void> {
    const traded = new Set(table.fills.map(({ instrument }) => instrument));
    for (const { venue, symbol, marks } of [...traded].slice(0, LOOK_BACK_MAX)) {
      const first = table.fills.find(({ instrument }) => instrument.marks === marks);
      if (first === undefined || !Number.isNaN(marks.midAt(first.at))) continue;
      const { events } = await this.#parts.store.events({
        ...{ type: "mark", venue, symbol, to: before, beforeSeq: asOfSeq + 1 },
        ...{ order: "newest", limit: LOOK_BACK_MARKS },
      });
      for (const text of events) {
        const event = JSON.parse(text) as EventOf<"mark">;
        table.takeMark(event, parseTime(event.ts) ?? 0);
      }
    }
  }
}

/** Whole days, so that a window that moves on with the clock finds the table of before. */
const dayOf = (at: Micros): Micros => micros(Math.floor(at / MICROS_PER_DAY) * MICROS_PER_DAY);

function takeFill(table: FillTable, event: WireEvent & FullFill, merges: (WireEvent & FullFill)[]): void {
  if (event.standing === "merge") merges.push(event);
  // What says otherwise has no effect; a pair trade in cents has no price.
  else if (event.standing === undefined && event.price !== undefined)
    table.takeFill(event, { seq: event.seq, ts: parseTime(event.ts) ?? 0 });
}

const tooMany = (bot: string | undefined): HistoryUnreadable =>
  new HistoryUnreadable(
    `more than ${FILLS_MAX} fills lie in that time: ask for a shorter one${bot === undefined ? ", or for one bot" : ""}`,
  );
