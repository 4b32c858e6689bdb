import type { Micros } from "../../base/time.ts";
import { type Decimal, decimal, isZero } from "../../domain/decimal.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { comparedKey, type ComparedPlace } from "./compared.ts";

/** A difference that was told and is not over. */
export interface ToldDifference {
  readonly difference: Decimal;
  readonly ours: Decimal;
  readonly theirs: Decimal;
  readonly since: Micros;
  readonly seq: number;
  /** What it is of. */
  readonly place: ComparedPlace;
}

const TOLD_MAX = 10_000;

/** A told difference into what the fold keeps: one of 0 ends it. */
export function takeReconciliation(
  state: Map<string, ToldDifference>,
  event: EventOf<"reconciliation">,
  { ts, seq }: { readonly ts: Micros; readonly seq: number },
): void {
  const { kind, mode = "live", venue, of_bots: bots = [], symbol = "", account, currency, date } = event;
  const place = { kind, mode, venue, bots, symbol, account, currency, date };
  const key = comparedKey(place);
  const before = state.get(key);
  const difference = decimal(event.difference);
  if (isZero(difference)) state.delete(key);
  else if (before !== undefined || state.size < TOLD_MAX)
    state.set(key, {
      difference,
      ours: decimal(event.ours),
      theirs: decimal(event.theirs),
      since: before?.since ?? ts,
      seq,
      place,
    });
}
