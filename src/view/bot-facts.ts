import type { BotView } from "../protocol/api.ts";
import { count, fixed } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";
import { moment } from "./time-format.ts";

/** A name and what is known under it. */
export interface NamedValue {
  readonly term: string;
  readonly shown: Shown;
}

/** What is known of a bot besides its state and its ages, at the reader's `nowMs`. */
export function botFacts(bot: BotView, nowMs: number): NamedValue[] {
  const started = bot.started_at === undefined ? unknownValue("no bot.started came") : moment(bot.started_at, nowMs);
  const progress = bot.progress === null ? unknownValue("its heartbeats carry no progress") : count(bot.progress);
  return [
    { term: "Started, UTC", shown: started },
    { term: "Progress", shown: progress },
    { term: "Strategy", shown: given(bot.strategy) },
    { term: "Execution", shown: given(bot.execution_mode) },
    { term: "Version", shown: given(bot.version) },
    { term: "Facts stored", shown: count(bot.facts) },
    { term: "Fills", shown: count(bot.fills) },
    { term: "Open orders", shown: count(bot.open_orders) },
    { term: "Rejected events", shown: suspicious(bot.rejected) },
    { term: "Contradictions", shown: suspicious(bot.contradictions) },
    { term: "Odd times", shown: suspicious(bot.odd_times) },
    { term: "Dropped by its reporter", shown: droppedEvents(bot) },
  ];
}

/** How many events the bot's reporter could neither send nor keep. */
export function droppedEvents({ client }: BotView): Shown {
  if (client === undefined) return unknownValue("the bot's reporter sends no counters");
  const { sent, dropped, spooled } = client;
  const full = `${fixed(sent, 0)} sent, ${fixed(dropped, 0)} dropped, ${fixed(spooled, 0)} kept on disk`;
  return { ...suspicious(dropped), full };
}

/** A count that is amber above zero. */
export const suspicious = (value: number): Shown => ({ ...count(value), tone: value > 0 ? "stale" : "neutral" });

const given = (value: string | undefined): Shown =>
  value === undefined ? unknownValue("the bot gave none") : plain(value);
