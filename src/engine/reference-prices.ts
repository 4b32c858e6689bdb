import { numberOfText } from "../domain/decimal.ts";
import type { EventOf } from "../protocol/event-types.ts";

/**
 * The prices that fills are held against, and which of several counts (metrics.md §1):
 *
 * - the mid of a mark: the middle of its bid and ask, else its price;
 * - the mid at a fill: `mid` of the fill, for its bot saw it; else the recorded mark that stood then;
 * - the reference price of `avg_markout_in` and `avg_markout_out`: `reference_price` of the fill, else its `mid`;
 * - the mid at arrival, of slippage: `arrival_mid` of the fill, else that of its order (`slippageBps`).
 */
export function midOfMark({ price, bid, ask }: Pick<EventOf<"mark">, "price" | "bid" | "ask">): number {
  if (bid === undefined || ask === undefined) return Number(price);
  const [low, high] = [Number(bid), Number(ask)];
  return low > 0 && low <= high ? (low + high) / 2 : Number(price);
}

type SaidPrices = Pick<EventOf<"fill">, "mid" | "reference_price">;

/** What the bot says the mid was; undefined where it does not, or says 0. */
export const midOfFill = ({ mid }: SaidPrices): number | undefined => positive(mid);

/** What the fill is to be held against, as its bot says; undefined where it says neither. */
export const referencePriceOf = ({ reference_price: reference, mid }: SaidPrices): number | undefined =>
  positive(reference) ?? positive(mid);

function positive(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = numberOfText(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
