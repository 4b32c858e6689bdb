import { decimalToNumber } from "../../domain/decimal.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import type { DeskState } from "../desk-state.ts";
import { termsOf } from "../ledgers.ts";
import type { TableFill } from "./fill-table.ts";

/** What fills of one instrument say of their own execution: as `qualityOf` has it from the fold. */
export interface SaidQuality {
  readonly avgMarkoutIn: Measure;
  readonly avgMarkoutOut: Measure;
  readonly spreadCaptureBps: Measure;
}

/** Of fills of one instrument, from the log. */
export function saidQuality(fills: readonly TableFill[], desk: DeskState): SaidQuality {
  const captured = fills.filter(({ saidMid }) => !Number.isNaN(saidMid));
  const capture = captured.reduce((sum, { side, saidMid, price }) => sum + (side * (saidMid - price)) / saidMid, 0);
  return {
    avgMarkoutIn: markoutOf(fills, desk, true),
    avgMarkoutOut: markoutOf(fills, desk, false),
    spreadCaptureBps:
      captured.length === 0
        ? unknown("no fill says the mid")
        : measured((10_000 * capture) / captured.length, captured.length),
  };
}

function markoutOf(fills: readonly TableFill[], desk: DeskState, isMaker: boolean): Measure {
  const held = fills.filter(({ saidMaker, reference }) => saidMaker === isMaker && !Number.isNaN(reference));
  const [first] = held;
  const n = held.length;
  if (first === undefined) return unknown(`no ${isMaker ? "maker" : "taker"} fill says a reference price`);
  const { kind, multiplier, currency } = termsOf(desk, first.instrument.venue, first.instrument.symbol);
  if (kind === "inverse") return unknown("of inverse contracts it is not added up", n);
  if (held.some(({ fee, feeCurrency }) => Number.isNaN(fee) || (feeCurrency ?? currency) !== currency))
    return unknown("not every fill says its fee in the currency of its price", n);
  const scale = decimalToNumber(multiplier);
  let [gained, notional] = [0, 0];
  for (const { side, reference, price, size, fee } of held) {
    gained += side * (reference - price) * size * scale - fee;
    notional += price * size * scale;
  }
  return notional > 0 ? measured(gained / notional, n) : unknown("the fills are worth nothing", n);
}
