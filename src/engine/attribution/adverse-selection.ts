import { decimalToNumber } from "../../domain/decimal.ts";
import { MARKOUT_HORIZONS_S } from "../../protocol/api-execution.ts";
import type { DeskState } from "../desk-state.ts";
import { termsOf, unnamedCurrency } from "../ledgers.ts";
import type { TableFill } from "../markouts/fill-table.ts";

/** What the mid did to fills in the 30 s after them, in money: < 0 was against them. */
export interface AdverseSelection {
  readonly amount: number;
  /** Fills with a mid of their own and a mark 30 s later. */
  readonly fills: number;
}

const HORIZON_S = 30;
/** `mids` of a fill begin with the fill itself. */
const PLACE = MARKOUT_HORIZONS_S.indexOf(HORIZON_S) + 1;

/** By the currency of the profit. */
export function adverseSelection(fills: readonly TableFill[], desk: DeskState): ReadonlyMap<string, AdverseSelection> {
  const found = new Map<string, AdverseSelection>();
  for (const { instrument, side, size, mids } of fills) {
    const [mid, later] = [mids[0] ?? Number.NaN, mids[PLACE] ?? Number.NaN];
    if (!(mid > 0) || !(later > 0)) continue;
    const {
      kind,
      multiplier,
      currency = unnamedCurrency(instrument.symbol),
    } = termsOf(desk, instrument.venue, instrument.symbol);
    const contracts = size * decimalToNumber(multiplier);
    const moved = kind === "inverse" ? contracts / mid - contracts / later : contracts * (later - mid);
    const before = found.get(currency) ?? { amount: 0, fills: 0 };
    found.set(currency, { amount: before.amount + side * moved, fills: before.fills + 1 });
  }
  return found;
}
