import type { DeskEvent, EventOf } from "../protocol/event-types.ts";
import type { BotState, Mode } from "./bot-state.ts";

/** How often a bot told of something in one mode. Counts of statements: none is ever taken back. */
export interface Told {
  /** Fills, those voided later included. */
  readonly fills: number;
  /** Orders placed, and lists of all that rest. */
  readonly orders: number;
  /** Statements of feeds, and those of them that said `reconnecting`. */
  readonly feeds: number;
  readonly reconnects: number;
}

export const NOTHING_TOLD: Told = { fills: 0, orders: 0, feeds: 0, reconnects: 0 };

/** The newest calibration of a kind, by mode. */
export const calibrationKey = (mode: Mode, kind: EventOf<"calibration">["kind"]): string => `${mode}\t${kind}`;

/** Counts a fact of this bot, in place, and keeps the newest calibration of each kind. */
export function noteTold(state: BotState, event: DeskEvent): void {
  const mode = event.mode ?? "live";
  switch (event.type) {
    case "fill":
    case "order.filled":
      return count(state, mode, { fills: 1 });
    case "order.placed":
    case "orders.snapshot":
      return count(state, mode, { orders: 1 });
    case "feed":
      return count(state, mode, { feeds: 1, reconnects: event.kind === "reconnecting" ? 1 : 0 });
    case "calibration":
      state.calibrations.set(calibrationKey(mode, event.kind), event);
      return;
    default:
      return;
  }
}

function count(state: BotState, mode: Mode, { fills = 0, orders = 0, feeds = 0, reconnects = 0 }: Partial<Told>): void {
  const before = state.told.get(mode) ?? NOTHING_TOLD;
  state.told.set(mode, {
    fills: before.fills + fills,
    orders: before.orders + orders,
    feeds: before.feeds + feeds,
    reconnects: before.reconnects + reconnects,
  });
}
