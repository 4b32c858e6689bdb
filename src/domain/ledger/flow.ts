import { type Decimal, ZERO, add, sign, subtract } from "../decimal.ts";

/** What came in and what went out of one currency, both ≥ 0. */
export interface Flow {
  readonly received: Decimal;
  readonly paid: Decimal;
}

export const NO_FLOW: Flow = { received: ZERO, paid: ZERO };

/** With a signed amount more: > 0 received, < 0 paid. */
export const withFlow = (flow: Flow, amount: Decimal): Flow => {
  const direction = sign(amount);
  if (direction === 0) return flow;
  const { received, paid } = flow;
  return direction < 0 ? { received, paid: subtract(paid, amount) } : { received: add(received, amount), paid };
};

/** With a fee more: > 0 paid, < 0 received. */
export function lessFee(flow: Flow, fee: Decimal): Flow {
  const direction = sign(fee);
  if (direction === 0) return flow;
  const { received, paid } = flow;
  return direction > 0 ? { received, paid: add(paid, fee) } : { received: subtract(received, fee), paid };
}

export const sumOfFlows = (a: Flow, b: Flow): Flow => ({
  received: add(a.received, b.received),
  paid: add(a.paid, b.paid),
});

/** Received less paid. */
export const netOf = ({ received, paid }: Flow): Decimal => subtract(received, paid);
