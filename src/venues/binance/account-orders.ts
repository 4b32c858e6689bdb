import { micros } from "../../base/time.ts";
import type { VenueOrder, VenueReading } from "../../domain/venue-account.ts";
import { exact, isText, type Json, listOf } from "./account-fields.ts";

/** An order that waits for its trigger; `actualOrderId` once it was triggered. */
export interface Conditional extends VenueOrder {
  readonly actualOrderId: string | undefined;
}

type Read<T> = Extract<VenueReading<T>, { readonly ok: true }>;

/** What `GET /fapi/v1/openOrders` lists; undefined when an entry cannot be read: a part of the list is none. */
export const ordersIn = (body: unknown): VenueOrder[] | undefined => listOf(body, orderOf);

/**
 * What `GET /fapi/v1/openAlgoOrders` lists: stops, take-profits and trailing stops, which stand in no other list before
 * they are triggered. Undefined when an entry cannot be read.
 */
export const conditionalsIn = (body: unknown): Conditional[] | undefined => listOf(body, conditionalOf);

/** All that rests, as old as the older of the two lists. One that was triggered in between counts once. */
export function openOrdersOf(
  conditionals: Read<readonly Conditional[]>,
  orders: Read<readonly VenueOrder[]>,
): Read<readonly VenueOrder[]> {
  const resting = new Set(orders.value.map(({ orderId }) => orderId));
  const waiting = conditionals.value
    .filter(({ actualOrderId }) => actualOrderId === undefined || !resting.has(actualOrderId))
    .map(({ actualOrderId: _actual, ...order }) => order);
  return { ok: true, at: micros(Math.min(conditionals.at, orders.at)), value: [...waiting, ...orders.value] };
}

function orderOf(entry: Json): VenueOrder | undefined {
  const { clientOrderId, price } = entry;
  const [orderId, size, filledSize] = [idOf(entry["orderId"]), exact(entry["origQty"]), exact(entry["executedQty"])];
  const place = placeOf(entry);
  if (place === undefined || orderId === undefined || size === undefined) return undefined;
  return {
    orderId,
    ...(isText(clientOrderId) ? { clientOrderId } : {}),
    ...place,
    ...(size === "0" ? ALL_OF_IT : { size }),
    ...priceOf(price),
    ...(filledSize === undefined ? {} : { filledSize }),
  };
}

function conditionalOf(entry: Json): Conditional | undefined {
  const { clientAlgoId, price, closePosition } = entry;
  const [orderId, size] = [idOf(entry["algoId"]), exact(entry["quantity"])];
  const place = placeOf(entry);
  const closesAll = closePosition === true || closePosition === "true" || size === "0";
  if (place === undefined || orderId === undefined || (size === undefined && !closesAll)) return undefined;
  return {
    orderId,
    ...(isText(clientAlgoId) ? { clientOrderId: clientAlgoId } : {}),
    ...place,
    ...(size === undefined || closesAll ? ALL_OF_IT : { size }),
    ...priceOf(price),
    actualOrderId: idOf(entry["actualOrderId"]),
  };
}

/** It closes all that is held, and names no size. */
const ALL_OF_IT = { size: "1", closesAll: true } as const;

function placeOf({ symbol, side }: Json): Pick<VenueOrder, "symbol" | "side"> | undefined {
  if (!isText(symbol) || (side !== "BUY" && side !== "SELL")) return undefined;
  return { symbol, side: side === "BUY" ? "buy" : "sell" };
}

/** Ids have more digits than a double: they come as text, small ones as numbers. */
const idOf = (id: unknown): string | undefined => (typeof id === "number" ? String(id) : isText(id) ? id : undefined);

function priceOf(said: unknown): Pick<VenueOrder, "price"> {
  const price = exact(said);
  return price === undefined || price === "0" ? {} : { price };
}
