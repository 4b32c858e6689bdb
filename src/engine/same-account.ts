import { type Decimal, compare, subtract } from "../domain/decimal.ts";
import { heldCost } from "../domain/ledger/average-cost.ts";
import type { Flow } from "../domain/ledger/flow.ts";
import type { LedgerPoint } from "../domain/ledger/holding.ts";

/**
 * Whether two accounts of an instrument come from the same fills, whatever accounting they were made by: as many, what is
 * held, the money that they moved, and what they said of fees, funding and the side of the book.
 */
export const isSameAccount = (a: LedgerPoint, b: LedgerPoint): boolean =>
  a.all.fills === b.all.fills &&
  a.all.settlements === b.all.settlements &&
  a.all.makerFills === b.all.makerFills &&
  a.all.takerFills === b.all.takerFills &&
  compare(a.open.position.quantity, b.open.position.quantity) === 0 &&
  compare(movedBy(a), movedBy(b)) === 0 &&
  isSameFlow(a.all.fees, b.all.fees) &&
  isSameFlow(a.all.funding, b.all.funding) &&
  a.all.otherFees.length === b.all.otherFees.length &&
  a.all.otherFees.every(({ currency, fees }) =>
    b.all.otherFees.some((other) => other.currency === currency && isSameFlow(fees, other.fees)),
  );

const movedBy = ({ all, open }: LedgerPoint): Decimal => subtract(all.realized, heldCost(open.position));

const isSameFlow = (a: Flow, b: Flow): boolean =>
  compare(a.received, b.received) === 0 && compare(a.paid, b.paid) === 0;
