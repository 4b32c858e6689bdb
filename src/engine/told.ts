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
    case "order.filled": {
      const { fills, orders, feeds, reconnects } = state.told.get(mode) ?? NOTHING_TOLD;
      state.told.set(mode, { fills: fills + 1, orders, feeds, reconnects });
      return;
    }
    case "order.placed":
    case "orders.snapshot": {
      const { fills, orders, feeds, reconnects } = state.told.get(mode) ?? NOTHING_TOLD;
      state.told.set(mode, { fills, orders: orders + 1, feeds, reconnects });
      return;
    }
    case "feed": {
      const { fills, orders, feeds, reconnects } = state.told.get(mode) ?? NOTHING_TOLD;
      const more = event.kind === "reconnecting" ? 1 : 0;
      state.told.set(mode, { fills, orders, feeds: feeds + 1, reconnects: reconnects + more });
      return;
    }
    case "calibration":
      state.calibrations.set(calibrationKey(mode, event.kind), event);
      return;
    default:
      return;
  }
}
