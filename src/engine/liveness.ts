import { MICROS_PER_SECOND, micros, type Micros } from "../base/time.ts";
import type { Liveness } from "../protocol/api.ts";
import type { BotState } from "./bot-state.ts";
import type { Contact } from "./contacts.ts";

/** Expected of a bot that never said how often it will be heard. */
const DEFAULT_INTERVAL_S = 60;
const STALE_INTERVALS = 3;
const OFFLINE_INTERVALS = 10;
const STALE_AT_LEAST_S = 15;
const STUCK_AT_LEAST_S = 60;
const STUCK_INTERVALS = 12;

export interface LivenessReading {
  readonly liveness: Liveness;
  readonly stuck: boolean;
  readonly lastSeenAt: Micros;
  readonly ageS: number;
  readonly expectedIntervalS: number;
  readonly staleAfterS: number;
}

/**
 * How alive a bot is as of a moment, by the hub's clock: alive while contacts come, stale after three missed
 * intervals (at least 15 s), offline after ten and until the next contact; stopped when it said so and is silent, or when
 * only imported files tell of it.
 * Stuck: heartbeats come, but their progress counter has stood still for twelve intervals (at least 60 s).
 */
export function readLiveness(bot: BotState | undefined, contact: Contact | undefined, asOf: Micros): LivenessReading {
  const heardAt = Math.max(contact?.lastAt ?? 0, bot?.lastLiveAt ?? 0);
  const lastSeenAt = micros(heardAt > 0 ? heardAt : (bot?.lastTs ?? asOf));
  const ageS = Math.max(0, (asOf - lastSeenAt) / MICROS_PER_SECOND);
  const expectedIntervalS = contact?.intervalS ?? DEFAULT_INTERVAL_S;
  const staleAfterS = Math.max(STALE_AT_LEAST_S, STALE_INTERVALS * expectedIntervalS);
  const offlineAfterS = Math.max(2 * staleAfterS, OFFLINE_INTERVALS * expectedIntervalS);
  const base = { lastSeenAt, ageS, expectedIntervalS, staleAfterS };
  const saidGoodbye = bot?.said?.status === "stopped" && !spokeAfterStop(bot, contact);
  if (saidGoodbye || heardAt === 0) return { ...base, liveness: "stopped", stuck: false };
  if (ageS > offlineAfterS) return { ...base, liveness: "offline", stuck: false };
  const stuckAfterS = Math.max(STUCK_AT_LEAST_S, STUCK_INTERVALS * expectedIntervalS);
  const stuck = contact?.progress !== undefined && (asOf - contact.progressAt) / MICROS_PER_SECOND > stuckAfterS;
  return { ...base, liveness: ageS > staleAfterS ? "stale" : "alive", stuck };
}

/** A last flush may still arrive with or just after `bot.stopped`; only what comes later is a new life. */
const GOODBYE_MICROS = 2 * MICROS_PER_SECOND;

const spokeAfterStop = (bot: BotState, contact: Contact | undefined): boolean =>
  contact !== undefined && contact.lastAt > bot.stoppedAt + GOODBYE_MICROS;
