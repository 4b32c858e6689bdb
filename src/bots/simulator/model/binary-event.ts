import type { Random } from "../../../base/random.ts";
import { bell, between, happens, wholeBetween } from "./chance.ts";
import type { Desk } from "./desk.ts";
import { type Question, titleOf } from "./event-catalogue.ts";
import type { Instrument } from "./instrument.ts";

export type BinaryVenue = "kalshi" | "polymarket";

/** A book of a binary market in cents and contracts, best first; always `bids[0] < asks[0]`. */
export interface BinaryBook {
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly atMs: number;
}

const DEPTH = 6;
/** How long the venues disagree: what a venue is away from the truth is 1/e of it after this. */
const AGREE_S = 75;
const NEWS_PER_S = 1 / 700;
const USUAL_SIZE: Readonly<Record<BinaryVenue, number>> = { kalshi: 210, polymarket: 360 };
const WIDEST: Readonly<Record<BinaryVenue, number>> = { kalshi: 3, polymarket: 2 };

/** A question traded on both venues: how likely it is, and how far each venue is away from that for now. */
export class BinaryEvent {
  readonly question: Question;
  readonly eventId: string;
  readonly pairId: string;
  readonly title: string;
  readonly expiresAtMs: number;
  readonly instruments: Readonly<Record<BinaryVenue, Instrument>>;
  readonly #random: Random;
  #probability: number;
  readonly #away: Record<BinaryVenue, number> = { kalshi: 0, polymarket: 0 };
  #atMs: number;

  constructor(desk: Desk, question: Question, serial: number) {
    this.#random = desk.random(`event ${serial} ${question.code}`);
    const [low, high] = question.hours;
    this.question = question;
    this.#atMs = desk.nowMs;
    this.expiresAtMs = Math.ceil((desk.nowMs + between(this.#random, low, high) * 3_600_000) / 60_000) * 60_000;
    this.#probability = between(this.#random, 0.2, 0.8);
    this.title = titleOf(question, this.expiresAtMs);
    const stamp = stampOf(this.expiresAtMs);
    this.eventId = `${question.code}-${stamp}-${desk.seed.toString(36).toUpperCase()}`;
    this.pairId = this.eventId.toLowerCase();
    const instrument = (venue: BinaryVenue): Instrument => ({
      venue,
      symbol: venue === "kalshi" ? `KX${this.eventId}` : `${this.pairId}-yes`,
      ...{ kind: "binary", base: "contract", quote: venue === "kalshi" ? "USD" : "USDC" },
      ...{ tickDecimals: 2, lotDecimals: 0, category: question.category, eventId: this.eventId, title: this.title },
      expiresAtMs: this.expiresAtMs,
      feeModel: venue === "kalshi" ? "kalshi_quadratic" : `polymarket_${question.category.toLowerCase()}`,
    });
    this.instruments = { kalshi: instrument("kalshi"), polymarket: instrument("polymarket") };
  }

  /** Goes on to a moment: views change, news come to one venue first, and the venues find together. */
  advance(toMs: number): void {
    const seconds = (toMs - this.#atMs) / 1000;
    if (seconds <= 0) return;
    this.#atMs = toMs;
    this.#move(0.000_35 * Math.sqrt(seconds) * bell(this.#random));
    for (const venue of ["kalshi", "polymarket"] as const) {
      const kept = AGREE_S / (AGREE_S + seconds);
      const noise = 0.004 * Math.sqrt(Math.min(1, seconds / AGREE_S)) * bell(this.#random);
      this.#away[venue] = this.#away[venue] * kept + noise;
    }
    if (happens(this.#random, Math.min(0.5, NEWS_PER_S * seconds))) this.#news();
  }

  /** The book of a venue now. */
  book(venue: BinaryVenue): BinaryBook {
    const fair = Math.min(98, Math.max(2, (this.#probability + this.#away[venue]) * 100));
    const spread = wholeBetween(this.#random, 1, WIDEST[venue]);
    const bid = Math.min(98, Math.max(1, Math.round(fair - spread / 2)));
    const ask = Math.min(99, bid + spread);
    const bids = this.#side(venue, bid, -1);
    const asks = this.#side(venue, ask, 1);
    return { bids, asks, bid, ask, bidSize: bids[0]?.[1] ?? 0, askSize: asks[0]?.[1] ?? 0, atMs: this.#atMs };
  }

  /** How it ends: YES as often as it was likely. */
  decide(): boolean {
    return happens(this.#random, this.#probability);
  }

  /** A trade takes away part of what the venues were apart. */
  settleApart(): void {
    this.#away.kalshi *= 0.35;
    this.#away.polymarket *= 0.35;
  }

  #news(): void {
    const before = this.#probability;
    this.#move((happens(this.#random, 0.5) ? 1 : -1) * between(this.#random, 0.025, 0.09));
    // The venue that hears of it later stands where it stood.
    const later = happens(this.#random, 0.6) ? "kalshi" : "polymarket";
    this.#away[later] += before - this.#probability;
  }

  #move(change: number): void {
    this.#probability = Math.min(0.96, Math.max(0.04, this.#probability + change));
  }

  #side(venue: BinaryVenue, best: number, direction: 1 | -1): [number, number][] {
    const levels: [number, number][] = [];
    for (let price = best; levels.length < DEPTH && price >= 1 && price <= 99; price += direction)
      levels.push([price, Math.max(1, Math.round(USUAL_SIZE[venue] * between(this.#random, 0.05, 2.4)))]);
    return levels;
  }
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** `26NOV2114`: year, month, day and hour in UTC, with the minutes when they are not zero. */
function stampOf(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? "";
  const minutes = iso.slice(14, 16);
  return `${iso.slice(2, 4)}${month}${iso.slice(8, 10)}${iso.slice(11, 13)}${minutes === "00" ? "" : minutes}`;
}
