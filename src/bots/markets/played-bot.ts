import { createReporter, type ReporterStats } from "@deskwatch/client";
import type { Micros } from "../../base/time.ts";
import type { Timers } from "../../venues/core/ports.ts";
import { MarketTeller, type TellerCounts } from "./market-teller.ts";

export interface PlayedBotOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly bot: string;
  readonly now: () => Micros;
  readonly timers: Timers;
  readonly everyMs: number;
  readonly levels: number;
  /** Hears every event that is told. */
  readonly onEvent: (event: { readonly type: string; readonly [field: string]: unknown }) => void;
}

/** A bot that tells a hub what connectors see in a recording: nothing of it is live, and its mode says so. */
export interface PlayedBot {
  readonly teller: MarketTeller;
  /** Sends what is left and ends. */
  readonly stop: (reason: string) => Promise<{ readonly counts: TellerCounts; readonly stats: ReporterStats }>;
}

/** What a market tells is worth little when it comes late. */
const FLUSH_MS = 10;
const CLOSE_MS = 5_000;
const QUEUE_MAX = 50_000;
const MICROS_PER_MS = 1_000;

/** Starts to tell a hub, in the time of the recording. Books are told once connectors are started on its `teller`. */
export function startPlayedBot(options: PlayedBotOptions): PlayedBot {
  const { url, key, bot, now, timers, everyMs, levels, onEvent } = options;
  const clock = (): number => now() / MICROS_PER_MS;
  const reporter = createReporter({ url, key, bot, mode: "simulate", flushMs: FLUSH_MS, queueMax: QUEUE_MAX, clock });
  const teller = new MarketTeller({
    now,
    timers,
    everyMs,
    levels,
    report: (event) => {
      onEvent(event);
      reporter.event(event);
    },
  });
  reporter.botStarted({ status: "running" });
  teller.start();
  return {
    teller,
    stop: async (reason) => {
      teller.stop();
      reporter.botStopped({ reason });
      return { counts: teller.counts, stats: await reporter.close({ timeoutMs: CLOSE_MS }) };
    },
  };
}
