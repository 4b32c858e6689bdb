import type { Micros } from "../base/time.ts";
import { add, type Decimal, decimal, multiply } from "../domain/decimal.ts";
import { instrumentKey } from "./desk-state.ts";
import type { State } from "./fold.ts";

const HALF = decimal("0.5");

/** A price that things are valued at, and the moment that it is of. */
export interface Mark {
  readonly price: Decimal;
  readonly at: Micros;
}

/** The newest mark of an instrument, else the mid of its newest book. */
export function markOf(state: Pick<State, "samples">, venue: string, symbol: string): Mark | undefined {
  const key = instrumentKey(venue, symbol);
  const mark = state.samples.marks.get(key);
  if (mark !== undefined) return { price: decimal(mark.event.price), at: mark.at };
  const book = state.samples.books.get(key);
  const bid = best(book?.event.bids, (price, than) => price > than);
  const ask = best(book?.event.asks, (price, than) => price < than);
  if (book === undefined || bid === undefined || ask === undefined) return undefined;
  return { price: multiply(add(decimal(bid), decimal(ask)), HALF), at: book.at };
}

/** The price at which what is held of an instrument is valued; undefined where there is neither a mark nor a book. */
export const markPriceOf = (samples: State["samples"], venue: string, symbol: string): Decimal | undefined =>
  markOf({ samples }, venue, symbol)?.price;

type Levels = readonly (readonly [string, string])[];

function best(levels: Levels | undefined, isBetter: (price: number, than: number) => boolean): string | undefined {
  let found: string | undefined;
  for (const [price, size] of levels ?? [])
    if (size !== "0" && (found === undefined || isBetter(Number(price), Number(found)))) found = price;
  return found;
}
