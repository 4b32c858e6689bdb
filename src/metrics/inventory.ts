import { type Measure, measured, unknown } from "./measure.ts";
import { addTo, emptySum, type Sum, sumOf } from "./sum.ts";

/**
 * Inventory of one instrument over time (metrics.md §5): averages weighted by how long each position was held. Plain
 * data; times in any one unit, not falling.
 */
export interface Inventory {
  from: number | undefined;
  at: number;
  quantity: number;
  price: number;
  readonly absolute: Sum;
  readonly signed: Sum;
  readonly value: Sum;
  readonly traded: Sum;
  maxQuantity: number;
  maxValue: number;
  changes: number;
}

export const emptyInventory = (): Inventory => ({
  from: undefined,
  at: 0,
  quantity: 0,
  price: 0,
  absolute: emptySum(),
  signed: emptySum(),
  value: emptySum(),
  traded: emptySum(),
  maxQuantity: 0,
  maxValue: 0,
  changes: 0,
});

/** A position from its moment on. */
export interface Held {
  readonly at: number;
  /** Signed. */
  readonly quantity: number;
  /** Values what is held until the next change. */
  readonly price: number;
  /** What traded to get there; 0 when only the price moved. */
  readonly tradedSize: number;
}

/** Takes a change in, in place. */
export function hold(inventory: Inventory, { at, quantity, price, tradedSize }: Held): void {
  inventory.from ??= at;
  if (inventory.changes > 0) {
    const passed = at - inventory.at;
    addTo(inventory.absolute, Math.abs(inventory.quantity) * passed);
    addTo(inventory.signed, inventory.quantity * passed);
    addTo(inventory.value, Math.abs(inventory.quantity) * inventory.price * passed);
  }
  inventory.at = at;
  inventory.quantity = quantity;
  inventory.price = price;
  inventory.changes++;
  addTo(inventory.traded, Math.abs(tradedSize) * price);
  inventory.maxQuantity = Math.max(inventory.maxQuantity, Math.abs(quantity));
  inventory.maxValue = Math.max(inventory.maxValue, Math.abs(quantity) * price);
}

const NOTHING_HELD = "nothing was held";

/** Average of |position| up to `at`. */
export const averageInventory = (inventory: Inventory, at: number): Measure =>
  weighted(inventory, at, inventory.absolute, Math.abs(inventory.quantity));

/** Average of the signed position up to `at`. */
export const averageSignedInventory = (inventory: Inventory, at: number): Measure =>
  weighted(inventory, at, inventory.signed, inventory.quantity);

/** Average of |position| × price up to `at`. */
export const averageInventoryValue = (inventory: Inventory, at: number): Measure =>
  weighted(inventory, at, inventory.value, Math.abs(inventory.quantity) * inventory.price);

export const maxInventory = ({ changes, maxQuantity }: Inventory): Measure =>
  changes === 0 ? unknown(NOTHING_HELD) : measured(maxQuantity, changes);

export const maxInventoryValue = ({ changes, maxValue }: Inventory): Measure =>
  changes === 0 ? unknown(NOTHING_HELD) : measured(maxValue, changes);

/** Traded value, both sides, ÷ average value held. */
export function inventoryTurnover(inventory: Inventory, at: number): Measure {
  const held = averageInventoryValue(inventory, at);
  if (typeof held.value !== "number") return held;
  return held.value === 0
    ? unknown(NOTHING_HELD, inventory.changes)
    : measured(sumOf(inventory.traded) / held.value, inventory.changes);
}

function weighted({ from, at: last, changes }: Inventory, at: number, sum: Sum, now: number): Measure {
  if (from === undefined) return unknown(NOTHING_HELD);
  if (at <= from) return unknown("no time has passed", changes);
  return measured((sumOf(sum) + now * (at - last)) / (at - from), changes);
}
