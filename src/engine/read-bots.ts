import { MICROS_PER_SECOND, type Micros, isoFromMicros } from "../base/time.ts";
import type { BotView } from "../protocol/api.ts";
import type { BotState, Said } from "./bot-state.ts";
import { contactsPerMinute } from "./contacts.ts";
import { botHeld } from "./control/effective.ts";
import { strategyOf } from "./bot-strategy.ts";
import type { State } from "./fold.ts";
import { readLiveness } from "./liveness.ts";

/** The bot that the hub's own events speak for; it is not shown among the bots. */
export const HUB_BOT = "deskwatch";

/** Every bot's latest state as of a moment, by name. */
export function readBots(state: State, asOf: Micros, rejected: ReadonlyMap<string, number>): BotView[] {
  return [...botNames(state)].sort().map((bot) => readBot(state, bot, asOf, rejected.get(bot) ?? 0));
}

/** All that were heard of, by facts or by signs of life alone. */
export function botNames(state: State): Set<string> {
  const names = new Set([...state.bots.keys(), ...state.samples.contacts.keys()]);
  names.delete(HUB_BOT);
  return names;
}

export function readBot(state: State, bot: string, asOf: Micros, rejected: number): BotView {
  const facts = state.bots.get(bot);
  const contact = state.samples.contacts.get(bot);
  const said = state.samples.said.get(bot) ?? facts?.said;
  const live = readLiveness(facts, contact, asOf);
  const risk = state.samples.risk.get(bot)?.event ?? facts?.risk;
  return {
    bot,
    mode: facts?.mode ?? "live",
    ...defined({ strategy: facts?.strategy }),
    status: said?.status ?? null,
    liveness: live.liveness,
    stuck: live.stuck,
    last_seen_at: isoFromMicros(live.lastSeenAt),
    last_seen_age_s: round(live.ageS),
    expected_interval_s: live.expectedIntervalS,
    progress: contact?.progress ?? null,
    progress_age_s: contact?.progress === undefined ? null : round((asOf - contact.progressAt) / MICROS_PER_SECOND),
    ...saidFields(said),
    ...defined({ started_at: facts?.startedAt === undefined ? undefined : isoFromMicros(facts.startedAt) }),
    uptime_s: uptime(facts, said, live.liveness, asOf),
    risk: risk === undefined ? {} : riskFields(risk),
    contacts_per_minute: contactsPerMinute(contact, asOf),
    ...countFields(facts),
    rejected,
    ...defined({ control: controlOf(state, bot) }),
    ...defined({ client: contact?.client }),
    ...defined({ last_error: lastError(facts) }),
  };
}

function controlOf(state: State, bot: string): BotView["control"] {
  const { state: control, commands } = botHeld(state.desk, bot, strategyOf(state, bot));
  return commands.length === 0
    ? undefined
    : { state: control, command_ids: commands.map(({ commandId }) => commandId) };
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Only the fields that have a value, as `exactOptionalPropertyTypes` wants them. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

const saidFields = (said: Said | undefined) => ({
  ...defined({
    execution_mode: said?.executionMode,
    version: said?.version,
    config_hash: said?.configHash,
    reason: said?.reason,
  }),
  venues: [...(said?.venues ?? [])] as BotView["venues"],
  counters: { ...said?.counters },
  risk_stats: { ...said?.riskStats },
});

const countFields = (facts: BotState | undefined) => ({
  facts: facts?.facts ?? 0,
  fills: facts?.fills ?? 0,
  open_orders: facts?.openOrders.size ?? 0,
  contradictions: facts?.contradictions ?? 0,
  odd_times: facts?.oddTimes ?? 0,
});

/** What the bot says of its uptime, carried on to `asOf` while it lives; else since its start. */
function uptime(facts: BotState | undefined, said: Said | undefined, liveness: string, asOf: Micros): number | null {
  const running = liveness === "alive" || liveness === "stale";
  if (said?.uptimeS !== undefined)
    return round(said.uptimeS + (running ? Math.max(0, asOf - said.at) / MICROS_PER_SECOND : 0));
  if (facts?.startedAt === undefined || !running) return null;
  return round(Math.max(0, asOf - facts.startedAt) / MICROS_PER_SECOND);
}

function riskFields(risk: object): Record<string, unknown> {
  const envelope = new Set(["type", "bot", "ts", "id", "v", "mode", "strategy", "account", "tags"]);
  return Object.fromEntries(Object.entries(risk).filter(([name]) => !envelope.has(name)));
}

const lastError = (facts: BotState | undefined): BotView["last_error"] =>
  facts?.lastError === undefined
    ? undefined
    : { code: facts.lastError.code, message: facts.lastError.message, at: isoFromMicros(facts.lastError.at) };
