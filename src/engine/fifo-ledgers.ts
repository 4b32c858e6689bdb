import { type Decimal, compare, subtract } from "../domain/decimal.ts";
import { FifoLots } from "../domain/ledger/fifo.ts";
import {
  type Accounting,
  holdingAt,
  type LedgerEntry,
  type LedgerPoint,
  NO_FILLS,
  nowOf,
  withEntryBy,
} from "../domain/ledger/holding.ts";
import { trade } from "../domain/ledger/trades.ts";
import type { Ledger } from "./ledgers.ts";

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
  readonly #ledgers: ReadonlyMap<string, Ledger>;
  readonly #courses = new Map<string, Course>();

  /** `ledgers` of the fold at the moment that the entries end at. */
  constructor(ledgers: ReadonlyMap<string, Ledger>) {
    this.#ledgers = ledgers;
  }

  /** Takes an entry in; those of one ledger come in its order. */
  take(key: string, entry: LedgerEntry): void {
    const course = this.#courses.get(key) ?? courseOf();
    course.point = withEntryBy(course.accounting, course.point, entry);
    this.#courses.set(key, course);
  }

  /** The ledgers first in, first out; or one of them whose entries do not add up to what the fold has of it. */
  result(): ReadonlyMap<string, Ledger> | { readonly unlike: Ledger } {
    const made = new Map<string, Ledger>();
    for (const [key, ledger] of this.#ledgers) {
      const point = closed(this.#courses.get(key));
      if (!isOfOnePiece(nowOf(ledger.holding), point)) return { unlike: ledger };
      made.set(key, { ...ledger, holding: holdingAt(point) });
    }
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
  return { ...point, open: { ...point.open, position: { quantity: lots.quantity, cost: lots.cost } } };
}

/** Both come from the same fills: as many, what is held, and the money that they moved. */
const isOfOnePiece = (a: LedgerPoint, b: LedgerPoint): boolean =>
  a.all.fills === b.all.fills &&
  compare(a.open.position.quantity, b.open.position.quantity) === 0 &&
  compare(movedBy(a), movedBy(b)) === 0;

const movedBy = ({ all, open }: LedgerPoint): Decimal => subtract(all.realized, open.position.cost);
