import { MICROS_PER_SECOND, type Micros } from "../../base/time.ts";
import { metricNamed, readMetric } from "../../metrics/catalogue.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import type { ScopeReading } from "../../metrics/scope-reading.ts";
import { RULE_METRICS } from "../../protocol/rule-metrics.ts";
import type { BotState, Mode } from "../bot-state.ts";
import { venuesOfBot } from "../control/concerned.ts";
import type { State } from "../fold.ts";
import { HUB_BOT } from "../read-bots.ts";
import { readNow } from "../read-now.ts";
import { scopeReader } from "../read-scope.ts";
import type { Scope } from "../read-span.ts";
import type { HaltRule, RuleSubject } from "./rule.ts";
import type { SinceStart } from "./since-start.ts";

/** What rules read besides the state. */
export interface RuleContext {
  readonly now: Micros;
  /** When the hub began to listen: no feed was silent before. */
  readonly hubSince: Micros;
  /** Losses in a row by the stored fills of bots that do not report them. */
  readonly streaks: ReadonlyMap<string, Measure>;
  /** What was known when the hub began. */
  readonly sinceStart: SinceStart;
}

/** Everything that a rule looks at now. Bots that have stopped are not looked at. */
export function subjectsOf(state: State, rule: HaltRule): RuleSubject[] {
  if (rule.metric === "feed_age_s") return feedsOf(state, rule);
  if (rule.scope === "desk" && RULE_METRICS[rule.metric].ofDesk)
    return [{ bot: undefined, venue: undefined, target: { all: true } }];
  return botsUnder(state, rule).flatMap((bot) => ofBot(rule, bot, undefined));
}

function botsUnder(state: State, { mode, scope, of }: HaltRule): BotState[] {
  const named = new Set(of);
  return [...state.bots.values()].filter(
    (bot) =>
      bot.bot !== HUB_BOT &&
      bot.mode === mode &&
      bot.said?.status !== "stopped" &&
      (named.size === 0 || named.has((scope === "strategy" ? bot.strategy : bot.bot) ?? "")),
  );
}

function ofBot({ scope }: HaltRule, { bot, strategy }: BotState, venue: string | undefined): RuleSubject[] {
  if (scope === "desk") return [{ bot, venue, target: { all: true } }];
  if (scope === "bot") return [{ bot, venue, target: { bot } }];
  return strategy === undefined ? [] : [{ bot, venue, target: { strategy } }];
}

function feedsOf(state: State, rule: HaltRule): RuleSubject[] {
  if (rule.scope === "bot" || rule.scope === "strategy")
    return botsUnder(state, rule).flatMap((bot) =>
      [...venuesOfBot(state, bot.bot)].flatMap((venue) => ofBot(rule, bot, venue)),
    );
  const named = new Set(rule.of);
  const venues = new Set([...state.desk.feeds.keys(), ...state.samples.feeds.keys()]);
  return [...venues]
    .filter((venue) => named.size === 0 || named.has(venue))
    .map((venue) => ({ bot: undefined, venue, target: rule.scope === "desk" ? { all: true } : { venue } }));
}

/** Reads the values that rules watch, as they are now, or why there is none; what several rules need is read once. */
export function measurer(state: State, context: RuleContext): (rule: HaltRule, subject: RuleSubject) => Measure {
  const readings = new Map<string, ScopeReading>();
  const readingOf = (bot: string | undefined, mode: Mode): ScopeReading => {
    const key = `${mode}\t${bot ?? ""}`;
    const reading = readings.get(key) ?? ofNow(state, context.now, { bot, mode });
    readings.set(key, reading);
    return reading;
  };
  return (rule, { bot, venue }) => {
    if (rule.metric === "feed_age_s") return feedAge(state, rule, { venue: venue ?? "", context });
    const definition = metricNamed(rule.metric);
    if (definition === undefined) return unknown("no such metric");
    const told = readMetric(definition, readingOf(bot, rule.mode));
    if (typeof told.value === "number" && Number.isFinite(told.value)) return told;
    const streak = bot === undefined || rule.metric !== "consecutive_losses" ? undefined : context.streaks.get(bot);
    return streak ?? (told.value === undefined ? told : unknown("no number"));
  };
}

/** What holds now; the past is read only where it is asked for. */
function ofNow(state: State, now: Micros, scope: Scope): ScopeReading {
  let whole: ScopeReading | undefined;
  const all = (): ScopeReading => {
    whole ??= scopeReader(state, now, scope)("now");
    return whole;
  };
  return {
    now: readNow(state, now, scope),
    get span() {
      return all().span;
    },
    get history() {
      return all().history;
    },
    get quality() {
      return all().quality;
    },
    get markouts() {
      return all().markouts;
    },
    get daily() {
      return all().daily;
    },
  };
}

/**
 * Seconds since anything came from a venue; of one that is said to be down, since it was. What was not heard since the hub
 * began may have been silent for long: that is no breach before it has been so for the limit, and is not within it either.
 */
function feedAge(
  state: State,
  { limit }: HaltRule,
  { venue, context: { now, hubSince } }: { readonly venue: string; readonly context: RuleContext },
): Measure {
  const feed = state.desk.feeds.get(venue);
  const heardAt = state.samples.feeds.get(venue)?.lastMessageAt ?? (feed?.connected === false ? feed.at : undefined);
  if (heardAt === undefined) return unknown("nothing was heard of this feed");
  const age = Math.max(0, now - Math.max(heardAt, hubSince)) / MICROS_PER_SECOND;
  if (heardAt < hubSince && age < limit) return unknown("nothing was heard of this feed since the hub started");
  return measured(age, 1);
}
