import { ZERO } from "../domain/decimal.ts";
import { FifoLots } from "../domain/ledger/fifo.ts";
import type { LedgerEntry } from "../domain/ledger/entries.ts";
import {
  type Accounting,
  holdingAt,
  type LedgerPoint,
  NO_FILLS,
  nowOf,
  withEntryBy,
} from "../domain/ledger/holding.ts";
import { trade } from "../domain/ledger/trades.ts";
import type { Ledger } from "./ledgers.ts";
import { isSameAccount } from "./same-account.ts";

interface Course {
  readonly lots: FifoLots;
  readonly accounting: Accounting;
  point: LedgerPoint;
}

/**
 * The ledgers of a bot made from their entries first in, first out, beside those of the fold: what was realised, and each
 * closing, by the age of the lots. Trades from flat to flat make the same either way.
 */
export class FifoLedgers {
  readonly #courses = new Map<string, Course>();

  /** Takes an entry in; those of one ledger come in its order. */
  take(key: string, entry: LedgerEntry): void {
    const course = this.#courses.get(key) ?? courseOf();
    course.point = withEntryBy(course.accounting, course.point, entry);
    this.#courses.set(key, course);
  }

  /** A ledger of the fold whose fills are others than those that were taken; undefined where there is none. */
  unlike(ledgers: Iterable<readonly [string, Ledger]>): Ledger | undefined {
    for (const [key, ledger] of ledgers)
      if (!isSameAccount(nowOf(ledger.holding), closed(this.#courses.get(key)))) return ledger;
    return undefined;
  }

  /** The same ledgers first in, first out. */
  of(ledgers: Iterable<readonly [string, Ledger]>): Map<string, Ledger> {
    const made = new Map<string, Ledger>();
    for (const [key, ledger] of ledgers)
      made.set(key, { ...ledger, holding: holdingAt(closed(this.#courses.get(key))) });
    return made;
  }
}

function courseOf(): Course {
  const lots = new FifoLots();
  return {
    lots,
    accounting: (open, fill) => ({ ...trade(open, fill), closing: lots.take(fill) }),
    point: NO_FILLS,
  };
}

/** What is open is worth what its lots cost. */
function closed(course: Course | undefined): LedgerPoint {
  if (course === undefined) return NO_FILLS;
  const { point, lots } = course;
  return { ...point, open: { ...point.open, position: { quantity: lots.quantity, paid: lots.cost, rest: ZERO } } };
}
