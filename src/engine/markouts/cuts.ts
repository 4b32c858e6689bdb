import { decimalToNumber } from "../../domain/decimal.ts";
import type { MarkoutCut } from "../../protocol/api-execution.ts";
import { type DeskState, instrumentKey } from "../desk-state.ts";
import { termsOf } from "../ledgers.ts";
import type { TableFill, TableInstrument } from "./fill-table.ts";

/** A part of some fills, with what it is called. */
export interface CutPart {
  readonly key: string;
  readonly label?: string | undefined;
  readonly fills: readonly TableFill[];
}

const PARTS_MAX = 50;
const OTHER = "other";
const MICROS_PER_HOUR = 3_600_000_000;
const HOURS_A_DAY = 24;
/** Sizes by their value: from one power of ten to the next. */
const SMALLEST_POWER = 0;
const LARGEST_POWER = 6;

/** Fills in parts: those with most fills first, hours and sizes in their order; beyond 50 parts the rest is one. */
export function cutInto(fills: readonly TableFill[], by: MarkoutCut, desk: DeskState): CutPart[] {
  const groups = new Map<string, TableFill[]>();
  for (const fill of fills) {
    const key = keyOf(fill, by, desk);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fill]);
    else group.push(fill);
  }
  const parts = [...groups].map(
    ([key, group]): CutPart => ({ key, label: labelOf(key, by, group, desk), fills: group }),
  );
  if (by === "hour" || by === "size") return parts.sort((a, b) => placeOf(a.key) - placeOf(b.key));
  parts.sort((a, b) => b.fills.length - a.fills.length || (a.key < b.key ? -1 : 1));
  if (parts.length <= PARTS_MAX) return parts;
  const rest = parts.slice(PARTS_MAX).flatMap((part) => part.fills);
  return [...parts.slice(0, PARTS_MAX), { key: OTHER, fills: rest.sort((a, b) => a.at - b.at || a.seq - b.seq) }];
}

function keyOf(fill: TableFill, by: MarkoutCut, desk: DeskState): string {
  const { venue, symbol } = fill.instrument;
  switch (by) {
    case "bot":
      return fill.bot;
    case "venue":
      return venue;
    case "asset":
      return `${venue}:${symbol}`;
    case "side":
      return fill.side === 1 ? "buy" : "sell";
    case "liquidity":
      return fill.isMaker === undefined ? "unknown" : fill.isMaker ? "maker" : "taker";
    case "size":
      return sizeKey(fill, desk);
    case "hour":
      return String(Math.floor(fill.at / MICROS_PER_HOUR) % HOURS_A_DAY).padStart(2, "0");
  }
}

/** The power of ten that the value of a fill reaches, in the currency of its instrument. */
function sizeKey({ instrument: { venue, symbol }, price, size }: TableFill, desk: DeskState): string {
  const { kind, multiplier } = termsOf(desk, venue, symbol);
  const value = size * decimalToNumber(multiplier) * (kind === "inverse" ? 1 : price);
  const power = Math.floor(Math.log10(value) + ROUNDING);
  return String(Math.min(LARGEST_POWER, Math.max(SMALLEST_POWER, power)));
}

/** 1000 is of the power 3, whatever its logarithm comes out as. */
const ROUNDING = 1e-12;

const placeOf = (key: string): number => Number(key);

function labelOf(key: string, by: MarkoutCut, group: readonly TableFill[], desk: DeskState): string | undefined {
  if (by === "size") return sizeLabel(Number(key));
  if (by === "hour") return `${key}:00 UTC`;
  const [first] = group;
  return by === "asset" && first !== undefined ? titleOf(first.instrument, desk) : undefined;
}

const titleOf = ({ venue, symbol }: TableInstrument, desk: DeskState): string | undefined =>
  desk.instruments.get(instrumentKey(venue, symbol))?.title;

function sizeLabel(power: number): string {
  const bound = (of: number): string => String(10 ** of).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  if (power <= SMALLEST_POWER) return `below ${bound(SMALLEST_POWER + 1)}`;
  return power >= LARGEST_POWER ? `${bound(LARGEST_POWER)} and more` : `${bound(power)} to ${bound(power + 1)}`;
}
