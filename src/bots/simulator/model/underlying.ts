import type { Random } from "../../../base/random.ts";
import { bell, between, happens, wholeBetween } from "./chance.ts";

export type Regime = "calm" | "trend" | "burst";

/** Volatility per √s, drift per s, how much wider books are and how much more flow comes. */
const REGIMES: Readonly<Record<Regime, { sigma: number; drift: number; width: number; flow: number }>> = {
  calm: { sigma: 0.000_04, drift: 0, width: 1, flow: 1 },
  trend: { sigma: 0.000_06, drift: 0.000_001_2, width: 1.2, flow: 1.4 },
  burst: { sigma: 0.000_2, drift: 0, width: 2.2, flow: 3 },
};
const MINUTES: Readonly<Record<Regime, readonly [number, number]>> = {
  calm: [20, 90],
  trend: [10, 40],
  burst: [1, 6],
};

const SECONDS_PER_DAY = 86_400;
/** The way back to where the asset began, per day: prices stay plausible however long the desk runs. */
const PULL_PER_DAY = 0.25;

export interface UnderlyingOptions {
  readonly start: number;
  readonly startMs: number;
  readonly volatility: number;
  /** Drift per day of an asset in decline; it turns where the price has moved too far. */
  readonly declinePerDay?: number;
}

/** What an asset is worth: one path that every venue follows, through calm, trends and bursts. */
export class Underlying {
  price: number;
  regime: Regime = "calm";
  readonly #random: Random;
  readonly #options: UnderlyingOptions;
  #atMs: number;
  #untilMs: number;
  #direction = 1;
  #declines = true;

  constructor(random: Random, options: UnderlyingOptions) {
    this.#random = random;
    this.#options = options;
    this.price = options.start;
    this.#atMs = options.startMs;
    this.#untilMs = options.startMs + wholeBetween(random, 10, 60) * 60_000;
  }

  get width(): number {
    return REGIMES[this.regime].width;
  }

  get flow(): number {
    return REGIMES[this.regime].flow;
  }

  /** Goes on to a moment; not back. */
  advance(toMs: number): void {
    const seconds = (toMs - this.#atMs) / 1000;
    if (seconds <= 0) return;
    this.#atMs = toMs;
    if (toMs >= this.#untilMs) this.#turn(toMs);
    const { sigma, drift } = REGIMES[this.regime];
    const { start, volatility } = this.#options;
    const away = this.price / start - 1;
    const perSecond = drift * this.#direction + (this.#decline(away) - PULL_PER_DAY * away) / SECONDS_PER_DAY;
    this.price *= 1 + perSecond * seconds + sigma * volatility * Math.sqrt(seconds) * bell(this.#random);
  }

  /** Somebody who knew more has traded: the price goes on in that direction. */
  push(bps: number): void {
    this.price *= 1 + bps / 10_000;
  }

  #decline(away: number): number {
    const { declinePerDay = 0 } = this.#options;
    if (away < -0.12) this.#declines = false;
    else if (away > 0.02) this.#declines = true;
    return this.#declines ? -declinePerDay : declinePerDay;
  }

  #turn(atMs: number): void {
    const draw = this.#random.next();
    this.regime = this.regime === "calm" ? (draw < 0.6 ? "trend" : "burst") : draw < 0.8 ? "calm" : "burst";
    this.#direction = happens(this.#random, 0.5) ? 1 : -1;
    const [low, high] = MINUTES[this.regime];
    this.#untilMs = atMs + between(this.#random, low, high) * 60_000;
  }
}
