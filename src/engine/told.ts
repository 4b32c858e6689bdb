import type { DeskEvent, EventOf } from "../protocol/event-types.ts";
import type { BotState, Mode } from "./bot-state.ts";

/** How often a bot told of something in one mode. Counts of statements: none is ever taken back. */
export interface Told {
  readonly mode: Mode;
  /** Fills, those voided later included. */
  fills: number;
  /** Orders placed, and lists of all that rest. */
  orders: number;
  /** Statements of feeds, and those of them that said `reconnecting`. */
  feeds: number;
  reconnects: number;
}

const nothingTold = (mode: Mode): Told => ({ mode, fills: 0, orders: 0, feeds: 0, reconnects: 0 });

/** What a bot told in one mode. */
export const toldOf = ({ told }: BotState, mode: Mode): Readonly<Told> =>
  told.find((each) => each.mode === mode) ?? nothingTold(mode);

/** The same, to be changed in place. */
export function toldIn({ told }: BotState, mode: Mode): Told {
  for (const each of told) if (each.mode === mode) return each;
  const first = nothingTold(mode);
  told.push(first);
  return first;
}

/** The newest calibration of a kind, by mode. */
export const calibrationKey = (mode: Mode, kind: EventOf<"calibration">["kind"]): string => `${mode}\t${kind}`;

/** Counts a fact of this bot, in place, and keeps the newest calibration of each kind. */
export function noteTold(state: BotState, mode: Mode, event: DeskEvent): void {
  switch (event.type) {
    case "fill":
    case "order.filled":
      toldIn(state, mode).fills++;
      return;
    case "order.placed":
    case "orders.snapshot":
      toldIn(state, mode).orders++;
      return;
    case "feed": {
      const told = toldIn(state, mode);
      told.feeds++;
      if (event.kind === "reconnecting") told.reconnects++;
      return;
    }
    case "calibration":
      state.calibrations.set(calibrationKey(mode, event.kind), event);
      return;
    default:
      return;
  }
}
