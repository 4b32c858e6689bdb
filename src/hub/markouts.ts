import { type Clock, MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, micros } from "../base/time.ts";
import { nowOf, totalsOfDays } from "../domain/ledger/holding.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { botsOf } from "../engine/made.ts";
import { FillTable } from "../engine/markouts/fill-table.ts";
import { inTurn } from "./explain.ts";
import { readTable, type TableBudget, type TableScope, tooManyFills } from "./markout-reading.ts";
import type { Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

export interface MarkoutParts {
  readonly state: State;
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "breathe">;
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
  /** Undefined before it is read for the first time. */
  asOfSeq: number | undefined;
  usedAt: Micros;
}

const BUDGET: TableBudget = { fills: 200_000, marks: 1_200_000 };
/** Tables that are kept, and go on with what is told later; one that nobody asks for is forgotten. */
const KEPT_MAX = 8;
const IDLE_MICROS = 900 * MICROS_PER_SECOND;
/**
 * Fills with the marks that they are held against, read from the log when somebody asks, and kept up with what comes
 * later: a function of the log alone. Off the fold; one at a time, a few may wait (more are refused with `Overloaded`).
 */
export class Markouts {
  readonly #parts: MarkoutParts;
  readonly #inTurn = inTurn();
  readonly #kept = new Map<string, Kept>();
  readonly #budget: TableBudget;

  constructor(parts: MarkoutParts, budget = BUDGET) {
    this.#parts = parts;
    this.#budget = budget;
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
    const isUsable = kept !== undefined && kept.from <= scope.from && (kept.asOfSeq ?? 0) <= asOfSeq;
    if (!isUsable && this.#expected(scope, at) > this.#budget.fills) throw tooManyFills(this.#budget, scope);
    const used = isUsable ? kept : { table: new FillTable(), from: dayOf(scope.from), asOfSeq: undefined, usedAt: at };
    const { table, from, asOfSeq: afterSeq } = used;
    if ((afterSeq ?? 0) < asOfSeq) {
      const { store, timers } = this.#parts;
      const parts = { store, timers, budget: this.#budget };
      await readTable(parts, table, { scope: { ...scope, from }, afterSeq, asOfSeq });
      used.asOfSeq = asOfSeq;
    }
    used.usedAt = at;
    this.#kept.set(key, used);
    this.#forget(at);
    return table;
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
    let [fills, marks] = [0, 0];
    for (const { table } of this.#kept.values()) {
      fills += table.fills.length;
      marks += table.marks;
    }
    for (const [key, { table, usedAt }] of this.#kept) {
      if (this.#kept.size === 1) return;
      const isWithin = fills <= this.#budget.fills && marks <= this.#budget.marks;
      if (now - usedAt <= IDLE_MICROS && this.#kept.size <= KEPT_MAX && isWithin) return;
      fills -= table.fills.length;
      marks -= table.marks;
      this.#kept.delete(key);
    }
  }
}

/** Whole days, so that a window that moves on with the clock finds the table of before. */
const dayOf = (at: Micros): Micros => micros(Math.floor(at / MICROS_PER_DAY) * MICROS_PER_DAY);
