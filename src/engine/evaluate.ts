import { MICROS_PER_SECOND, type Micros, isoFromMicros, micros } from "../base/time.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { alertKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { liveFeed } from "./live-feed.ts";
import { readLiveness } from "./liveness.ts";
import { HUB_BOT } from "./read-bots.ts";

type AlertEvent = EventOf<"alert.raised"> | EventOf<"alert.resolved">;

interface Condition {
  readonly rule: string;
  readonly severity: EventOf<"alert.raised">["severity"];
  readonly scope: Record<string, string>;
  readonly value: number;
  readonly threshold: number;
  readonly message: string;
}

/** A connection may come back by itself: only then is a feed that is down an alarm. */
const FEED_DOWN_AFTER_S = 30;

/**
 * The events that the passing of time proposes: an alert for each silence that began and a resolution for each that
 * ended. Nothing is changed here; what is proposed is appended and folded like any event. `hubSince` is when the hub
 * began to listen: nobody can be blamed for silence before it.
 */
export function evaluate(state: State, now: Micros, hubSince: Micros): AlertEvent[] {
  const standing = new Map<string, Condition>();
  for (const condition of conditions(state, now, hubSince))
    standing.set(alertKey(condition.rule, condition.scope), condition);
  const proposed: AlertEvent[] = [];
  for (const [key, condition] of standing) if (!state.desk.alerts.has(key)) proposed.push(raised(condition, now));
  for (const [key, alert] of state.desk.alerts)
    if (!standing.has(key) && RULES.has(alert.rule))
      proposed.push({
        ...envelope("alert.resolved", now),
        alert_id: alert.alertId,
        rule: alert.rule,
        severity: alert.severity,
        scope: { ...alert.scope },
        message: `Over: ${alert.message}`,
      });
  return proposed;
}

const RULES: ReadonlySet<string> = new Set(["bot_silent", "bot_stuck", "feed_down"]);

function* conditions(state: State, now: Micros, hubSince: Micros): Generator<Condition> {
  for (const bot of state.bots.values()) {
    if (!bot.declared && state.samples.contacts.get(bot.bot)?.intervalS === undefined) continue;
    yield* botConditions(state, bot.bot, now, hubSince);
  }
  for (const feed of state.desk.feeds.values()) {
    const ageS = (now - Math.max(feed.at, hubSince)) / MICROS_PER_SECOND;
    if (feed.connected !== false || ageS < FEED_DOWN_AFTER_S || liveFeed(state, feed.venue, now) === undefined)
      continue;
    const message = `Feed of ${feed.venue} is down since ${isoFromMicros(feed.at)}`;
    yield {
      rule: "feed_down",
      severity: "high",
      scope: { venue: feed.venue },
      value: ageS,
      threshold: FEED_DOWN_AFTER_S,
      message,
    };
  }
}

function* botConditions(state: State, name: string, now: Micros, hubSince: Micros): Generator<Condition> {
  const bot = state.bots.get(name);
  const contact = state.samples.contacts.get(name);
  const reading = readLiveness(bot, contact, now);
  const scope = { bot: name };
  const silentS = (now - Math.max(reading.lastSeenAt, hubSince)) / MICROS_PER_SECOND;
  if (reading.liveness !== "stopped" && reading.liveness !== "alive" && silentS > reading.staleAfterS)
    yield {
      rule: "bot_silent",
      severity: "high",
      scope,
      value: silentS,
      threshold: reading.staleAfterS,
      message: `${name} is silent since ${isoFromMicros(micros(Math.max(reading.lastSeenAt, 0)))}`,
    };
  if (reading.stuck && contact !== undefined)
    yield {
      rule: "bot_stuck",
      severity: "high",
      scope,
      value: (now - contact.progressAt) / MICROS_PER_SECOND,
      threshold: reading.staleAfterS,
      message: `${name} sends heartbeats but makes no progress since ${isoFromMicros(contact.progressAt)}`,
    };
}

const envelope = <T extends AlertEvent["type"]>(type: T, now: Micros) => ({
  type,
  bot: HUB_BOT,
  ts: isoFromMicros(now),
  mode: "live" as const,
});

const raised = (condition: Condition, now: Micros): EventOf<"alert.raised"> => ({
  ...envelope("alert.raised", now),
  alert_id: `${condition.rule}:${Object.values(condition.scope).join(":")}:${now}`,
  unit: "s",
  ...condition,
  value: Math.round(condition.value),
});
