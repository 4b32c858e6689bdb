import { add, type Decimal, decimalToNumber, divide, subtract, ZERO, decimal } from "../../domain/decimal.ts";
import type { AttributionPart } from "../../protocol/api-attribution.ts";
import {
  costOf,
  executionOf,
  NOTHING_OPEN,
  type PartedOpen,
  type PartedSums,
  type PartedTotals,
  sumOfOpen,
  sumOfSums,
} from "./fill-course.ts";

/** What some ledgers made together in one currency; `open` is not known where `openReason` says why. */
export interface PartedMoney extends PartedSums {
  readonly open: PartedOpen;
  readonly openReason: string | undefined;
  /** Of the fills without a mid at arrival: a few of their symbols. */
  readonly unarrivedOf: readonly string[];
}

export const NO_MONEY: PartedMoney = {
  fills: 0,
  unarrived: 0,
  realized: ZERO,
  signal: ZERO,
  unparted: ZERO,
  slippage: ZERO,
  arrived: ZERO,
  volume: ZERO,
  fees: ZERO,
  funding: ZERO,
  open: NOTHING_OPEN,
  openReason: undefined,
  unarrivedOf: [],
};

/** Symbols that are named at most. */
const NAMED_MAX = 3;

/** What a ledger did, its fees and funding as its fills say them. */
export const moneyOfTotals = (totals: PartedTotals, symbol: string): PartedMoney => ({
  ...NO_MONEY,
  ...totals,
  unarrivedOf: totals.unarrived > 0 ? [symbol] : [],
});

/** Σ of both. */
export const sumOfMoney = (a: PartedMoney, b: PartedMoney): PartedMoney => ({
  ...sumOfSums(a, b),
  open: sumOfOpen(a.open, b.open),
  openReason: a.openReason ?? b.openReason,
  unarrivedOf: [...new Set([...a.unarrivedOf, ...b.unarrivedOf])].slice(0, NAMED_MAX + 1),
});

/** Decimals that money is shown with at most: what splitting left behind lies beyond them. */
const SHOWN_SCALE = 10;
const ONE: Decimal = decimal("1");

/** Exact money as a number. */
export const shownMoney = (value: Decimal): number => decimalToNumber(divide(value, ONE, SHOWN_SCALE)) + 0;

/** Net, and the terms that it is made of, as the wire has them. */
export function termsView(money: PartedMoney): Omit<AttributionPart, "open" | "memo"> {
  const { realized, fees, funding, signal, unparted } = money;
  return {
    net: shownMoney(add(subtract(realized, fees), funding)),
    signal: shownMoney(signal),
    execution: shownMoney(executionOf({ realized, signal, unparted })),
    cost: shownMoney(costOf(fees, funding)),
    fees: shownMoney(fees),
    funding: shownMoney(funding),
    residual: shownMoney(unparted),
    residual_reasons: unarrivedReasons(money),
  };
}

/** What lacks a mid at arrival, counted and named. */
export function unarrivedReasons({ unarrived, fills, unarrivedOf }: PartedMoney): string[] {
  if (unarrived === 0) return [];
  const named = unarrivedOf.slice(0, NAMED_MAX).join(", ");
  const more = unarrivedOf.length > NAMED_MAX ? ", …" : "";
  return [`${unarrived} of ${fills} fills without a mid at arrival (${named}${more})`];
}

/** The change of what is not realised, as the wire has it. */
export const openView = ({ open, openReason }: PartedMoney): AttributionPart["open"] =>
  openReason === undefined
    ? {
        unrealized: shownMoney(open.unrealized),
        signal: shownMoney(open.signal),
        execution: shownMoney(open.execution),
        residual: shownMoney(open.unparted),
      }
    : { unrealized: null, signal: null, execution: null, residual: null, reason: openReason };

const BPS = 10_000;

/** What stands beside the terms and is in them already. */
export function memoView(money: PartedMoney): AttributionPart["memo"] {
  const { fills, unarrived, slippage, arrived, volume } = money;
  const moved = decimalToNumber(arrived);
  return {
    slippage: fills > unarrived ? shownMoney(slippage) : null,
    slippage_bps: moved > 0 ? (decimalToNumber(slippage) / moved) * BPS + 0 : null,
    fills,
    fills_without_arrival_mid: unarrived,
    volume: shownMoney(volume),
    orders_placed: null,
    orders_missed: null,
    adverse_selection: null,
    adverse_selection_fills: null,
    adverse_selection_reason: "is read of one bot and range, not of a part of it",
  };
}
