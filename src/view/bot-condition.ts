import type { BotView } from "../protocol/api.ts";
import { controlMark } from "./control-words.ts";
import type { StateMark } from "./health-lines.ts";
import type { Tone } from "./shown.ts";
import { age } from "./time-format.ts";

/** The one word that says how a bot is: of all that holds, what matters most. */
export type BotWord =
  | "offline"
  | "error"
  | "halted"
  | "stale"
  | "stuck"
  | "reducing"
  | "paused"
  | "running"
  | "alive"
  | "stopped";

/** A bot's condition with its sign, tone and rank; the worst have the lowest rank. */
export interface BotCondition {
  readonly word: BotWord;
  readonly sign: string;
  readonly tone: Tone;
  readonly rank: number;
  /** A sentence: what was seen, and what was expected. */
  readonly detail: string;
}

const looks: Record<BotWord, { readonly sign: string; readonly tone: Tone; readonly rank: number }> = {
  offline: { sign: "○", tone: "bad", rank: 0 },
  error: { sign: "⚠", tone: "bad", rank: 1 },
  halted: { sign: "■", tone: "bad", rank: 2 },
  stale: { sign: "◌", tone: "stale", rank: 3 },
  stuck: { sign: "⚠", tone: "stale", rank: 4 },
  reducing: { sign: "▼", tone: "stale", rank: 5 },
  paused: { sign: "‖", tone: "stale", rank: 6 },
  running: { sign: "●", tone: "ok", rank: 7 },
  alive: { sign: "●", tone: "ok", rank: 7 },
  stopped: { sign: "□", tone: "muted", rank: 8 },
};

/** The bot's condition, `elapsedS` seconds after its view was made. */
export function botCondition(bot: BotView, elapsedS = 0): BotCondition {
  const word = botWord(bot);
  return { word, ...looks[word], detail: conditionDetail(bot, word, elapsedS) };
}

function botWord(bot: BotView): BotWord {
  if (bot.liveness === "stopped" || bot.status === "stopped") return "stopped";
  if (bot.liveness === "offline") return "offline";
  if (bot.status === "error") return "error";
  if (bot.status === "halted") return "halted";
  if (bot.liveness === "stale") return "stale";
  if (bot.stuck) return "stuck";
  if (bot.status === "reducing" || bot.status === "paused") return bot.status;
  return bot.status === "running" ? "running" : "alive";
}

function conditionDetail(bot: BotView, word: BotWord, elapsedS: number): string {
  const silence = age(bot.last_seen_age_s + elapsedS);
  const expected = `expected every ${age(bot.expected_interval_s)}`;
  const reason = bot.reason === undefined ? "" : `: ${bot.reason}`;
  switch (word) {
    case "offline":
    case "stale":
      return `No contact for ${silence}, ${expected}`;
    case "stuck":
      return bot.progress_age_s === null
        ? "Heartbeats come, progress does not grow"
        : `Heartbeats come, no progress for ${age(bot.progress_age_s + elapsedS)}`;
    case "error":
      return bot.last_error === undefined
        ? `Reports an error${reason}`
        : `${bot.last_error.code}: ${bot.last_error.message}`;
    case "halted":
      return `Halted${reason}`;
    case "paused":
      return `Paused${reason}`;
    case "reducing":
      return `Reducing its positions${reason}`;
    case "stopped":
      return `Stopped${reason}`;
    default:
      return `Last contact ${silence} ago, ${expected}`;
  }
}

/** What commands leave a bot free to do, where it says that it does otherwise; nothing of one that has stopped. */
export function toldOtherwise({ control, status, liveness }: BotView): StateMark | undefined {
  if (control === undefined || control.state === "running" || control.state === status) return undefined;
  // A bot that halted itself does less than it may.
  const isOver = liveness === "stopped" || status === "stopped" || status === "halted";
  return isOver ? undefined : controlMark(control.state);
}

/** The worst first, then by name: the order in which somebody has to look at them. */
export function byUrgency(a: BotView, b: BotView): number {
  return botCondition(a).rank - botCondition(b).rank || (a.bot < b.bot ? -1 : a.bot > b.bot ? 1 : 0);
}

/** How many bots are how; every bot is counted once. */
export interface BotCounts {
  readonly live: number;
  readonly stale: number;
  readonly offline: number;
  readonly halted: number;
  readonly stopped: number;
  readonly total: number;
}

const countedAs: Record<BotWord, Exclude<keyof BotCounts, "total">> = {
  offline: "offline",
  error: "live",
  halted: "halted",
  stale: "stale",
  stuck: "stale",
  reducing: "live",
  paused: "live",
  running: "live",
  alive: "live",
  stopped: "stopped",
};

/** Counts the bots for the strip: what is halted or silent is not counted as live. */
export function countBots(bots: readonly BotView[]): BotCounts {
  const counts = { live: 0, stale: 0, offline: 0, halted: 0, stopped: 0, total: bots.length };
  for (const bot of bots) counts[countedAs[botWord(bot)]]++;
  return counts;
}

/**
 * What to say aloud of the step from one condition to the next: undefined when nothing changed that matters.
 * A bot that comes first is only spoken of when something is wrong with it.
 */
export function spokenChange(before: BotCondition | undefined, now: BotCondition, bot: string): string | undefined {
  if (before?.word === now.word) return undefined;
  const wrong = now.tone === "bad" || now.tone === "stale";
  if (wrong) return `${bot} is ${now.word}. ${now.detail}.`;
  const wasWrong = before?.tone === "bad" || before?.tone === "stale";
  return wasWrong ? `${bot} is ${now.word} again.` : undefined;
}
