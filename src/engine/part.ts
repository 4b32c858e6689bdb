import type { DeskState } from "./desk-state.ts";
import { instrumentKey } from "./desk-state.ts";

/** A part of what was traded: at one venue, of one asset, or both. */
export interface Part {
  readonly venue?: string | undefined;
  /** The base of instruments, or a symbol: without an instrument event a symbol is its own asset. */
  readonly asset?: string | undefined;
}

/** Whether it leaves anything out. */
export const isPartial = ({ venue, asset }: Part): boolean => venue !== undefined || asset !== undefined;

/** What an instrument is of: its base as an instrument event names it, else its symbol. */
export const assetOf = ({ instruments }: Pick<DeskState, "instruments">, venue: string, symbol: string): string =>
  instruments.get(instrumentKey(venue, symbol))?.base ?? symbol;

/** Whether an instrument belongs to a part. */
export const isInPart = (desk: Pick<DeskState, "instruments">, part: Part, venue: string, symbol: string): boolean =>
  (part.venue === undefined || part.venue === venue) &&
  (part.asset === undefined || part.asset === symbol || part.asset === assetOf(desk, venue, symbol));
