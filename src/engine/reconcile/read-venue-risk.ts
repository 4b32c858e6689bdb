import { measured, unknown } from "../../metrics/measure.ts";
import type { Reading } from "../../metrics/scope-reading.ts";
import type { BotState, Mode } from "../bot-state.ts";
import type { State } from "../fold.ts";
import type { VenueRead } from "../venue-readings.ts";
import { comparePositions } from "./compare-positions.ts";

const NOT_READ = "no account of the bot is read at a venue";

function readsOf(bot: BotState | undefined, mode: Mode): VenueRead[] {
  return bot === undefined ? [] : [...bot.venueReads.values()].filter((read) => read.mode === mode);
}

/** The largest drift of any instrument between our ledger and the venues; what is dust is none. A ratio. */
export function venueDrift(state: State, bot: BotState | undefined, mode: Mode): Reading {
  const reads = readsOf(bot, mode).filter(({ positions }) => positions !== undefined);
  if (reads.length === 0) return unknown(NOT_READ);
  const rows = reads.flatMap((read) => comparePositions(state, read));
  return {
    ...measured(
      rows.reduce((worst, { drift }) => Math.max(worst, drift), 0),
      Math.max(1, rows.length),
    ),
    source: "computed",
  };
}

/** The smallest margin ratio of the bot's accounts, as their venues tell it. */
export function venueMargin(bot: BotState | undefined, mode: Mode): Reading {
  const ratios = readsOf(bot, mode).flatMap(({ balance }) => balance?.event.margin_ratio ?? []);
  if (ratios.length === 0) return unknown("no account of the bot at a venue tells a margin ratio");
  return { ...measured(Math.min(...ratios), ratios.length), source: "computed" };
}
